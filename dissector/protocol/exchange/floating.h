#pragma once

#include "protocol/exchange/packet.h"
#include "protocol/keys/key_ring.h"

#include <cstdint>
#include <deque>
#include <unordered_set>

namespace gdoi::exchange {

/// UDP port of IKE and ESP behind a NAT (RFC 3948 section 2.2).
inline constexpr std::uint16_t kNatPort = 4500;

/// Whether one of the ports is 4500.
[[nodiscard]] bool on_nat_port(const Packet& packet);

/// Tells which datagrams on UDP 4500 carry on a phase 1 that began on a port of GDOI (RFC 6407
/// section 2.2, RFC 3947 section 4). Port 4500 belongs to IPsec: ESP and others' IKE are there too.
class Floating {
 public:
  /// Notes the phase 1 that a datagram on a port of GDOI belongs to; true where it is a new one.
  bool note(const Packet& packet);

  /// Whether a datagram on port 4500 has a non-ESP marker and then the initiator cookie of a phase
  /// 1 that was noted, or an exchange that only GDOI has (PUSH has a KEK's SPI in place of
  /// cookies).
  [[nodiscard]] bool carries_on(const Packet& packet) const;

  /// Both at once, for who reads datagrams in order: notes what begins, and is false for what is
  /// none of ours. `unasked`: it is there for port 4500 alone, which nobody asked for by number.
  [[nodiscard]] bool admits(const Packet& packet, bool unasked);

 private:
  std::unordered_set<std::uint64_t> cookies_;
  std::deque<std::uint64_t> order_;  ///< the oldest goes first
};

}  // namespace gdoi::exchange
