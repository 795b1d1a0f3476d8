#include "capture/link_layer.h"

#include "capture/octets.h"

#include <pcap/pcap.h>

namespace gdoi::capture {
namespace {

constexpr std::uint16_t kEtherTypeIpv4 = 0x0800;
constexpr std::uint16_t kEtherTypeIpv6 = 0x86dd;

/// IEEE 802.1Q, 802.1ad, and the two numbers that QinQ equipment used before 802.1ad.
bool is_vlan_tag(std::uint16_t ether_type) {
  return ether_type == 0x8100 || ether_type == 0x88a8 || ether_type == 0x9100 ||
         ether_type == 0x9200;
}

NetworkPacket packet_of(std::uint8_t family, ByteView octets) {
  if (octets.empty() || (octets[0] >> 4U) != family) {
    return {};
  }
  return {family, octets};
}

/// `rest` is what follows the EtherType.
NetworkPacket by_ether_type(std::uint16_t ether_type, ByteView rest) {
  // A tag is two octets of tag control and the next EtherType (IEEE 802.1Q clause 9).
  while (is_vlan_tag(ether_type)) {
    if (rest.size() < 4) {
      return {};
    }
    ether_type = be16(rest, 2);
    rest       = rest.subspan(4);
  }
  if (ether_type == kEtherTypeIpv4) {
    return packet_of(4, rest);
  }
  return ether_type == kEtherTypeIpv6 ? packet_of(6, rest) : NetworkPacket{};
}

/// A header of `size` octets with the EtherType at octet `at`.
NetworkPacket after_header(ByteView frame, std::size_t size, std::size_t at) {
  return frame.size() < size ? NetworkPacket{}
                             : by_ether_type(be16(frame, at), frame.subspan(size));
}

/// Four octets of address family in the byte order of the machine that captured (DLT_NULL) or in
/// network order (DLT_LOOP); AF_INET6 is 24, 28 or 30 on the BSDs and 10 on Linux.
NetworkPacket after_family(ByteView frame) {
  if (frame.size() < 4) {
    return {};
  }
  auto family = be32(frame, 0);
  if (family > 0xffff) {
    family = __builtin_bswap32(family);
  }
  switch (family) {
    case 2:
      return packet_of(4, frame.subspan(4));
    case 10:
    case 24:
    case 28:
    case 30:
      return packet_of(6, frame.subspan(4));
    default:
      return {};
  }
}

NetworkPacket by_version(ByteView frame) {
  if (frame.empty()) {
    return {};
  }
  const auto version = static_cast<std::uint8_t>(frame[0] >> 4U);
  return version == 4 || version == 6 ? NetworkPacket{version, frame} : NetworkPacket{};
}

}  // namespace

bool is_known_link_type(int link_type) {
  switch (link_type) {
    case DLT_EN10MB:
    case DLT_LINUX_SLL:
    case DLT_LINUX_SLL2:
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6:
    case DLT_NULL:
    case DLT_LOOP:
      return true;
    default:
      return false;
  }
}

NetworkPacket network_packet(int link_type, ByteView frame) {
  switch (link_type) {
    case DLT_EN10MB:
      return after_header(frame, 14, 12);
    case DLT_LINUX_SLL:
      return after_header(frame, 16, 14);
    case DLT_LINUX_SLL2:
      return after_header(frame, 20, 0);
    case DLT_RAW:
      return by_version(frame);
    case DLT_IPV4:
      return packet_of(4, frame);
    case DLT_IPV6:
      return packet_of(6, frame);
    case DLT_NULL:
    case DLT_LOOP:
      return after_family(frame);
    default:
      return {};
  }
}

std::string link_type_text(int link_type) {
  auto text               = std::to_string(link_type);
  const char* name        = pcap_datalink_val_to_name(link_type);
  const char* description = pcap_datalink_val_to_description(link_type);
  if (name == nullptr) {
    return text;
  }
  text.append(" (").append(name);
  if (description != nullptr) {
    text.append(", ").append(description);
  }
  return text.append(")");
}

}  // namespace gdoi::capture
