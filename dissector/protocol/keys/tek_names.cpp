#include "protocol/keys/tek_names.h"

#include "protocol/keys/text_line.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace gdoi::keys {
namespace {

struct Transform {
  std::uint8_t protocol;
  std::uint16_t number;
  std::string_view name;
};

constexpr std::array kProtocols{
    std::pair{kTekEsp,      std::string_view("esp")     },
    std::pair{kTekAh,       std::string_view("ah")      },
    std::pair{kTekIec61850, std::string_view("iec61850")},
};

constexpr std::array kTransforms{
    Transform{kTekEsp,      2,  "des-cbc"    },
    Transform{kTekEsp,      3,  "3des-cbc"   },
    Transform{kTekEsp,      11, "null"       },
    Transform{kTekEsp,      12, "aes-cbc"    },
    Transform{kTekEsp,      13, "aes-ctr"    },
    Transform{kTekEsp,      14, "aes-ccm-8"  },
    Transform{kTekEsp,      15, "aes-ccm-12" },
    Transform{kTekEsp,      16, "aes-ccm-16" },
    Transform{kTekEsp,      18, "aes-gcm-8"  },
    Transform{kTekEsp,      19, "aes-gcm-12" },
    Transform{kTekEsp,      20, "aes-gcm-16" },
    Transform{kTekEsp,      22, "camellia"   },
    Transform{kTekEsp,      23, "aes-gmac"   },
    Transform{kTekAh,       2,  "hmac-md5"   },
    Transform{kTekAh,       3,  "hmac-sha1"  },
    Transform{kTekAh,       5,  "hmac-sha256"},
    Transform{kTekAh,       6,  "hmac-sha384"},
    Transform{kTekAh,       7,  "hmac-sha512"},
    Transform{kTekAh,       9,  "aes-xcbc"   },
    Transform{kTekAh,       11, "aes128-gmac"},
    Transform{kTekAh,       12, "aes192-gmac"},
    Transform{kTekAh,       13, "aes256-gmac"},
    Transform{kTekIec61850, 1,  "none"       },
    Transform{kTekIec61850, 2,  "aes128-cbc" },
    Transform{kTekIec61850, 3,  "aes256-cbc" },
    Transform{kTekIec61850, 4,  "aes128-gcm" },
    Transform{kTekIec61850, 5,  "aes256-gcm" },
};

}  // namespace

std::string_view protocol_name(std::uint8_t protocol) {
  const auto* const found =
      std::ranges::find(kProtocols, protocol, [](const auto& row) { return row.first; });
  return found == kProtocols.end() ? std::string_view{} : found->second;
}

std::optional<std::uint8_t> protocol_named(std::string_view name) {
  const auto* const found =
      std::ranges::find(kProtocols, name, [](const auto& row) { return row.second; });
  return found == kProtocols.end() ? std::nullopt : std::optional(found->first);
}

std::string transform_name(std::uint8_t protocol, std::uint16_t transform) {
  const auto* const found = std::ranges::find_if(kTransforms, [&](const Transform& row) {
    return row.protocol == protocol && row.number == transform;
  });
  return found == kTransforms.end() ? std::to_string(transform) : std::string(found->name);
}

std::optional<std::uint16_t> transform_named(std::uint8_t protocol, std::string_view name) {
  const auto* const found = std::ranges::find_if(kTransforms, [&](const Transform& row) {
    return row.protocol == protocol && row.name == name;
  });
  if (found != kTransforms.end()) {
    return found->number;
  }
  std::uint16_t number      = 0;
  const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (failure != std::errc{} || end != name.data() + name.size()) {
    return std::nullopt;
  }
  return number;
}

Result<Bytes> tek_key(std::uint8_t protocol, std::uint16_t transform, std::string_view field,
                      std::string_view digits) {
  const auto name = transform_name(protocol, transform);
  if (protocol == kTekEsp && name == "des-cbc") {
    return hex_of_sizes(field, digits, {8}, "for des-cbc");
  }
  if (protocol == kTekEsp && name == "3des-cbc") {
    return hex_of_sizes(field, digits, {24}, "for 3des-cbc");
  }
  if (protocol == kTekEsp && name == "aes-cbc") {
    return hex_of_sizes(field, digits, {16, 24, 32}, "for aes-cbc");
  }
  return hex_of_range(field, digits, 1, kMaxTekKeySize);
}

}  // namespace gdoi::keys
