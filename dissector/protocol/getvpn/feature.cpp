#include "protocol/getvpn/feature.h"

#include <algorithm>
#include <array>

namespace gdoi::getvpn {

namespace {

constexpr Version v1_0(std::uint32_t mini) {
  return {0x01000000U | mini};
}

constexpr std::string_view kGuide        = "GET VPN configuration guide";
constexpr std::string_view kCiscoManual  = "Cisco documentation";
constexpr std::string_view kTacNote      = "Cisco TAC note 215514";
constexpr std::string_view kDeviceOutput = "device output, recent IOS XE";

constexpr std::string_view kNoThreshold =
    "a GM 1.0.26 reports No while a KS 1.0.27 reports Yes: more than a minimum version decides";

constexpr std::array kFeatures{
    Feature{"ckm",              "",            "",        "centralised key management, pairwise keying", {},      "",           false, ""          },
    Feature{"crl-check",        "",            "",        "certificate revocation list checking",        {},      "",           false, ""          },
    Feature{"cts-sgt",          "",            "",        "TrustSec security group tags",                v1_0(5), kCiscoManual, false, ""          },
    Feature{"dp-recovery",      "",            "",        "data-plane recovery",                         {},      "",           false, ""          },
    Feature{"gdoi-interop-ack",
            "interop-ack",                     "",
            "interoperable rekey acknowledgement (RFC 8263)",                                            {},
            "",                                                                                                                 false,
            kNoThreshold                                                                                                                           },
    Feature{"gdoi-mib",         "",            "",        "GDOI MIB",                                    {},      "",           false, ""          },
    Feature{"gikev2",           "",            "",        "G-IKEv2",                                     {},      "",           false, ""          },
    Feature{"gm-removal",       "",            "",        "removal of GMs by the KS",                    v1_0(2), kCiscoManual, false, ""          },
    Feature{"ip-d3p",           "",            "",        "IP-D3P",                                      {},      "",           false, kNoThreshold},
    Feature{"ipv6 crypto path", "v6-cry-path", "",        "IPv6 as the crypto path",                     {},      "",           false, ""          },
    Feature{"long-sa-lifetime", "long-sa",     "Long-SA",
            "KEK and TEK lifetimes over 24 hours, up to 30 days",                                        v1_0(4), kGuide,       true,
            "the sources disagree about 1.0.4: the configuration guide names it as the minimum, "
            "TAC note 215514 lists a GM 1.0.4 with No (and 0x1000001, which is 1.0.1, in that GM's "
            "reject line)"                                                                                                                         },
    Feature{"pfs",              "",            "",        "perfect forward secrecy",                     {},      "",           false, ""          },
    Feature{"policy-replace",   "pol-repl",    "",        "replacement of the policy of GMs",            v1_0(2),
            kCiscoManual,                                                                                                       false, ""          },
    Feature{"suite-b",          "",            "",        "Suite B algorithms",                          v1_0(4), kGuide,       false, ""          },
};

constexpr std::array kVersions{
    KnownVersion{v1_0(1),  Role::kBoth, Grade::kDocumented, kGuide,                        "base version"         },
    KnownVersion{v1_0(2),  Role::kBoth, Grade::kDocumented, kCiscoManual,
                 "minimum for gm-removal and policy-replace"                                                      },
    KnownVersion{v1_0(4),  Role::kBoth, Grade::kDocumented, kGuide,
                 "minimum for suite-b and long-sa-lifetime; but TAC note 215514 lists a GM 1.0.4 "
                 "with No for long-sa-lifetime"                                                                   },
    KnownVersion{v1_0(5),  Role::kBoth, Grade::kDocumented, kCiscoManual,                  "minimum for cts-sgt"  },
    KnownVersion{v1_0(8),  Role::kGm,   Grade::kObserved,   "device output, IOS 15.4(2)T",
                 "the same image is KS 1.0.9"                                                                     },
    KnownVersion{v1_0(9),  Role::kKs,   Grade::kObserved,   "device output, IOS 15.4(2)T",
                 "the same image is GM 1.0.8"                                                                     },
    KnownVersion{v1_0(17), Role::kGm,   Grade::kDocumented, kTacNote,                      "long-sa-lifetime: Yes"},
    KnownVersion{v1_0(18), Role::kKs,   Grade::kDocumented, kTacNote,                      "long-sa-lifetime: Yes"},
    KnownVersion{v1_0(22), Role::kGm,   Grade::kObserved,   kDeviceOutput,                 ""                     },
    KnownVersion{v1_0(25), Role::kGm,   Grade::kObserved,   kDeviceOutput,                 ""                     },
    KnownVersion{v1_0(26), Role::kGm,   Grade::kObserved,   kDeviceOutput,
                 "ip-d3p and gdoi-interop-ack: No"                                                                },
    KnownVersion{v1_0(27), Role::kKs,   Grade::kObserved,   kDeviceOutput,
                 "ip-d3p and gdoi-interop-ack: Yes"                                                               },
};

constexpr char folded(char c) {
  if (c >= 'A' && c <= 'Z') {
    return static_cast<char>(c - 'A' + 'a');
  }
  return c == ' ' ? '-' : c;
}

bool same_name(std::string_view a, std::string_view b) {
  return !a.empty() && std::ranges::equal(a, b, {}, folded, folded);
}

/// Major and minor: the compatibility numbers. A minimum says nothing across them.
constexpr std::uint32_t line_of(Version version) {
  return version.raw >> 16U;
}

}  // namespace

std::span<const Feature> features() {
  return kFeatures;
}

std::span<const KnownVersion> known_versions() {
  return kVersions;
}

const Feature* feature_named(std::string_view name) {
  const auto* const found = std::ranges::find_if(kFeatures, [&](const Feature& feature) {
    return same_name(feature.name, name) || same_name(feature.yang_name, name) ||
           same_name(feature.syslog_name, name);
  });
  return found == kFeatures.end() ? nullptr : found;
}

Support support_of(const Feature& feature, std::optional<Version> version,
                   std::optional<Version> minimum_override) {
  const auto minimum = minimum_override ? minimum_override : feature.minimum;
  if (!version || !minimum || line_of(*version) != line_of(*minimum)) {
    return Support::kUnknown;
  }
  return *version >= *minimum ? Support::kSupported : Support::kUnsupported;
}

}  // namespace gdoi::getvpn
