#pragma once

#include "protocol/base/bytes.h"

#include <array>
#include <compare>
#include <cstdint>
#include <string>

namespace gdoi::exchange {

/// An IP address and UDP port.
struct Endpoint {
  std::uint8_t family = 4;                 ///< 4 or 6
  std::array<std::uint8_t, 16> address{};  ///< IPv4: the first 4 octets
  std::uint16_t port = 0;

  auto operator<=>(const Endpoint&) const = default;
};

/// The address alone, in its usual text form.
[[nodiscard]] std::string address_text(const Endpoint& endpoint);

/// One UDP datagram as the follower takes it.
struct Packet {
  std::uint64_t frame  = 0;  ///< as Wireshark counts, from 1
  std::int64_t time_ns = 0;  ///< since the epoch
  Endpoint source;
  Endpoint destination;
  ByteView payload;
  /// Octets of the payload by the UDP header; more than payload.size() where the capture was cut.
  std::uint32_t claimed_length = 0;

  [[nodiscard]] bool is_cut() const { return payload.size() < claimed_length; }
};

}  // namespace gdoi::exchange
