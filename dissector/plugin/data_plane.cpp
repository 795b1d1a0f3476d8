#include "plugin/data_plane.h"

#include "protocol/base/hex.h"

#include <cstdio>
#include <optional>
#include <string_view>

namespace gdoi::plugin {
namespace {

constexpr std::uint8_t kProtocolEsp = 1;  // RFC 6407 section 5.5
constexpr std::uint8_t kIpv4        = 1;  // of the ESP dissector
constexpr std::uint8_t kIpv6        = 2;

// esp_encryption_type_vals by ESP transform ID (IANA isakmp-registry).
std::optional<std::uint8_t> encryption_of(std::uint16_t transform) {
  switch (transform) {
    case 2:
      return 4;  // DES-CBC
    case 3:
      return 1;  // 3DES-CBC
    case 6:
      return 7;  // CAST5
    case 7:
      return 5;  // Blowfish
    case 11:
      return 0;  // NULL
    case 12:
      return 2;  // AES-CBC
    case 13:
      return 3;  // AES-CTR
    case 18:
      return 9;  // AES-GCM, ICV of 8 octets
    case 19:
      return 10;
    case 20:
      return 11;
    default:
      return std::nullopt;
  }
}

// esp_authentication_type_vals.
std::optional<std::uint8_t> authentication_of(std::string_view name) {
  struct Known {
    std::string_view name;
    std::uint8_t number;
  };

  static constexpr std::array kKnown = {
      Known{"",            0},
      Known{"hmac-md5",    6},
      Known{"hmac-sha1",   1},
      Known{"hmac-sha256", 3},
      Known{"hmac-sha384", 4},
      Known{"hmac-sha512", 5}
  };
  for (const auto& known : kKnown) {
    if (known.name == name) {
      return known.number;
    }
  }
  return std::nullopt;
}

Secret text_of(const Secret& key) {
  if (key.empty()) {
    return {};
  }
  static constexpr std::string_view kDigits = "0123456789abcdef";
  Bytes text;
  text.reserve(2 * key.size() + 3);
  text.push_back('0');
  text.push_back('x');
  for (const auto octet : key.view()) {
    text.push_back(static_cast<std::uint8_t>(kDigits[octet >> 4U]));
    text.push_back(static_cast<std::uint8_t>(kDigits[octet & 0xfU]));
  }
  text.push_back(0);
  return Secret(std::move(text));
}

const char* characters(const Secret& text) {
  return text.empty() ? nullptr : reinterpret_cast<const char*>(text.view().data());
}

bool same(const EspKey& a, const EspKey& b) {
  return a.spi == b.spi && a.encryption == b.encryption && a.authentication == b.authentication &&
         equal_constant_time(a.key.view(), b.key.view()) &&
         equal_constant_time(a.authentication_key.view(), b.authentication_key.view());
}

}  // namespace

bool DataPlane::offer(const keys::Tek& tek) {
  const auto encryption     = encryption_of(tek.transform);
  const auto authentication = authentication_of(tek.authentication);
  if (tek.protocol != kProtocolEsp || !encryption || !authentication) {
    return true;
  }
  EspKey key;
  key.encryption     = *encryption;
  key.authentication = *authentication;
  (void)std::snprintf(key.spi.data(), key.spi.size(), "0x%08x", tek.spi);
  key.key                = text_of(tek.key);
  key.authentication_key = text_of(tek.authentication_key);
  for (const auto& known : keys_) {
    if (same(known, key)) {
      return true;
    }
  }
  if (keys_.size() == kMaxEspKeys) {
    return false;
  }
  keys_.push_back(std::move(key));
  return true;
}

std::span<const EspKey> DataPlane::take() {
  const auto fresh = std::span<const EspKey>(keys_).subspan(taken_);
  taken_           = keys_.size();
  return fresh;
}

void hand_to_esp(std::span<const EspKey> keys, bool ipv6) {
  for (const auto& key : keys) {
    auto spi = key.spi;
    esp_sa_record_add_from_dissector(ipv6 ? kIpv6 : kIpv4, "*", "*", spi.data(), key.encryption,
                                     characters(key.key), key.authentication,
                                     characters(key.authentication_key));
  }
}

}  // namespace gdoi::plugin
