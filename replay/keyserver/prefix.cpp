#include "keyserver/prefix.h"

#include "protocol/getvpn/decimal.h"

#include <algorithm>
#include <arpa/inet.h>

namespace gdoi::keyserver {
namespace {

constexpr std::uint8_t kIpv4Bits = 32;
constexpr std::uint8_t kIpv6Bits = 128;

std::uint8_t most_bits(std::uint8_t family) {
  return family == 6 ? kIpv6Bits : kIpv4Bits;
}

// Octet `index` of a mask of `bits`.
std::uint8_t mask_octet(std::uint8_t bits, std::size_t index) {
  const auto before = index * 8;
  const auto here   = bits > before ? std::min<std::size_t>(bits - before, 8) : 0;
  return static_cast<std::uint8_t>(0xff00U >> here);
}

}  // namespace

std::optional<Prefix> Prefix::parse(std::string_view text) {
  Prefix prefix;
  if (text == "any") {
    return prefix;
  }
  const auto slash = text.find('/');
  const std::string address(text.substr(0, slash));
  if (inet_pton(AF_INET, address.c_str(), prefix.address.data()) == 1) {
    prefix.family = 4;
  } else if (inet_pton(AF_INET6, address.c_str(), prefix.address.data()) == 1) {
    prefix.family = 6;
  } else {
    return std::nullopt;
  }
  prefix.bits = most_bits(prefix.family);
  if (slash != std::string_view::npos) {
    const auto bits = getvpn::strict_decimal(text.substr(slash + 1), prefix.bits);
    if (!bits) {
      return std::nullopt;
    }
    prefix.bits = static_cast<std::uint8_t>(*bits);
  }
  for (std::size_t i = 0; i < prefix.address.size(); ++i) {
    if ((prefix.address.at(i) & ~mask_octet(prefix.bits, i)) != 0) {
      return std::nullopt;
    }
  }
  return prefix;
}

bool Prefix::contains(const exchange::Endpoint& endpoint) const {
  if (family == 0) {
    return true;
  }
  if (family != endpoint.family) {
    return false;
  }
  for (std::size_t i = 0; i < most_bits(family) / 8U; ++i) {
    if ((endpoint.address.at(i) & mask_octet(bits, i)) != address.at(i)) {
      return false;
    }
  }
  return true;
}

bool Prefix::is_host() const {
  return family != 0 && bits == most_bits(family);
}

Bytes Prefix::address_octets() const {
  return {address.begin(), address.begin() + most_bits(family) / 8};
}

Bytes Prefix::mask_octets() const {
  Bytes mask(most_bits(family) / 8U);
  for (std::size_t i = 0; i < mask.size(); ++i) {
    mask[i] = mask_octet(bits, i);
  }
  return mask;
}

std::string Prefix::text() const {
  if (family == 0) {
    return "any";
  }
  auto out = exchange::address_text({family, address, 0});
  return is_host() ? out : out + "/" + std::to_string(bits);
}

Bytes address_octets(const exchange::Endpoint& endpoint) {
  return {endpoint.address.begin(), endpoint.address.begin() + most_bits(endpoint.family) / 8};
}

bool is_unspecified(const exchange::Endpoint& endpoint) {
  return std::ranges::all_of(endpoint.address, [](auto octet) { return octet == 0; });
}

}  // namespace gdoi::keyserver
