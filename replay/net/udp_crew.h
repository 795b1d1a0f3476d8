#pragma once

#include "net/crew.h"
#include "net/stop_signal.h"

#include <cstdint>

namespace gdoi::net {

/// Whether a non-ESP marker stands before each message (RFC 3948 section 2.2).
enum class Marker : std::uint8_t {
  kAuto,  ///< to and from port 4500
  kYes,
  kNo
};

struct UdpPath {
  exchange::Endpoint key_server;
  exchange::Endpoint source;  ///< of the first GM; port 0: any free one, each GM its own
  Marker marker = Marker::kAuto;
};

/// Lets a crew register over UDP. Each GM has a socket of its own, which sends to the key server
/// and nowhere else. Never takes longer than the GMs' own deadlines.
[[nodiscard]] CrewEnd run_over_udp(Crew& crew, const Pace& pace, const UdpPath& path,
                                   const StopSignal& stop);

}  // namespace gdoi::net
