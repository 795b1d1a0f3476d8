#pragma once

#include "plugin/fields.h"
#include "protocol/tables/registry.h"

#include <array>

/// The fields and expert items that stand for no row, as tables in the order of their enums.
namespace gdoi::plugin {

/// What Wireshark does with the value.
enum class Shape : std::uint8_t { kPlain, kStatus, kRequest, kResponse, kRetransmission };

struct GeneratedInfo {
  Generated field;
  std::string_view filter;  ///< behind "gdoi."
  std::string_view label;
  ftenum type;
  int display;
  Shape shape;
  std::string_view blurb;
};

inline constexpr std::array kGenerated = {
    GeneratedInfo{Generated::kHashStatus,            "hash.status",              "Hash Status",                 FT_UINT8,    BASE_NONE,
                  Shape::kStatus,                                                                                                                               "Whether HASH holds: RFC 2409 section 5, RFC 6407 section 3.2" },
    GeneratedInfo{Generated::kSigStatus,             "sig.status",               "Signature Status",            FT_UINT8,    BASE_NONE,
                  Shape::kStatus,
                  "Whether the signature holds: RFC 2409 section 5.1, RFC 6407 section 4.2"                                                                                                                                    },
    GeneratedInfo{Generated::kExchange,              "exchange",                 "Exchange",                    FT_STRING,   BASE_NONE, Shape::kPlain,
                  "The exchange that the message belongs to"                                                                                                                                                                   },
    GeneratedInfo{Generated::kMessageNumber,         "message_number",           "Message number",              FT_UINT8,    BASE_DEC,
                  Shape::kPlain,                                                                                                                                "Which message of the exchange this is, from 1"                },
    GeneratedInfo{Generated::kGuessed,               "guessed",                  "Told by order",               FT_STRING,   BASE_NONE,
                  Shape::kPlain,
                  "On what the message number and the state rest where the message cannot be read"                                                                                                                             },
    GeneratedInfo{Generated::kSender,                "sender",                   "Sender",                      FT_STRING,   BASE_NONE, Shape::kPlain,
                  "GM (group member) or KS (key server)"                                                                                                                                                                       },
    GeneratedInfo{Generated::kPhase1,                "phase1",                   "Phase 1 number",              FT_UINT32,   BASE_DEC,
                  Shape::kPlain,                                                                                                                                "Which phase 1 of the capture, from 1"                         },
    GeneratedInfo{Generated::kPull,                  "pull",                     "PULL number",                 FT_UINT32,   BASE_DEC,  Shape::kPlain,
                  "Which GROUPKEY-PULL of the capture, from 1"                                                                                                                                                                 },
    GeneratedInfo{Generated::kRetransmissionOf,      "retransmission_of",        "Retransmission of frame",
                  FT_FRAMENUM,                                                                                               BASE_NONE, Shape::kRetransmission,
                  "The frame that had the same octets"                                                                                                                                                                         },
    GeneratedInfo{Generated::kAnswers,               "answers",                  "Answer to frame",             FT_FRAMENUM, BASE_NONE,
                  Shape::kRequest,                                                                                                                              "The message that this one answers"                            },
    GeneratedInfo{Generated::kAnsweredIn,            "answered_in",              "Answered in frame",           FT_FRAMENUM,
                  BASE_NONE,                                                                                                            Shape::kResponse,
                  "The first message that answers this one; only in a second pass, or when a frame "
                  "is looked at again"                                                                                                                                                                                         },
    GeneratedInfo{Generated::kUndecrypted,           "undecrypted",              "Not decrypted",               FT_STRING,   BASE_NONE,
                  Shape::kPlain,                                                                                                                                "Why the message could not be decrypted"                       },
    GeneratedInfo{Generated::kKeyFrame,              "key.frame",                "Key learned in frame",        FT_FRAMENUM, BASE_NONE,
                  Shape::kPlain,                                                                                                                                "The frame whose Key Download holds the key"                   },
    GeneratedInfo{Generated::kGroup,                 "group",                    "Group",                       FT_UINT32,   BASE_DEC,  Shape::kPlain,
                  "The group number: an ID_KEY_ID of 4 octets, RFC 6407 section 5.1"                                                                                                                                           },
    GeneratedInfo{Generated::kVidName,               "vid.name",                 "Vendor ID name",              FT_STRING,   BASE_NONE,
                  Shape::kPlain,                                                                                                                                "What this vendor ID is known to stand for"                    },
    GeneratedInfo{Generated::kGmVersion,             "gm_version",               "GM version",                  FT_STRING,   BASE_NONE,
                  Shape::kPlain,                                                                                                                                "GETVPN version of the group member"                           },
    GeneratedInfo{Generated::kGmVersionRaw,          "gm_version.raw",           "GM version, raw",             FT_UINT32,
                  BASE_HEX,                                                                                                             Shape::kPlain,          ""                                                             },
    GeneratedInfo{Generated::kGmVersionRule,         "gm_version.rule",          "GM version rule",             FT_STRING,
                  BASE_NONE,                                                                                                            Shape::kPlain,          "The rule that read the version"                               },
    GeneratedInfo{Generated::kGmVersionSource,       "gm_version.source",        "GM version source",           FT_STRING,
                  BASE_NONE,                                                                                                            Shape::kPlain,          "Where the rule is known from"                                 },
    GeneratedInfo{Generated::kGmVersionCandidate,    "gm_version.candidate",     "GM version, candidate",
                  FT_STRING,                                                                                                 BASE_NONE, Shape::kPlain,
                  "What could be a version in a vendor ID that no rule knows"                                                                                                                                                  },
    GeneratedInfo{Generated::kKsVersion,             "ks_version",               "KS version",                  FT_STRING,   BASE_NONE,
                  Shape::kPlain,                                                                                                                                "GETVPN version of the key server"                             },
    GeneratedInfo{Generated::kKsVersionRaw,          "ks_version.raw",           "KS version, raw",             FT_UINT32,
                  BASE_HEX,                                                                                                             Shape::kPlain,          ""                                                             },
    GeneratedInfo{Generated::kKsVersionRule,         "ks_version.rule",          "KS version rule",             FT_STRING,
                  BASE_NONE,                                                                                                            Shape::kPlain,          "The rule that read the version"                               },
    GeneratedInfo{Generated::kKsVersionSource,       "ks_version.source",        "KS version source",           FT_STRING,
                  BASE_NONE,                                                                                                            Shape::kPlain,          "Where the rule is known from"                                 },
    GeneratedInfo{Generated::kKsVersionCandidate,    "ks_version.candidate",     "KS version, candidate",
                  FT_STRING,                                                                                                 BASE_NONE, Shape::kPlain,
                  "What could be a version in a vendor ID that no rule knows"                                                                                                                                                  },
    GeneratedInfo{Generated::kRegistration,          "registration",             "Registration",                FT_UINT32,   BASE_DEC,
                  Shape::kPlain,
                  "Which registration of the capture, from 1, in the order in which they begin"                                                                                                                                },
    GeneratedInfo{Generated::kState,                 "state",                    "State after this message",    FT_STRING,   BASE_NONE,
                  Shape::kPlain,                                                                                                                                "How the registration stands, as far as is known by this frame"},
    GeneratedInfo{Generated::kResponseTime,          "response_time",            "Response time, microseconds",
                  FT_UINT32,                                                                                                 BASE_DEC,  Shape::kPlain,          "After the message that this one answers"                      },
    GeneratedInfo{Generated::kDiagnosis,             "diagnosis",                "Diagnosis",                   FT_STRING,   BASE_NONE,
                  Shape::kPlain,
                  "Why the registration failed or came again, as far as is known by this frame"                                                                                                                                },
    GeneratedInfo{Generated::kCause,                 "diagnosis.cause",          "Cause",                       FT_STRING,   BASE_NONE,
                  Shape::kPlain,                                                                                                                                "The likeliest cause: dissector/DIAGNOSIS.md"                  },
    GeneratedInfo{Generated::kGrade,                 "diagnosis.grade",          "Grade",                       FT_STRING,   BASE_NONE,
                  Shape::kPlain,                                                                                                                                "certain, likely or possible"                                  },
    GeneratedInfo{Generated::kUses,                  "uses",                     "The group uses",              FT_STRING,   BASE_NONE, Shape::kPlain,
                  "A GETVPN feature that this policy uses, and what shows it"                                                                                                                                                  },
    GeneratedInfo{Generated::kVidUnmasked,           "vid.unmasked",             "Vendor ID, unmasked",         FT_STRING,
                  BASE_NONE,                                                                                                            Shape::kPlain,          "The first 8 octets XORed with the sender's cookie"            },
    GeneratedInfo{Generated::kFeatureCkm,            "feature.ckm",              "Feature ckm",                 FT_STRING,   BASE_NONE,
                  Shape::kPlain,
                  "Whether the announced version supports it: supported, unsupported, unknown"                                                                                                                                 },
    GeneratedInfo{Generated::kFeatureCrlCheck,       "feature.crl_check",        "Feature crl-check",           FT_STRING,
                  BASE_NONE,                                                                                                            Shape::kPlain,
                  "Whether the announced version supports it: supported, unsupported, unknown"                                                                                                                                 },
    GeneratedInfo{Generated::kFeatureCtsSgt,         "feature.cts_sgt",          "Feature cts-sgt",             FT_STRING,
                  BASE_NONE,                                                                                                            Shape::kPlain,
                  "Whether the announced version supports it: supported, unsupported, unknown"                                                                                                                                 },
    GeneratedInfo{Generated::kFeatureDpRecovery,     "feature.dp_recovery",      "Feature dp-recovery",
                  FT_STRING,                                                                                                 BASE_NONE, Shape::kPlain,
                  "Whether the announced version supports it: supported, unsupported, unknown"                                                                                                                                 },
    GeneratedInfo{Generated::kFeatureGdoiInteropAck, "feature.gdoi_interop_ack",
                  "Feature gdoi-interop-ack",                                                                   FT_STRING,   BASE_NONE, Shape::kPlain,
                  "Whether the announced version supports it: supported, unsupported, unknown"                                                                                                                                 },
    GeneratedInfo{Generated::kFeatureGdoiMib,        "feature.gdoi_mib",         "Feature gdoi-mib",            FT_STRING,
                  BASE_NONE,                                                                                                            Shape::kPlain,
                  "Whether the announced version supports it: supported, unsupported, unknown"                                                                                                                                 },
    GeneratedInfo{Generated::kFeatureGikev2,         "feature.gikev2",           "Feature gikev2",              FT_STRING,
                  BASE_NONE,                                                                                                            Shape::kPlain,
                  "Whether the announced version supports it: supported, unsupported, unknown"                                                                                                                                 },
    GeneratedInfo{Generated::kFeatureGmRemoval,      "feature.gm_removal",       "Feature gm-removal",
                  FT_STRING,                                                                                                 BASE_NONE, Shape::kPlain,
                  "Whether the announced version supports it: supported, unsupported, unknown"                                                                                                                                 },
    GeneratedInfo{Generated::kFeatureIpD3p,          "feature.ip_d3p",           "Feature ip-d3p",              FT_STRING,
                  BASE_NONE,                                                                                                            Shape::kPlain,
                  "Whether the announced version supports it: supported, unsupported, unknown"                                                                                                                                 },
    GeneratedInfo{Generated::kFeatureIpv6CryptoPath, "feature.ipv6_crypto_path",
                  "Feature ipv6 crypto path",                                                                   FT_STRING,   BASE_NONE, Shape::kPlain,
                  "Whether the announced version supports it: supported, unsupported, unknown"                                                                                                                                 },
    GeneratedInfo{Generated::kFeatureLongSaLifetime, "feature.long_sa_lifetime",
                  "Feature long-sa-lifetime",                                                                   FT_STRING,   BASE_NONE, Shape::kPlain,
                  "Whether the announced version supports it: supported, unsupported, unknown"                                                                                                                                 },
    GeneratedInfo{Generated::kFeaturePfs,            "feature.pfs",              "Feature pfs",                 FT_STRING,   BASE_NONE,
                  Shape::kPlain,
                  "Whether the announced version supports it: supported, unsupported, unknown"                                                                                                                                 },
    GeneratedInfo{Generated::kFeaturePolicyReplace,  "feature.policy_replace",
                  "Feature policy-replace",                                                                     FT_STRING,   BASE_NONE, Shape::kPlain,
                  "Whether the announced version supports it: supported, unsupported, unknown"                                                                                                                                 },
    GeneratedInfo{Generated::kFeatureSuiteB,         "feature.suite_b",          "Feature suite-b",             FT_STRING,
                  BASE_NONE,                                                                                                            Shape::kPlain,
                  "Whether the announced version supports it: supported, unsupported, unknown"                                                                                                                                 },
};

struct FindingInfo {
  Finding finding;
  const char* name;
  int group;
  int severity;
  const char* text;
};

inline constexpr std::array kFindings = {
    FindingInfo{Finding::kHashBad,          "hash_bad",          PI_CHECKSUM,   PI_WARN,  "HASH does not hold"         },
    FindingInfo{Finding::kSigBad,           "sig_bad",           PI_CHECKSUM,   PI_WARN,  "The signature does not hold"},
    FindingInfo{Finding::kNoKey,            "no_key",            PI_DECRYPTION, PI_CHAT,
                "Encrypted, and no key is known"                                                                       },
    FindingInfo{Finding::kNoIv,             "no_iv",             PI_DECRYPTION, PI_NOTE,
                "There is a key, but the messages that the IV depends on were not seen"                                },
    FindingInfo{Finding::kWrongKey,         "wrong_key",         PI_DECRYPTION, PI_WARN,
                "None of the keys gives a plaintext that makes sense"                                                  },
    FindingInfo{Finding::kDamaged,          "damaged",           PI_DECRYPTION, PI_WARN,
                "The encrypted part is no whole number of cipher blocks"                                               },
    FindingInfo{Finding::kRetransmission,   "retransmission",    PI_SEQUENCE,   PI_NOTE,
                "The same octets were sent before"                                                                     },
    FindingInfo{Finding::kSyntheticVersion, "synthetic_version", PI_PROTOCOL,   PI_NOTE,
                "This version stands in a vendor ID of the gdoi-replay project, not of a router"                       },
    FindingInfo{Finding::kVersionCandidate, "version_candidate", PI_PROTOCOL,   PI_NOTE,
                "This vendor ID could hold a version; no rule confirms it"                                             },
    FindingInfo{Finding::kRefused,          "refused",           PI_SEQUENCE,   PI_WARN,  "The registration failed"    },
    FindingInfo{Finding::kFailedBefore,     "failed_before",     PI_SEQUENCE,   PI_WARN,
                "The attempt before this one failed"                                                                   },
    FindingInfo{
                Finding::kEspFull,          "esp_full",          PI_DECRYPTION, PI_NOTE,
                "Wireshark's ESP dissector takes 16 keys from GDOI; further TEKs were not given to it"                 },
    FindingInfo{Finding::kManyFindings,     "many_findings",     PI_PROTOCOL,   PI_NOTE,
                "More is wrong with this message than is listed"                                                       },
    FindingInfo{Finding::kManyFields,       "many_fields",       PI_UNDECODED,  PI_NOTE,
                "The message has more fields than are shown"                                                           },
    FindingInfo{Finding::kInternal,         "internal",          PI_UNDECODED,  PI_ERROR,
                "The message could not be read for lack of memory"                                                     },
};

namespace detail {

constexpr bool generated_in_order() {
  for (std::size_t i = 0; i < kGenerated.size(); ++i) {
    if (static_cast<std::size_t>(kGenerated[i].field) != i) {
      return false;
    }
    for (const auto& row : tables::kRows) {
      if (row.filter == kGenerated[i].filter) {
        return false;
      }
    }
  }
  return kGenerated.size() == static_cast<std::size_t>(Generated::kCount);
}

constexpr bool findings_in_order() {
  for (std::size_t i = 0; i < kFindings.size(); ++i) {
    if (static_cast<std::size_t>(kFindings[i].finding) != i) {
      return false;
    }
  }
  return kFindings.size() == static_cast<std::size_t>(Finding::kCount);
}

static_assert(generated_in_order(), "in the order of Generated, and no name that a row has");
static_assert(findings_in_order(), "in the order of Finding");

}  // namespace detail
}  // namespace gdoi::plugin
