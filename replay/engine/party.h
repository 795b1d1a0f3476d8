#pragma once

#include "engine/verdict.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gdoi::engine {

/// Who talks to a key server in the place of a GM. Sans-I/O: net/ hands it datagrams and time.
class Party {
 public:
  virtual ~Party() = default;

  virtual void start(Time now) = 0;
  /// A datagram from the KS's address.
  virtual void on_datagram(ByteView datagram, Time now) = 0;
  /// One from another address or port: it is only counted.
  virtual void on_foreign(const exchange::Endpoint& from) = 0;
  virtual void on_deadline(Time now)                      = 0;
  /// What the network said about what was sent: "port unreachable" (ICMP).
  virtual void on_unreachable(std::string_view what, Time now) = 0;
  /// Ends it at once (Ctrl-C, local fault).
  virtual void abort(std::string reason, Time now) = 0;

  [[nodiscard]] virtual std::optional<Time> deadline() const = 0;
  [[nodiscard]] virtual std::vector<Outgoing> take_output()  = 0;
  /// Where the KS answers from: at port 4500 once a NAT was found on the way.
  [[nodiscard]] virtual const exchange::Endpoint& key_server() const = 0;

  [[nodiscard]] virtual bool finished() const          = 0;
  [[nodiscard]] virtual const Verdict& verdict() const = 0;

  /// Key log lines so far.
  [[nodiscard]] virtual std::vector<std::string> key_log() const = 0;

 protected:
  Party()                            = default;
  Party(const Party&)                = default;
  Party& operator=(const Party&)     = default;
  Party(Party&&) noexcept            = default;
  Party& operator=(Party&&) noexcept = default;
};

}  // namespace gdoi::engine
