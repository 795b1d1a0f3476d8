#pragma once

#include "protocol/exchange/packet.h"

#include <optional>
#include <string>
#include <string_view>

namespace gdoi::keyserver {

/// An address block; of no family it is any address at all.
struct Prefix {
  std::uint8_t family = 0;  ///< 4, 6, or 0: any
  std::array<std::uint8_t, 16> address{};
  std::uint8_t bits = 0;

  /// "any", "10.40.10.10", "10.40.0.0/16", "2001:db8::/32". Nothing for another text, for host
  /// bits that are set and for a length beyond the address.
  [[nodiscard]] static std::optional<Prefix> parse(std::string_view text);

  [[nodiscard]] bool contains(const exchange::Endpoint& endpoint) const;

  /// Whether it is one address.
  [[nodiscard]] bool is_host() const;

  /// Octets of the address and of the mask.
  [[nodiscard]] Bytes address_octets() const;
  [[nodiscard]] Bytes mask_octets() const;

  [[nodiscard]] std::string text() const;

  auto operator<=>(const Prefix&) const = default;
};

/// The octets of an endpoint's address: 4 or 16.
[[nodiscard]] Bytes address_octets(const exchange::Endpoint& endpoint);

/// Whether the address is 0.0.0.0 or ::.
[[nodiscard]] bool is_unspecified(const exchange::Endpoint& endpoint);

}  // namespace gdoi::keyserver
