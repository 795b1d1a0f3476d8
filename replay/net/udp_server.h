#pragma once

#include "keyserver/keyserver.h"
#include "net/stop_signal.h"
#include "net/udp_socket.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace gdoi::net {

/// What a key server's surroundings want to know.
struct ServerListener {
  /// A datagram that came or went. An error ends the server.
  std::function<Status(engine::Time time, const engine::Outgoing& message)> carried;
  /// Called whenever the key server may have something to tell.
  std::function<Status(engine::Time time)> settled;
  /// SIGUSR1 came.
  std::function<void()> asked;
};

/// Serves until Ctrl-C or SIGTERM. Answers leave from the address and port that they were sent to.
/// Returns the fault of this machine that ended it, or nothing.
[[nodiscard]] std::optional<std::string> serve(keyserver::KeyServer& ks,
                                               const std::vector<UdpSocket>& sockets,
                                               const ServerListener& listener,
                                               const StopSignal& stop);

}  // namespace gdoi::net
