#pragma once

#include "protocol/base/bytes.h"

#include <array>
#include <cstdint>
#include <string>

namespace gdoi::capture {

/// One UDP datagram of a capture, reassembled where it was fragmented.
struct UdpDatagram {
  /// 1-based, as Wireshark counts; of a fragmented datagram that of the fragment that completed it.
  std::uint64_t frame  = 0;
  std::int64_t time_ns = 0;               ///< of that frame, since the epoch
  std::uint8_t family  = 4;               ///< 4 or 6
  std::array<std::uint8_t, 16> source{};  ///< IPv4: the first 4 octets
  std::array<std::uint8_t, 16> destination{};
  std::uint16_t source_port      = 0;
  std::uint16_t destination_port = 0;
  ByteView payload{};  ///< valid until the next datagram is read
  /// Octets of the payload by the UDP header; more than payload.size() where the capture was cut or
  /// the header claims more than the IP packet has.
  std::uint32_t claimed_length = 0;
  bool unasked = false;  ///< only ReaderOptions::nat_port let it through: it may be another's IKE
};

}  // namespace gdoi::capture
