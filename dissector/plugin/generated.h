#pragma once

#include "plugin/fields.h"
#include "protocol/tables/registry.h"

#include <array>

/// The fields and expert items that stand for no row, as tables in the order of their enums.
namespace gdoi::plugin {

/// What Wireshark does with the value.
enum class Shape : std::uint8_t { kPlain, kStatus, kAnswer, kRetransmission };

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
    GeneratedInfo{Generated::kHashStatus,         "hash.status",          "Hash Status",             FT_UINT8,    BASE_NONE,
                  Shape::kStatus,                                                                                                                    "Whether HASH holds: RFC 2409 section 5, RFC 6407 section 3.2"},
    GeneratedInfo{Generated::kSigStatus,          "sig.status",           "Signature Status",        FT_UINT8,    BASE_NONE,
                  Shape::kStatus,
                  "Whether the signature holds: RFC 2409 section 5.1, RFC 6407 section 4.2"                                                                                                                        },
    GeneratedInfo{Generated::kExchange,           "exchange",             "Exchange",                FT_STRING,   BASE_NONE, Shape::kPlain,
                  "The exchange that the message belongs to"                                                                                                                                                       },
    GeneratedInfo{Generated::kMessageNumber,      "message_number",       "Message number",          FT_UINT8,    BASE_DEC,
                  Shape::kPlain,                                                                                                                     "Which message of the exchange this is, from 1"               },
    GeneratedInfo{Generated::kSender,             "sender",               "Sender",                  FT_STRING,   BASE_NONE, Shape::kPlain,
                  "GM (group member) or KS (key server)"                                                                                                                                                           },
    GeneratedInfo{Generated::kPhase1,             "phase1",               "Phase 1 number",          FT_UINT32,   BASE_DEC,
                  Shape::kPlain,                                                                                                                     "Which phase 1 of the capture, from 1"                        },
    GeneratedInfo{Generated::kPull,               "pull",                 "PULL number",             FT_UINT32,   BASE_DEC,  Shape::kPlain,
                  "Which GROUPKEY-PULL of the capture, from 1"                                                                                                                                                     },
    GeneratedInfo{Generated::kRetransmissionOf,   "retransmission_of",    "Retransmission of frame",
                  FT_FRAMENUM,                                                                                    BASE_NONE, Shape::kRetransmission,
                  "The frame that had the same octets"                                                                                                                                                             },
    GeneratedInfo{Generated::kAnswers,            "answers",              "Answer to frame",         FT_FRAMENUM, BASE_NONE,
                  Shape::kAnswer,                                                                                                                    "The message that this one answers"                           },
    GeneratedInfo{Generated::kUndecrypted,        "undecrypted",          "Not decrypted",           FT_STRING,   BASE_NONE,
                  Shape::kPlain,                                                                                                                     "Why the message could not be decrypted"                      },
    GeneratedInfo{Generated::kKeyFrame,           "key.frame",            "Key learned in frame",    FT_FRAMENUM, BASE_NONE,
                  Shape::kPlain,                                                                                                                     "The frame whose Key Download holds the key"                  },
    GeneratedInfo{Generated::kGroup,              "group",                "Group",                   FT_UINT32,   BASE_DEC,  Shape::kPlain,
                  "The group number: an ID_KEY_ID of 4 octets, RFC 6407 section 5.1"                                                                                                                               },
    GeneratedInfo{Generated::kVidName,            "vid.name",             "Vendor ID name",          FT_STRING,   BASE_NONE,
                  Shape::kPlain,                                                                                                                     "What this vendor ID is known to stand for"                   },
    GeneratedInfo{Generated::kGmVersion,          "gm_version",           "GM version",              FT_STRING,   BASE_NONE,
                  Shape::kPlain,                                                                                                                     "GETVPN version of the group member"                          },
    GeneratedInfo{Generated::kGmVersionRaw,       "gm_version.raw",       "GM version, raw",         FT_UINT32,
                  BASE_HEX,                                                                                                  Shape::kPlain,          ""                                                            },
    GeneratedInfo{Generated::kGmVersionRule,      "gm_version.rule",      "GM version rule",         FT_STRING,
                  BASE_NONE,                                                                                                 Shape::kPlain,          "The rule that read the version"                              },
    GeneratedInfo{Generated::kGmVersionSource,    "gm_version.source",    "GM version source",       FT_STRING,
                  BASE_NONE,                                                                                                 Shape::kPlain,          "Where the rule is known from"                                },
    GeneratedInfo{Generated::kGmVersionCandidate, "gm_version.candidate", "GM version, candidate",
                  FT_STRING,                                                                                      BASE_NONE, Shape::kPlain,
                  "What could be a version in a vendor ID that no rule knows"                                                                                                                                      },
    GeneratedInfo{Generated::kKsVersion,          "ks_version",           "KS version",              FT_STRING,   BASE_NONE,
                  Shape::kPlain,                                                                                                                     "GETVPN version of the key server"                            },
    GeneratedInfo{Generated::kKsVersionRaw,       "ks_version.raw",       "KS version, raw",         FT_UINT32,
                  BASE_HEX,                                                                                                  Shape::kPlain,          ""                                                            },
    GeneratedInfo{Generated::kKsVersionRule,      "ks_version.rule",      "KS version rule",         FT_STRING,
                  BASE_NONE,                                                                                                 Shape::kPlain,          "The rule that read the version"                              },
    GeneratedInfo{Generated::kKsVersionSource,    "ks_version.source",    "KS version source",       FT_STRING,
                  BASE_NONE,                                                                                                 Shape::kPlain,          "Where the rule is known from"                                },
    GeneratedInfo{Generated::kKsVersionCandidate, "ks_version.candidate", "KS version, candidate",
                  FT_STRING,                                                                                      BASE_NONE, Shape::kPlain,
                  "What could be a version in a vendor ID that no rule knows"                                                                                                                                      },
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
