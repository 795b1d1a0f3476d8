#include "capture/udp_frame.h"

#include "capture/octets.h"

#include <tins/ethernetII.h>
#include <tins/ip.h>
#include <tins/ipv6.h>
#include <tins/rawpdu.h>
#include <tins/udp.h>

#include <algorithm>
#include <array>
#include <bit>
#include <exception>

namespace gdoi::capture {
namespace {

using EthernetAddress = Tins::EthernetII::address_type;
using Address         = std::array<std::uint8_t, 16>;

EthernetAddress ethernet_address(std::uint8_t family, const Address& ip) {
  const std::size_t last = family == 6 ? 12 : 0;
  std::array<std::uint8_t, 6> octets{0x02,         0x00,         ip[last],
                                     ip[last + 1], ip[last + 2], ip[last + 3]};
  if (family == 6 && ip[0] == 0xff) {
    octets[0] = 0x33;
    octets[1] = 0x33;
  } else if (family == 4 && (ip[0] & 0xf0U) == 0xe0) {
    octets = {0x01, 0x00, 0x5e, static_cast<std::uint8_t>(ip[1] & 0x7fU), ip[2], ip[3]};
  } else if (family == 4 &&
             std::all_of(ip.begin(), ip.begin() + 4, [](auto octet) { return octet == 0xff; })) {
    octets.fill(0xff);
  }
  return EthernetAddress(octets.data());
}

Tins::IPv4Address ipv4(const Address& address) {
  const std::array<std::uint8_t, 4> octets{address[0], address[1], address[2], address[3]};
  return Tins::IPv4Address(std::bit_cast<std::uint32_t>(octets));  // libtins wants network order
}

Bytes build(const UdpDatagram& datagram, ByteView payload, std::uint16_t identification) {
  Tins::EthernetII frame(ethernet_address(datagram.family, datagram.destination),
                         ethernet_address(datagram.family, datagram.source));
  const auto udp = Tins::UDP(datagram.destination_port, datagram.source_port) /
                   Tins::RawPDU(payload.data(), static_cast<std::uint32_t>(payload.size()));
  if (datagram.family == 6) {
    Tins::IPv6 ip(Tins::IPv6Address(datagram.destination.data()),
                  Tins::IPv6Address(datagram.source.data()));
    ip.hop_limit(64);
    frame /= ip / udp;
  } else {
    Tins::IP ip(ipv4(datagram.destination), ipv4(datagram.source));
    ip.id(identification);
    ip.ttl(64);
    frame /= ip / udp;
  }
  return frame.serialize();
}

}  // namespace

Result<Bytes> ethernet_frame(const UdpDatagram& datagram, ByteView payload,
                             std::uint16_t identification) {
  if (payload.size() > kMaxUdpPayload) {
    return Error{"a UDP datagram cannot carry " + std::to_string(payload.size()) +
                 " octets; the most is " + std::to_string(kMaxUdpPayload)};
  }
  // libtins tells of its problems by exceptions; none is known for what is built here.
  try {
    return build(datagram, payload, identification);
  } catch (const std::exception& problem) {
    return Error{std::string("a packet could not be built: ") + problem.what()};
  }
}

ByteView ip_packet_of(ByteView frame) {
  constexpr std::size_t kEthernetHeader = 14;
  constexpr std::size_t kIpv6Header     = 40;
  const auto packet                     = frame.subspan(kEthernetHeader);
  const bool is_ipv6                    = (packet[0] >> 4U) == 6;
  return packet.first(is_ipv6 ? kIpv6Header + be16(packet, 4) : be16(packet, 2));
}

}  // namespace gdoi::capture
