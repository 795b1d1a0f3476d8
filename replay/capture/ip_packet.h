#pragma once

#include "protocol/base/bytes.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace gdoi::capture {

/// What an IP packet turned out to carry.
enum class IpKind : std::uint8_t {
  kUdp,        ///< payload begins with the UDP header
  kFragment,   ///< of a packet that may be UDP; payload is the fragment's data
  kOther,      ///< another protocol
  kMalformed,  ///< a header is cut, or its lengths contradict each other
};

/// An IP packet, IPv4 (RFC 791) or IPv6 (RFC 8200), with its extension headers passed over.
struct IpPacket {
  IpKind kind           = IpKind::kMalformed;
  std::uint8_t family   = 4;
  std::uint8_t protocol = 0;  ///< of the first header in payload
  ByteView source;            ///< 4 or 16 octets
  ByteView destination;       ///< 4 or 16 octets
  ByteView payload;           ///< what was captured of it, link-layer padding taken off
  std::size_t claimed =
      0;  ///< octets of payload by the IP header; more than payload.size() where cut
  std::uint32_t identification  = 0;  ///< of a fragment
  std::uint32_t fragment_offset = 0;  ///< of a fragment: where payload begins, in octets
  bool more_fragments           = false;
};

/// UDP header (RFC 768) and what follows it.
struct UdpPacket {
  std::uint16_t source_port      = 0;
  std::uint16_t destination_port = 0;
  ByteView payload;
  std::uint32_t claimed = 0;  ///< octets of payload by the UDP header
};

/// Takes an IP packet apart. `packet` may go on after the IP packet (padding) or end before it
/// (cut). A length of 0 in the IP header (segmentation offload) means up to the end of `packet`.
[[nodiscard]] IpPacket parse_ip(std::uint8_t family, ByteView packet);

/// As parse_ip(), of the reassembled payload of the packet that `fragment` belongs to.
[[nodiscard]] IpPacket parse_reassembled(const IpPacket& fragment, std::uint8_t protocol,
                                         ByteView payload);

/// The UDP datagram in a packet of kind kUdp. Nothing if the header is cut or its length is less
/// than the header's 8 octets; 0 over IPv6 means up to the end (RFC 2675 section 4).
[[nodiscard]] std::optional<UdpPacket> parse_udp(const IpPacket& packet);

}  // namespace gdoi::capture
