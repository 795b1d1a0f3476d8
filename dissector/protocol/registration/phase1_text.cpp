#include "protocol/registration/phase1_text.h"

#include "protocol/tables/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace gdoi::registration {

namespace {

using tables::row;

struct ShortName {
  std::uint64_t value;
  std::string_view text;
};

// RFC 2409 appendix A and the IANA registries that followed it, in the words of OpenSSL and
// swanctl.
constexpr std::uint64_t kAesCbc      = 7;
constexpr std::uint64_t kCamelliaCbc = 8;
constexpr ShortName kCiphers[]       = {
    {1,            "des-cbc"     },
    {2,            "idea-cbc"    },
    {3,            "blowfish-cbc"},
    {4,            "rc5-cbc"     },
    {5,            "3des-cbc"    },
    {6,            "cast-cbc"    },
    {kAesCbc,      "aes"         },
    {kCamelliaCbc, "camellia"    },
};
constexpr ShortName kHashes[] = {
    {1, "md5"   },
    {2, "sha1"  },
    {3, "tiger" },
    {4, "sha256"},
    {5, "sha384"},
    {6, "sha512"},
};
constexpr ShortName kGroups[] = {
    {1,  "modp768"     },
    {2,  "modp1024"    },
    {3,  "ec2n155"     },
    {4,  "ec2n185"     },
    {5,  "modp1536"    },
    {14, "modp2048"    },
    {15, "modp3072"    },
    {16, "modp4096"    },
    {17, "modp6144"    },
    {18, "modp8192"    },
    {19, "ecp256"      },
    {20, "ecp384"      },
    {21, "ecp521"      },
    {25, "ecp192"      },
    {22, "modp1024s160"},
    {23, "modp2048s224"},
    {26, "ecp224"      },
    {27, "ecp224bp"    },
    {24, "modp2048s256"},
    {28, "ecp256bp"    },
    {29, "ecp384bp"    },
    {30, "ecp512bp"    },
};
constexpr ShortName kAuthMethods[] = {
    {1,     "psk"            },
    {2,     "dss-sig"        },
    {3,     "rsa-sig"        },
    {4,     "rsa-enc"        },
    {5,     "rsa-rev-enc"    },
    {9,     "ecdsa256-sha256"},
    {10,    "ecdsa384-sha384"},
    {11,    "ecdsa521-sha512"},
    {64221, "hybrid-init-rsa"},
    {64222, "hybrid-resp-rsa"},
    {64223, "hybrid-init-dss"},
    {64224, "hybrid-resp-dss"},
    {65001, "xauth-init-psk" },
    {65002, "xauth-resp-psk" },
    {65003, "xauth-init-dss" },
    {65004, "xauth-resp-dss" },
    {65005, "xauth-init-rsa" },
    {65006, "xauth-resp-rsa" },
};

std::string short_name(std::span<const ShortName> names, std::string_view kind,
                       std::optional<std::uint64_t> value) {
  if (!value) {
    return "-";
  }
  const auto found = std::ranges::find(names, *value, &ShortName::value);
  return found != names.end() ? std::string(found->text) : fmt::format("{}-{}", kind, *value);
}

std::string cipher_text(const wire::Tree& tree, wire::NodeId transform) {
  const auto value = tree.find_number(row("ike.attr.encryption_algorithm"), transform);
  auto text        = short_name(kCiphers, "cipher", value);
  const auto bits  = tree.find_number(row("ike.attr.key_length"), transform);
  if (value == kAesCbc || value == kCamelliaCbc) {
    return text + (bits ? fmt::format("{}", *bits) : std::string{}) + "-cbc";
  }
  return bits ? fmt::format("{}-{}", text, *bits) : text;
}

TransformText describe(const wire::Tree& tree, wire::NodeId transform) {
  TransformText found;
  found.auth = short_name(kAuthMethods, "auth",
                          tree.find_number(row("ike.attr.authentication_method"), transform));
  found.text = fmt::format(
      "{}/{}/{}/{}", cipher_text(tree, transform),
      short_name(kHashes, "hash", tree.find_number(row("ike.attr.hash_algorithm"), transform)),
      short_name(kGroups, "group", tree.find_number(row("ike.attr.group_description"), transform)),
      found.auth);
  return found;
}

}  // namespace

std::vector<TransformText> transforms_of(const wire::Tree& tree) {
  std::vector<TransformText> found;
  const auto sa = tree.find(row("payload.sa"));
  if (!sa) {
    return found;
  }
  for (auto id = *sa; id < tree.node(*sa).end && found.size() < kMaxOfferedTransforms; ++id) {
    if (tree.node(id).row == row("trans")) {
      found.push_back(describe(tree, id));
    }
  }
  return found;
}

}  // namespace gdoi::registration
