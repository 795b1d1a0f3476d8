#include "capture/ip_packet.h"

#include "capture/octets.h"

#include <algorithm>

namespace gdoi::capture {
namespace {

// Protocol numbers, of IANA's registry that both IP versions share.
constexpr std::uint8_t kHopByHop     = 0;
constexpr std::uint8_t kTcp          = 6;
constexpr std::uint8_t kUdpProtocol  = 17;
constexpr std::uint8_t kRouting      = 43;
constexpr std::uint8_t kFragment     = 44;
constexpr std::uint8_t kEsp          = 50;
constexpr std::uint8_t kAh           = 51;
constexpr std::uint8_t kIcmpv6       = 58;
constexpr std::uint8_t kNoNextHeader = 59;
constexpr std::uint8_t kDestination  = 60;

constexpr std::size_t kUdpHeader      = 8;
constexpr std::size_t kFragmentHeader = 8;

/// Whether fragments of this protocol are worth holding: a UDP header may come to light behind it.
bool may_hold_udp(std::uint8_t family, std::uint8_t protocol) {
  if (family == 4) {
    return protocol == kUdpProtocol || protocol == kAh;
  }
  return protocol != kTcp && protocol != kEsp && protocol != kIcmpv6 && protocol != kNoNextHeader;
}

void drop_front(IpPacket& packet, std::size_t size) {
  packet.payload = packet.payload.subspan(size);
  packet.claimed -= std::min(packet.claimed, size);
}

/// Octets of the extension header at the front of the payload; nothing if it is not one to pass
/// over.
std::optional<std::size_t> extension_size(const IpPacket& packet) {
  switch (packet.protocol) {
    case kHopByHop:
    case kRouting:
    case kDestination:
      // RFC 8200 4.3 to 4.6: in units of 8 octets, not counting the first.
      return packet.family == 6
                 ? std::optional(std::size_t{8} * (packet.payload[1] + std::size_t{1}))
                 : std::nullopt;
    case kAh:
      // RFC 4302 2.2: in units of 4 octets, minus 2.
      return std::size_t{4} * (packet.payload[1] + std::size_t{2});
    default:
      return std::nullopt;
  }
}

/// Reads the Fragment header (RFC 8200 4.5) at the front. True: a real fragment, all set. False: an
/// atomic fragment, which is a whole packet (RFC 6946), to be followed further.
bool read_fragment_header(IpPacket& packet) {
  const auto place       = be16(packet.payload, 2);
  packet.protocol        = packet.payload[0];
  packet.identification  = be32(packet.payload, 4);
  packet.fragment_offset = place & 0xfff8U;
  packet.more_fragments  = (place & 1U) != 0;
  drop_front(packet, kFragmentHeader);
  return packet.fragment_offset != 0 || packet.more_fragments;
}

/// Passes over extension headers and settles the kind. Ends, as each header has 8 octets at least.
void follow_headers(IpPacket& packet) {
  for (;;) {
    if (packet.protocol == kUdpProtocol) {
      packet.kind = IpKind::kUdp;
      return;
    }
    const bool is_fragment = packet.family == 6 && packet.protocol == kFragment;
    if (packet.payload.size() < kFragmentHeader) {
      packet.kind = IpKind::kOther;
      return;
    }
    if (is_fragment) {
      if (read_fragment_header(packet)) {
        packet.kind = may_hold_udp(6, packet.protocol) ? IpKind::kFragment : IpKind::kOther;
        return;
      }
      continue;
    }
    const auto size = extension_size(packet);
    if (!size) {
      packet.kind = IpKind::kOther;
      return;
    }
    if (*size > packet.payload.size()) {
      packet.kind = IpKind::kMalformed;
      return;
    }
    packet.protocol = packet.payload[0];
    drop_front(packet, *size);
  }
}

/// RFC 791 3.1.
IpPacket parse_ipv4(ByteView octets) {
  constexpr std::size_t kSmallestHeader = 20;
  IpPacket packet;
  if (octets.size() < kSmallestHeader) {
    return packet;
  }
  const std::size_t header = std::size_t{4} * (octets[0] & 0x0fU);
  const std::size_t length = be16(octets, 2);
  const std::size_t total  = length == 0 ? octets.size() : length;
  if (header < kSmallestHeader || header > octets.size() || total < header) {
    return packet;
  }
  packet.protocol       = octets[9];
  packet.source         = octets.subspan(12, 4);
  packet.destination    = octets.subspan(16, 4);
  packet.claimed        = total - header;
  packet.payload        = octets.subspan(header, std::min(packet.claimed, octets.size() - header));
  const auto place      = be16(octets, 6);
  packet.more_fragments = (place & 0x2000U) != 0;
  if ((place & 0x3fffU) == 0) {
    follow_headers(packet);
    return packet;
  }
  packet.identification  = be16(octets, 4);
  packet.fragment_offset = (place & 0x1fffU) * 8U;
  packet.kind            = may_hold_udp(4, packet.protocol) ? IpKind::kFragment : IpKind::kOther;
  return packet;
}

/// RFC 8200 3.
IpPacket parse_ipv6(ByteView octets) {
  constexpr std::size_t kHeader = 40;
  IpPacket packet;
  packet.family = 6;
  if (octets.size() < kHeader) {
    return packet;
  }
  const std::size_t length = be16(octets, 4);
  packet.protocol          = octets[6];
  packet.source            = octets.subspan(8, 16);
  packet.destination       = octets.subspan(24, 16);
  packet.claimed           = length == 0 ? octets.size() - kHeader : length;
  packet.payload = octets.subspan(kHeader, std::min(packet.claimed, octets.size() - kHeader));
  follow_headers(packet);
  return packet;
}

}  // namespace

IpPacket parse_ip(std::uint8_t family, ByteView packet) {
  return family == 4 ? parse_ipv4(packet) : parse_ipv6(packet);
}

IpPacket parse_reassembled(const IpPacket& fragment, std::uint8_t protocol, ByteView payload) {
  IpPacket packet = fragment;
  packet.kind     = IpKind::kMalformed;
  packet.protocol = protocol;
  packet.payload  = payload;
  packet.claimed  = payload.size();
  follow_headers(packet);
  return packet;
}

std::optional<UdpPacket> parse_udp(const IpPacket& packet) {
  const auto octets = packet.payload;
  if (octets.size() < kUdpHeader) {
    return std::nullopt;
  }
  std::size_t length = be16(octets, 4);
  if (length == 0 && packet.family == 6) {
    length = packet.claimed;
  }
  if (length < kUdpHeader) {
    return std::nullopt;
  }
  UdpPacket udp;
  udp.source_port      = be16(octets, 0);
  udp.destination_port = be16(octets, 2);
  udp.claimed          = static_cast<std::uint32_t>(length - kUdpHeader);
  udp.payload =
      octets.subspan(kUdpHeader, std::min<std::size_t>(udp.claimed, octets.size() - kUdpHeader));
  return udp;
}

}  // namespace gdoi::capture
