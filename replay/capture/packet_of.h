#pragma once

#include "capture/packet.h"
#include "protocol/exchange/packet.h"

namespace gdoi::capture {

/// The datagram as the follower takes it; the payload is as short-lived as the datagram's.
/// A header of its own: reading captures builds on nothing of the exchanges.
[[nodiscard]] inline exchange::Packet packet_of(const UdpDatagram& datagram) {
  exchange::Packet packet;
  packet.frame          = datagram.frame;
  packet.time_ns        = datagram.time_ns;
  packet.source         = {datagram.family, datagram.source, datagram.source_port};
  packet.destination    = {datagram.family, datagram.destination, datagram.destination_port};
  packet.payload        = datagram.payload;
  packet.claimed_length = datagram.claimed_length;
  return packet;
}

}  // namespace gdoi::capture
