#include "protocol/exchange/script.h"

#include "protocol/exchange/payload_types.h"

#include <array>

namespace gdoi::exchange {
namespace {

using Types = std::uint8_t;

constexpr Types kSa[]          = {payload::kSa};
constexpr Types kKeNonce[]     = {payload::kKe, payload::kNonce};
constexpr Types kId[]          = {payload::kId};
constexpr Types kVid[]         = {payload::kVid};
constexpr Types kSaKeNonceId[] = {payload::kSa, payload::kKe, payload::kNonce, payload::kId};
constexpr Types kHash[]        = {payload::kHash};
constexpr Types kHashNonceId[] = {payload::kHash, payload::kNonce, payload::kId};
constexpr Types kHashNonceSa[] = {payload::kHash, payload::kNonce, payload::kSa};
constexpr Types kHashKd[]      = {payload::kHash, payload::kKd};
constexpr Types kSeq[]         = {payload::kSeq};
constexpr Types kSeqSig[]      = {payload::kSeq, payload::kSig};
constexpr Types kGap[]         = {payload::kGap};
constexpr Types kHashSeqId[]   = {payload::kHash, payload::kSeq, payload::kId};
constexpr Types kPushBody[]    = {payload::kDelete, payload::kSa, payload::kKd};
constexpr Types kReports[]     = {payload::kHash, payload::kNotify, payload::kDelete};
constexpr Types kVidCertReq[]  = {payload::kVid, payload::kCertReq};

// NAT-D in its registered and its draft numbers (RFC 3947 section 3.2).
constexpr Types kWithKe[] = {payload::kVid, payload::kCertReq, payload::kNatD, payload::kNatDDraft,
                             payload::kNatDPrivate};
constexpr Types kProof[]  = {payload::kHash,    payload::kSig,    payload::kCert,
                             payload::kCertReq, payload::kNotify, payload::kVid};
constexpr Types kAggressiveProof[] = {
    payload::kHash, payload::kSig,  payload::kCert,      payload::kCertReq,    payload::kNotify,
    payload::kVid,  payload::kNatD, payload::kNatDDraft, payload::kNatDPrivate};

// RFC 2409 sections 5.1 and 5.4.
constexpr std::array kMainSteps{
    Step{Exchange::kMain, 1, Sender::kGm, false, HashRule::kNone,  "main mode message 1", "mm1",
         "HDR, SA",                            kSa,      kVid   },
    Step{Exchange::kMain, 2, Sender::kKs, false, HashRule::kNone,  "main mode message 2", "mm2",
         "HDR, SA",                            kSa,      kVid   },
    Step{Exchange::kMain, 3, Sender::kGm, false, HashRule::kNone,  "main mode message 3", "mm3",
         "HDR, KE, Ni",                        kKeNonce, kWithKe},
    Step{Exchange::kMain, 4, Sender::kKs, false, HashRule::kNone,  "main mode message 4", "mm4",
         "HDR, KE, Nr",                        kKeNonce, kWithKe},
    Step{Exchange::kMain, 5, Sender::kGm, true,  HashRule::kHashI, "main mode message 5", "mm5",
         "HDR*, IDii, HASH_I | [CERT,] SIG_I", kId,      kProof },
    Step{Exchange::kMain, 6, Sender::kKs, true,  HashRule::kHashR, "main mode message 6", "mm6",
         "HDR*, IDir, HASH_R | [CERT,] SIG_R", kId,      kProof },
};

constexpr std::array kAggressiveSteps{
    Step{Exchange::kAggressive, 1, Sender::kGm, false, HashRule::kNone,  "aggressive mode message 1",
         "am1",                                                                                              "HDR, SA, KE, Ni, IDii",                         kSaKeNonceId, kVidCertReq     },
    Step{Exchange::kAggressive, 2, Sender::kKs, false, HashRule::kHashR,
         "aggressive mode message 2",                                                                 "am2", "HDR, SA, KE, Nr, IDir, HASH_R | [CERT,] SIG_R",
         kSaKeNonceId,                                                                                                                                                      kAggressiveProof},
    Step{Exchange::kAggressive,
         3,                        Sender::kGm,
         true,                                         HashRule::kHashI,
         "aggressive mode message 3",                                                                 "am3",
         "HDR[*], HASH_I | [CERT,] SIG_I",                                                                                                                    {},
         kAggressiveProof                                                                                                                                                                   },
};

// RFC 6407 section 3.2.
constexpr std::array kPullSteps{
    Step{Exchange::kPull,
         1,                  Sender::kGm,
         true,                                  HashRule::kHash1,
         "PULL message 1",                                                          "pull1",
         "HDR*, HASH(1), Ni, ID",    kHashNonceId,
         {}                                            },
    Step{Exchange::kPull,
         2,                  Sender::kKs,
         true,                                  HashRule::kHash2,
         "PULL message 2",                                                          "pull2",
         "HDR*, HASH(2), Nr, SA",    kHashNonceSa,
         {}                                            },
    Step{Exchange::kPull, 3, Sender::kGm, true, HashRule::kHash3, "PULL message 3", "pull3",
         "HDR*, HASH(3) [, GAP]",    kHash,        kGap},
    Step{Exchange::kPull, 4, Sender::kKs, true, HashRule::kHash4, "PULL message 4", "pull4",
         "HDR*, HASH(4), [SEQ,] KD", kHashKd,      kSeq},
};

// RFC 6407 section 4.
constexpr std::array kPushSteps{
    Step{Exchange::kPush, 1, Sender::kKs, true, HashRule::kPushSignature, "PUSH", "push",
         "HDR*, SEQ, [D, ...] SA, KD, SIG", kSeqSig, kPushBody}
};

// RFC 8263 section 3.
constexpr std::array kPushAckSteps{
    Step{Exchange::kPushAck,
         1, Sender::kGm,
         false, HashRule::kPushAck,
         "PUSH-ACK", "push_ack",
         "HDR, HASH, SEQ, ID", kHashSeqId,
         {}}
};

// RFC 2409 section 5.7.
constexpr std::array kInformationalSteps{
    Step{Exchange::kInformational,
         1, Sender::kUnknown,
         true, HashRule::kInformational,
         "Informational", "informational",
         "HDR*, HASH(1), N | D", {},
         kReports}
};

}  // namespace

std::span<const Step> script(Exchange exchange) {
  switch (exchange) {
    case Exchange::kMain:
      return kMainSteps;
    case Exchange::kAggressive:
      return kAggressiveSteps;
    case Exchange::kPull:
      return kPullSteps;
    case Exchange::kPush:
      return kPushSteps;
    case Exchange::kPushAck:
      return kPushAckSteps;
    case Exchange::kInformational:
      return kInformationalSteps;
    default:
      return {};
  }
}

const Step* step_of(Exchange exchange, std::uint8_t number) {
  for (const auto& step : script(exchange)) {
    if (step.number == number) {
      return &step;
    }
  }
  return nullptr;
}

std::uint8_t type_of(Exchange exchange) {
  constexpr std::uint8_t kIdentityProtection = 2;
  constexpr std::uint8_t kAggressiveType     = 4;
  constexpr std::uint8_t kInformationalType  = 5;
  constexpr std::uint8_t kPullType           = 32;
  constexpr std::uint8_t kPushType           = 33;
  constexpr std::uint8_t kPushAckType        = 35;
  switch (exchange) {
    case Exchange::kMain:
      return kIdentityProtection;
    case Exchange::kAggressive:
      return kAggressiveType;
    case Exchange::kInformational:
      return kInformationalType;
    case Exchange::kPull:
    case Exchange::kQuick:
      return kPullType;
    case Exchange::kPush:
      return kPushType;
    case Exchange::kPushAck:
      return kPushAckType;
    default:
      return 0;
  }
}

std::string_view name_of(Exchange exchange) {
  switch (exchange) {
    case Exchange::kUnknown:
      return "No ISAKMP message";
    case Exchange::kKeepalive:
      return "NAT keepalive";
    case Exchange::kMain:
      return "Main mode";
    case Exchange::kAggressive:
      return "Aggressive mode";
    case Exchange::kInformational:
      return "Informational";
    case Exchange::kPull:
      return "GROUPKEY-PULL";
    case Exchange::kPush:
      return "GROUPKEY-PUSH";
    case Exchange::kPushAck:
      return "GROUPKEY-PUSH-ACK";
    case Exchange::kQuick:
      return "Quick mode";
    case Exchange::kIkev2:
      return "IKEv2";
    case Exchange::kFragment:
      return "IKE fragment";
    case Exchange::kOther:
      return "Other exchange";
  }
  return {};
}

}  // namespace gdoi::exchange
