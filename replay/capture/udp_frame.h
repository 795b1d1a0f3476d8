#pragma once

#include "capture/packet.h"
#include "protocol/base/result.h"

namespace gdoi::capture {

/// The most that a UDP datagram over IPv4 without options carries: 65535 - 20 - 8 octets.
constexpr std::size_t kMaxUdpPayload = 65507;

/// An Ethernet frame with the payload in UDP in one IP packet, all checksums right. Addresses and
/// ports are the datagram's; Ethernet addresses are locally administered ones made from the last
/// four octets of the IP addresses, or the group's (RFC 1112 6.4, RFC 2464 7). `identification` is
/// IPv4's. An Error where the payload is longer than kMaxUdpPayload.
[[nodiscard]] Result<Bytes> ethernet_frame(const UdpDatagram& datagram, ByteView payload,
                                           std::uint16_t identification);

/// The IP packet of a frame that ethernet_frame() made, without header and padding of Ethernet.
[[nodiscard]] ByteView ip_packet_of(ByteView frame);

}  // namespace gdoi::capture
