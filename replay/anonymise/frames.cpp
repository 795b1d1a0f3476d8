#include "anonymise/frames.h"

#include "capture/ip_packet.h"
#include "capture/link_layer.h"
#include "capture/octets.h"

#include <pcap/dlt.h>
#include <tins/utils/checksum_utils.h>

#include <algorithm>
#include <bit>

namespace gdoi::anonymise {
namespace {

using capture::be16;
using capture::IpKind;
using capture::IpPacket;

constexpr std::size_t kIpv4Header    = 20;
constexpr std::size_t kIpv6Header    = 40;
constexpr std::size_t kUdpHeader     = 8;
constexpr std::uint8_t kUdpProtocol  = 17;
constexpr std::uint8_t kExperimental = 253;     // RFC 3692 section 2.1
constexpr std::uint16_t kLocalType   = 0x88b5;  // IEEE 802 local experimental EtherType 1

std::size_t place_of(ByteView part, ByteView in) {
  return static_cast<std::size_t>(part.data() - in.data());
}

void put16(Bytes& octets, std::size_t at, std::uint16_t value) {
  octets[at]     = static_cast<std::uint8_t>(value >> 8U);
  octets[at + 1] = static_cast<std::uint8_t>(value);
}

void zero(Bytes& octets, std::size_t from, std::size_t to) {
  std::fill(octets.begin() + static_cast<std::ptrdiff_t>(from),
            octets.begin() + static_cast<std::ptrdiff_t>(to), std::uint8_t{0});
}

void put(Bytes& octets, std::size_t at, ByteView made) {
  std::ranges::copy(made, octets.begin() + static_cast<std::ptrdiff_t>(at));
}

// RFC 1071, of libtins, which leaves the sum in the order of the octets.
std::uint16_t folded(std::uint32_t sum) {
  while ((sum >> 16U) != 0) {
    sum = (sum & 0xffffU) + (sum >> 16U);
  }
  const auto value = static_cast<std::uint16_t>(~sum);
  return std::endian::native == std::endian::little ? __builtin_bswap16(value) : value;
}

std::uint32_t sum_of(ByteView octets) {
  return octets.empty() ? 0 : Tins::Utils::sum_range(octets.data(), octets.data() + octets.size());
}

/// EtherType or its like, and addresses, of a link header.
struct LinkFields {
  std::optional<std::size_t> type{};
  std::vector<std::pair<std::size_t, std::size_t>> addresses{};
};

LinkFields link_fields(int link_type, ByteView frame, std::size_t header) {
  constexpr std::size_t kAddress = 6;
  constexpr std::size_t kCooked  = 8;  // octets of an address of a cooked header
  switch (link_type) {
    case DLT_EN10MB:
      // The type stands at the end, behind VLAN tags.
      return {
          header - 2, {{0, kAddress}, {kAddress, kAddress}}
      };
    case DLT_LINUX_SLL:
      return {header - 2, {{6, be16(frame, 4) == kAddress ? kAddress : kCooked}}};
    case DLT_LINUX_SLL2:
      return {std::size_t{0}, {{12, frame[11] == kAddress ? kAddress : kCooked}}};
    default:
      return {};
  }
}

/// Octets of the link header of a frame without an IP packet that we reach.
std::size_t bare_header(int link_type) {
  switch (link_type) {
    case DLT_EN10MB:
      return 14;
    case DLT_LINUX_SLL:
      return 16;
    case DLT_LINUX_SLL2:
      return 20;
    case DLT_NULL:
    case DLT_LOOP:
      return 4;
    default:
      return 0;
  }
}

}  // namespace

void Pieces::take(int link_type, const capture::Frame& frame) {
  const auto network = capture::network_packet(link_type, frame.octets);
  const auto packet =
      network.family == 0 ? IpPacket{} : capture::parse_ip(network.family, network.octets);
  if (packet.kind != IpKind::kFragment) {
    return;
  }
  auto ends = to_bytes(packet.source);
  append(ends, packet.destination);
  if (packet.family == 4) {
    ends.push_back(packet.protocol);
  }
  const Key key{std::move(ends), packet.identification};
  auto& waiting = waiting_[key];
  waiting.push_back({frame.number, packet.fragment_offset, packet.payload.size(), {}});
  if (packet.fragment_offset == 0 && packet.protocol == kUdpProtocol &&
      packet.payload.size() >= kUdpHeader) {
    waiting.back().ports = {be16(packet.payload, 0), be16(packet.payload, 2)};
  }
  if (!frame.datagram) {
    return;
  }
  // Only where the UDP header begins the whole: behind another header its place is not known here.
  std::size_t whole = 0;
  for (const auto& one : waiting) {
    whole = std::max(whole, one.offset + one.size);
  }
  if (whole == kUdpHeader + frame.datagram->payload.size() ||
      whole >= kUdpHeader + frame.datagram->claimed_length) {
    for (const auto& one : waiting) {
      pieces_[one.frame] = {frame.number, one.offset};
    }
  }
  waiting_.erase(key);
}

void Pieces::finish(const std::vector<std::uint16_t>& ports) {
  const auto asked = [&](std::uint16_t port) {
    return ports.empty() || std::ranges::find(ports, port) != ports.end();
  };
  for (const auto& [key, fragments] : waiting_) {
    const bool ours = std::ranges::any_of(
        fragments, [&](const Waiting& one) { return std::ranges::any_of(one.ports, asked); });
    for (const auto& one : fragments) {
      if (ours) {
        pieces_[one.frame] = {0, one.offset};
      }
    }
  }
  waiting_.clear();
}

std::optional<Piece> Pieces::of(std::uint64_t frame) const {
  const auto found = pieces_.find(frame);
  return found == pieces_.end() ? std::nullopt : std::optional(found->second);
}

void FrameMap::link_header(Bytes& frame, std::size_t size, ByteView destination) {
  if (size == 0 || frame.size() < size || size < bare_header(link_type_)) {
    return;
  }
  for (const auto& [at, length] : link_fields(link_type_, frame, size).addresses) {
    const auto real = to_bytes(ByteView(frame).subspan(at, length));
    put(frame, at, addresses_.map_ethernet(real, destination));
  }
}

// Header checksum over the mapped header; options and extension headers may hold addresses.
void FrameMap::ip_header(Bytes& frame, std::size_t network, std::size_t payload) {
  const bool ipv6          = (frame[network] >> 4U) == 6;
  const std::size_t size   = ipv6 ? 16 : 4;
  const std::size_t source = network + (ipv6 ? 8 : 12);
  for (const auto at : {source, source + size}) {
    const auto real = to_bytes(ByteView(frame).subspan(at, size));
    put(frame, at, addresses_.map_ip(real));
  }
  if (!ipv6) {
    constexpr std::uint8_t kNoOperation = 1;
    const auto end = std::min(frame.size(), network + std::size_t{4} * (frame[network] & 0x0fU));
    std::fill(frame.begin() + static_cast<std::ptrdiff_t>(network + kIpv4Header),
              frame.begin() + static_cast<std::ptrdiff_t>(end), kNoOperation);
    put16(frame, network + 10, 0);
    put16(frame, network + 10, folded(sum_of(ByteView(frame).subspan(network, end - network))));
    return;
  }
  // RFC 8200 section 4: next header, length, then what a header of padding alone has.
  constexpr std::uint8_t kFragment = 44;
  constexpr std::uint8_t kRouting  = 43;
  constexpr std::uint8_t kPadN     = 1;
  auto type                        = frame[network + 6];
  for (auto at = network + kIpv6Header; at + 8 <= payload;) {
    const auto length = type == kFragment ? std::size_t{8} : (frame[at + 1] + std::size_t{1}) * 8;
    const auto end    = std::min(at + length, payload);
    if (type != kFragment) {
      zero(frame, at + (type == kRouting ? 4 : 2), end);
    }
    if (type != kFragment && type != kRouting) {
      // Two octets of option header, and at most 255 behind it.
      for (auto option = at + 2; option + 2 <= end;) {
        const auto rest   = std::min<std::size_t>(end - option - 2, 255);
        frame[option]     = kPadN;
        frame[option + 1] = static_cast<std::uint8_t>(rest);
        option += 2 + rest;
      }
    }
    type = frame[at];
    at   = end;
  }
}

void FrameMap::blank(Bytes& frame, std::size_t network) {
  const auto left = frame.size() - network;
  const bool ipv6 = left > 0 && (frame[network] >> 4U) == 6;
  const bool ipv4 = left > 0 && (frame[network] >> 4U) == 4;
  if (ipv4 && left >= kIpv4Header && (frame[network] & 0x0fU) >= 5) {
    const auto header  = std::size_t{4} * (frame[network] & 0x0fU);
    frame[network + 9] = kExperimental;
    put16(frame, network + 6, 0);  // no fragment of anything
    zero(frame, std::min(frame.size(), network + header), frame.size());
    ip_header(frame, network, frame.size());
    return;
  }
  if (ipv6 && left >= kIpv6Header) {
    frame[network + 6] = kExperimental;
    zero(frame, network + kIpv6Header, frame.size());
    ip_header(frame, network, network + kIpv6Header);
    return;
  }
  zero(frame, network, frame.size());
}

void FrameMap::udp(Bytes& frame, std::size_t network, std::size_t payload, std::size_t size,
                   const Piece& piece, const MadeDatagram& datagram) {
  // The UDP header stands in front of what is at offset 0.
  const auto from = piece.offset > kUdpHeader ? piece.offset - kUdpHeader : 0;
  const auto head = piece.offset < kUdpHeader ? kUdpHeader - piece.offset : 0;
  if (size > head) {
    const auto left  = datagram.payload.size() - std::min(from, datagram.payload.size());
    const auto count = std::min(size - head, left);
    put(frame, payload + head, ByteView(datagram.payload).subspan(from, count));
    zero(frame, payload + head + count, payload + size);
  }
  const auto checksum = payload + 6;
  if (piece.offset != 0 || size < kUdpHeader) {
    return;
  }
  const bool ipv6     = (frame[network] >> 4U) == 6;
  const bool had_none = be16(frame, checksum) == 0;
  const bool is_whole = datagram.payload.size() == datagram.claimed_length;
  put16(frame, checksum, 0);
  if (!ipv6 && (had_none || !is_whole)) {
    return;  // no checksum (RFC 768): it cannot be told over what was not captured
  }
  const auto length    = static_cast<std::uint32_t>(kUdpHeader + datagram.claimed_length);
  const auto addresses = ByteView(frame).subspan(network + (ipv6 ? 8 : 12), ipv6 ? 32 : 8);
  Bytes pseudo         = to_bytes(addresses);
  append_uint(pseudo, length, 4);
  append_uint(pseudo, kUdpProtocol, 4);
  const auto sum = folded(sum_of(pseudo) + sum_of(ByteView(frame).subspan(payload, kUdpHeader)) +
                          sum_of(datagram.payload));
  put16(frame, checksum, sum == 0 ? 0xffff : sum);
}

// The UDP header of the first fragment is left, without its checksum.
void FrameMap::lost(Bytes& frame, std::size_t payload, std::size_t size, const Piece& piece) {
  const auto head = piece.offset == 0 ? std::min(size, kUdpHeader - 2) : 0;
  zero(frame, payload + head, payload + size);
}

Bytes FrameMap::map(ByteView frame, const Piece* piece, const MadeDatagram* datagram) {
  auto made          = to_bytes(frame);
  const auto network = capture::network_packet(link_type_, frame);
  if (network.family == 0) {
    const auto header = std::min(frame.size(), bare_header(link_type_));
    link_header(made, header, {});
    zero(made, header, made.size());
    if (header != 0 && header == bare_header(link_type_)) {
      if (const auto type = link_fields(link_type_, frame, header).type) {
        put16(made, *type, kLocalType);
      }
    }
    return made;
  }
  const auto at     = place_of(network.octets, frame);
  const auto packet = capture::parse_ip(network.family, network.octets);
  const bool ours =
      piece != nullptr && (packet.kind == IpKind::kUdp || packet.kind == IpKind::kFragment);
  if (ours) {
    const auto payload = place_of(packet.payload, frame);
    ip_header(made, at, payload);
    if (datagram != nullptr) {
      udp(made, at, payload, packet.payload.size(), *piece, *datagram);
    } else {
      lost(made, payload, packet.payload.size(), *piece);
    }
    zero(made, payload + packet.payload.size(), made.size());
  } else {
    blank(made, at);
  }
  const bool ipv6 = network.family == 6;
  const auto need = at + (ipv6 ? kIpv6Header : kIpv4Header);
  link_header(made, at,
              made.size() < need ? ByteView{}
                                 : ByteView(made).subspan(at + (ipv6 ? 24 : 16), ipv6 ? 16 : 4));
  return made;
}

}  // namespace gdoi::anonymise
