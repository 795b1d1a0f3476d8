#include "protocol/wire/diagnostic.h"

#include <array>

namespace gdoi::wire {
namespace {

using enum Severity;

constexpr std::array kCodes = {
    CodeInfo{Code::kFieldCut,                 kError,   "field_cut",                  "The structure ends before this field does",
             "RFC 2408 section 3.2"                                                                                                                                                                       },
    CodeInfo{Code::kLengthTooSmall,           kError,   "length_too_small",
             "The length is less than what it covers",                                                                                 "RFC 2408 section 3.2"                                             },
    CodeInfo{Code::kLengthTooLarge,           kError,   "length_too_large",
             "The length reaches beyond what encloses it",                                                                             "RFC 2408 section 5.1"                                             },
    CodeInfo{Code::kTrailingOctets,           kWarning, "trailing_octets",
             "Octets follow the last field of this structure",                                                                         "RFC 2408 section 5.1"                                             },
    CodeInfo{Code::kChainEndsEarly,           kError,   "chain_ends_early",
             "The last payload is followed by more than padding",                                                                      "RFC 2408 section 5.3"                                             },
    CodeInfo{Code::kChainRunsOut,             kError,   "chain_runs_out",
             "A next payload is named but there are no octets left",                                                                   "RFC 2408 section 5.3"                                             },
    CodeInfo{Code::kPaddingNotZero,           kWarning, "padding_not_zero",           "The padding is not all zeros",
             "RFC 2409 appendix B"                                                                                                                                                                        },
    CodeInfo{Code::kAlignment,                kNote,    "alignment",                  "The message ends with alignment octets",
             "RFC 2408 section 3.6"                                                                                                                                                                       },
    CodeInfo{Code::kUnknownPayload,           kError,   "unknown_payload",            "The payload type is not known here",
             "RFC 2408 section 5.3"                                                                                                                                                                       },
    CodeInfo{Code::kForbiddenPayload,         kError,   "forbidden_payload",
             "The payload type must not stand here",                                                                                   "RFC 2408 section 5.3"                                             },
    CodeInfo{Code::kCountMismatch,            kError,   "count_mismatch",
             "The announced number of elements is not what follows",                                                                   "RFC 2408 section 3.5"                                             },
    CodeInfo{Code::kReservedNotZero,          kWarning, "reserved_not_zero",          "A reserved field is not 0",
             "RFC 2408 section 3.2"                                                                                                                                                                       },
    CodeInfo{Code::kElementNext,              kWarning, "element_next",
             "The next-payload octet of a proposal or transform must be 2 or 3, or 0 in the last",                                     "RFC 2408 sections 3.5 and 3.6"                                    },
    CodeInfo{Code::kAttributeForm,            kWarning, "attribute_form",
             "The attribute is sent in the other form (TV or TLV) than its definition has",                                            "RFC 2408 section 3.3"                                             },
    CodeInfo{Code::kAttributeUnknown,         kWarning, "attribute_unknown",
             "The attribute type is not known here",                                                                                   "RFC 6407 section 5.3.2"                                           },
    CodeInfo{Code::kAttributeTooLong,         kWarning, "attribute_too_long",
             "A number of no octets or of more than 8",                                                                                "RFC 2408 section 3.3"                                             },
    CodeInfo{Code::kResynchronised,           kNote,    "resynchronised",
             "Octets that RFC 6407 does not have stand before the attributes; decoding goes on "
             "behind them",                                                                                                            "RFC 6407 section 5.3"                                             },
    CodeInfo{Code::kTooManyPayloads,          kError,   "too_many_payloads",
             "More payloads or attributes than this decoder reads in one message",                                                     ""                                                                 },
    CodeInfo{Code::kTooDeep,                  kError,   "too_deep",                   "Structures are nested too deep",                ""                                                                 },
    CodeInfo{Code::kNotIsakmp,                kError,   "not_isakmp",
             "The version is neither IKEv1 (1.0) nor IKEv2 (2.0)",                                                                     "RFC 2408 section 3.1"                                             },
    CodeInfo{Code::kShortHeader,              kError,   "short_header",
             "The datagram is shorter than an ISAKMP header",                                                                          "RFC 2408 section 3.1"                                             },
    CodeInfo{Code::kMarkerOn848,              kWarning, "marker_on_848",
             "A non-ESP marker stands before the message on a port other than 4500",                                                   "RFC 3948 section 2.2"                                             },
    CodeInfo{Code::kMinorVersion,             kWarning, "minor_version",              "The minor version is not 0",
             "RFC 2408 section 3.1"                                                                                                                                                                       },
    CodeInfo{Code::kExchangeType,             kError,   "exchange_type",
             "The exchange type is not one of IKEv1 or GDOI",                                                                          "RFC 2408 section 3.1"                                             },
    CodeInfo{Code::kReservedFlags,            kWarning, "reserved_flags",             "Reserved flag bits are set",
             "RFC 2408 section 3.1"                                                                                                                                                                       },
    CodeInfo{Code::kCommitFlag,               kNote,    "commit_flag",                "The commit flag has no use in GDOI",
             "RFC 6407 section 3.2.1"                                                                                                                                                                     },
    CodeInfo{Code::kNotEncrypted,             kWarning, "not_encrypted",              "This exchange must be encrypted",
             "RFC 6407 sections 3.2 and 4.2"                                                                                                                                                              },
    CodeInfo{Code::kNothingEncrypted,         kWarning, "nothing_encrypted",
             "The encryption flag is set but nothing follows the header",                                                              "RFC 2408 section 3.1"                                             },
    CodeInfo{Code::kMessageIdNotZero,         kWarning, "message_id_not_zero",
             "The message ID must be 0 in this exchange",                                                                              "RFC 2408 section 3.1"                                             },
    CodeInfo{Code::kMessageIdZero,            kWarning, "message_id_zero",
             "The message ID must not be 0 in this exchange",                                                                          "RFC 2408 section 3.1"                                             },
    CodeInfo{Code::kInitiatorCookieZero,      kWarning, "initiator_cookie_zero",
             "The initiator cookie is 0",                                                                                              "RFC 2408 section 5.2"                                             },
    CodeInfo{Code::kResponderCookieZero,      kWarning, "responder_cookie_zero",
             "The responder cookie is 0 although this is not a first message",                                                         "RFC 2408 section 5.2"                                             },
    CodeInfo{Code::kDuplicatePayload,         kWarning, "duplicate_payload",
             "A payload that may stand once stands again",                                                                             "RFC 2408 section 3.1"                                             },
    CodeInfo{Code::kValueReserved,            kWarning, "value_reserved",
             "The value is reserved or not assigned",                                                                                  "IANA gdoi-payloads, ipsec-registry, isakmp-registry"              },
    CodeInfo{Code::kValuePrivate,             kNote,    "value_private",              "The value is from a private-use range",
             "IANA gdoi-payloads, ipsec-registry, isakmp-registry"                                                                                                                                        },
    CodeInfo{Code::kDuplicateAttribute,       kWarning, "duplicate_attribute",
             "An attribute stands twice with different values",                                                                        "RFC 2407 section 4.5.2"                                           },
    CodeInfo{Code::kLifeDurationAlone,        kWarning, "life_duration_alone",
             "A Life Duration must follow a Life Type",                                                                                "RFC 2407 section 4.5"                                             },
    CodeInfo{Code::kLifeTypeAlone,            kWarning, "life_type_alone",
             "A Life Type is not followed by a Life Duration",                                                                         "RFC 2407 section 4.5"                                             },
    CodeInfo{Code::kDoiNotGdoi,               kWarning, "doi_not_gdoi",               "The DOI of a GDOI phase 1 must be 2",
             "RFC 6407 section 2.1"                                                                                                                                                                       },
    CodeInfo{Code::kSituationValue,           kWarning, "situation_value",
             "The situation is neither 0 (GDOI) nor 1 (IPsec DOI)",                                                                    "RFC 6407 section 5.2"                                             },
    CodeInfo{Code::kSeveralProposals,         kWarning, "several_proposals",
             "A phase-1 SA must have exactly one proposal, of protocol ISAKMP",                                                        "RFC 2409 section 5"                                               },
    CodeInfo{Code::kSpiSize,                  kWarning, "spi_size",                   "The SPI size does not fit the protocol",
             "RFC 2408 section 3.5, RFC 6407 section 5.6"                                                                                                                                                 },
    CodeInfo{Code::kTransformIncomplete,      kWarning, "transform_incomplete",
             "A phase-1 transform lacks encryption, hash, authentication or group",                                                    "RFC 2409 section 4"                                               },
    CodeInfo{Code::kKeyLength,                kWarning, "key_length",
             "A key length is missing, or does not fit the algorithm",                                                                 "RFC 2409 appendix A, RFC 2407 section 4.5, RFC 6407 section 5.3.3"},
    CodeInfo{Code::kNonceLength,              kWarning, "nonce_length",
             "The nonce is shorter than 8 octets, or longer than 256 (IKE) or 128 (GDOI)",                                             "RFC 2409 section 5, RFC 6407 section 5.8"                         },
    CodeInfo{Code::kIdPort,                   kWarning, "id_port",
             "Protocol and port of a phase-1 identity must be 0/0 or 17/500",                                                          "RFC 2407 section 4.6.2"                                           },
    CodeInfo{Code::kGroupIdOctets,            kWarning, "group_id_octets",
             "The three octets before a group identity's data must be 0",                                                              "RFC 6407 section 5.1"                                             },
    CodeInfo{Code::kGroupKeyId,               kWarning, "group_key_id",
             "An ID_KEY_ID that names a group has exactly 4 octets",                                                                   "RFC 6407 section 5.1"                                             },
    CodeInfo{Code::kOidEncoding,              kWarning, "oid_encoding",               "The OID is empty or is not in DER",
             "RFC 8052 section 2.1"                                                                                                                                                                       },
    CodeInfo{
             Code::kMaskReversed,             kNote,    "mask_reversed",
             "The mask is contiguous only with its octets reversed: the address may be byte-swapped too",
             "RFC 2407 section 4.6.2.5"                                                                                                                                                                   },
    CodeInfo{Code::kNotifyType,               kNote,    "notify_type",                "The notify type is reserved or not assigned",
             "RFC 2408 section 3.14.1"                                                                                                                                                                    },
    CodeInfo{Code::kHashNotFirst,             kError,   "hash_not_first",             "HASH must be the first payload",
             "RFC 6407 section 3.2"                                                                                                                                                                       },
    CodeInfo{Code::kPayloadMissing,           kError,   "payload_missing",
             "A payload that this message must have is missing",                                                                       "RFC 6407 sections 3.2 and 4.2, RFC 2409 section 5"                },
    CodeInfo{Code::kPayloadMisplaced,         kWarning, "payload_misplaced",
             "A payload stands here that this message does not have",                                                                  "RFC 6407 sections 3.2 and 4.2, RFC 2409 section 5"                },
    CodeInfo{Code::kNoPolicy,                 kError,   "no_policy",                  "The SA has neither an SA KEK nor an SA TEK",
             "RFC 6407 section 5.2.1"                                                                                                                                                                     },
    CodeInfo{Code::kPolicyOrder,              kWarning, "policy_order",
             "The SA must hold at most one SA KEK, then at most one GAP, then SA TEKs",                                                "RFC 6407 section 5.2.1"                                           },
    CodeInfo{Code::kKekIncomplete,            kError,   "kek_incomplete",
             "The SA KEK lacks KEK_ALGORITHM or SIG_ALGORITHM",                                                                        "RFC 6407 section 5.3"                                             },
    CodeInfo{Code::kSigHashMissing,           kWarning, "sig_hash_missing",
             "SIG_HASH_ALGORITHM is missing although the signature is RSA",                                                            "RFC 6407 section 5.3.5"                                           },
    CodeInfo{Code::kKekManagementInPull,      kNote,    "kek_management",
             "KEK_MANAGEMENT_ALGORITHM must not be sent in a PULL",                                                                    "RFC 6407 section 5.3.1"                                           },
    CodeInfo{Code::kWeakAlgorithm,            kNote,    "weak_algorithm",             "DES and MD5 should not be used",
             "RFC 6407 section 6.1"                                                                                                                                                                       },
    CodeInfo{Code::kKekLifetime,              kWarning, "kek_lifetime",               "KEK_KEY_LIFETIME is 0 or not 4 octets",
             "RFC 6407 section 5.3.4"                                                                                                                                                                     },
    CodeInfo{Code::kTekIncomplete,            kWarning, "tek_incomplete",
             "The SA TEK lacks Life Type, Life Duration, Encapsulation Mode or an Authentication "
             "Algorithm that it needs",                                                                                                "RFC 6407 section 5.5.1"                                           },
    CodeInfo{Code::kTekSpi,                   kWarning, "tek_spi",                    "SPI 0 must not be used, 1 to 255 are reserved",
             "RFC 4303 section 2.1"                                                                                                                                                                       },
    CodeInfo{Code::kGroupDescriptionInTek,    kWarning, "group_description",
             "Group Description must not be sent in an SA TEK",                                                                        "RFC 6407 section 5.5.1"                                           },
    CodeInfo{Code::kCbcWithoutAuthentication, kWarning, "cbc_without_authentication",
             "AES-CBC without authentication must not be used",                                                                        "RFC 8052 section 2.2.3"                                           },
    CodeInfo{Code::kKeyDeliveryAssurance,     kWarning, "key_delivery_assurance",
             "SA_KDA is a percentage from 0 to 100",                                                                                   "RFC 8052 section 2.2.4.2"                                         },
    CodeInfo{Code::kKeyPacketRepeated,        kWarning, "key_packet_repeated",
             "A KD holds at most one KEK and one LKH packet",                                                                          "RFC 6407 sections 5.6.2 and 5.6.3"                                },
    CodeInfo{Code::kKeyPacketUnannounced,     kWarning, "key_packet_unannounced",
             "The SPI of a key packet is in no SA KEK or SA TEK of the same message",                                                  "RFC 6407 section 5.6"                                             },
    CodeInfo{Code::kLkhVersion,               kWarning, "lkh_version",
             "The LKH version is not 1, or the array is empty",                                                                        "RFC 6407 section 5.6.3.1"                                         },
    CodeInfo{Code::kSidInPush,                kWarning, "sid_in_push",                "Sender IDs must not be in a PUSH",
             "RFC 6407 section 5.6.4.4"                                                                                                                                                                   },
    CodeInfo{
             Code::kSidBits,                  kWarning, "sid_bits",
             "A sender ID does not fit the number of bits announced for it, or that is not from 1 to 32",
             "RFC 6407 section 5.6.4.1"                                                                                                                                                                   },
    CodeInfo{Code::kSeqZero,                  kWarning, "seq_zero",                   "The first sequence number of a PUSH is 1",
             "RFC 6407 section 4.3"                                                                                                                                                                       },
    CodeInfo{Code::kDeleteProtocol,           kWarning, "delete_protocol",
             "In a PUSH a Delete has DOI 2 and SPIs of 4 octets (TEK) or 16 (KEK)",                                                    "RFC 6407 section 5.9"                                             },
    CodeInfo{Code::kPushHeader,               kWarning, "push_header",
             "The header of a PUSH has next payload SEQ and exactly the encryption flag",                                              "RFC 6407 section 4.2"                                             },
    CodeInfo{Code::kPushIncomplete,           kWarning, "push_incomplete",
             "A PUSH has SA and KD together, or only Deletes",                                                                         "RFC 6407 sections 4.2 and 5.9"                                    },
    CodeInfo{Code::kPushAckHeader,            kWarning, "push_ack_header",
             "A PUSH-ACK is in clear with next payload HASH and message ID 0",                                                         "RFC 8263 section 3.1"                                             },
    CodeInfo{Code::kAckIdentity,              kWarning, "ack_identity",
             "The identity of a PUSH-ACK is an address or an OID with protocol and port 0",                                            "RFC 8263 section 3.4"                                             },
};

static_assert(kCodes.size() == static_cast<std::size_t>(Code::kCount));

constexpr bool in_order() {
  for (std::size_t i = 0; i < kCodes.size(); ++i) {
    if (static_cast<std::size_t>(kCodes[i].code) != i) {
      return false;
    }
  }
  return true;
}

static_assert(in_order(), "kCodes stands in the order of Code");

}  // namespace

const CodeInfo& info_of(Code code) {
  return kCodes[static_cast<std::size_t>(code)];
}

bool is_about_missing_octets(Code code) {
  switch (code) {
    case Code::kFieldCut:
    case Code::kLengthTooLarge:
    case Code::kChainRunsOut:
    case Code::kCountMismatch:
    case Code::kShortHeader:
      return true;
    default:
      return false;
  }
}

}  // namespace gdoi::wire
