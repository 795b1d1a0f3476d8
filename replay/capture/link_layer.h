#pragma once

#include "protocol/base/bytes.h"

#include <cstdint>
#include <string>

namespace gdoi::capture {

/// The IP packet of a frame: from the version octet to the end of the frame, link-layer padding
/// included. Family 0: there is none that can be reached.
struct NetworkPacket {
  std::uint8_t family = 0;  ///< 4 or 6; 0 = not IP
  ByteView octets;
};

/// Whether network_packet() knows the link type (libpcap's DLT_ numbering).
[[nodiscard]] bool is_known_link_type(int link_type);

/// Looks through the link header: Ethernet and Linux cooked headers (SLL, SLL2) with any stack of
/// VLAN tags (IEEE 802.1Q, 802.1ad), raw IP, BSD loopback in either byte order.
[[nodiscard]] NetworkPacket network_packet(int link_type, ByteView frame);

/// The link type as libpcap and `editcap -T` users know it, e.g. "105 (IEEE802_11, 802.11)".
[[nodiscard]] std::string link_type_text(int link_type);

}  // namespace gdoi::capture
