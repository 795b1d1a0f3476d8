#pragma once

#include "engine/types.h"

#include <functional>
#include <map>
#include <optional>
#include <random>
#include <vector>

/// A network and a clock that exist only in a test.
namespace gdoi::simulation {

/// What a path does to datagrams; the same seed does the same.
struct Path {
  double loss           = 0;
  double duplicates     = 0;
  double reordering     = 0;  ///< chance of being late by up to `lateness`
  engine::Time delay    = engine::kSecond / 100;
  engine::Time lateness = 3 * engine::kSecond;
};

/// A sans-I/O role at an address.
struct Host {
  std::function<void(const exchange::Endpoint& from, ByteView datagram, engine::Time now)> receive;
  std::function<void(engine::Time now)> wake;
  std::function<std::optional<engine::Time>()> deadline;
  std::function<std::vector<engine::Outgoing>()> take_output;
};

/// A datagram as it was sent.
struct Sent {
  engine::Time time = 0;
  engine::Outgoing message;
};

/// Carries what hosts send, moves the clock to whatever comes next, keeps a record of all that was
/// sent.
class Network {
 public:
  explicit Network(Path path = {}, std::uint64_t seed = 1) : path_(path), chance_(seed) {}

  void attach(const exchange::Endpoint& at, Host host) { hosts_[at] = std::move(host); }

  void detach(const exchange::Endpoint& at) { hosts_.erase(at); }

  /// Puts a datagram on the way that no host sent.
  void inject(const engine::Outgoing& message) { carry(message); }

  /// Runs until `done`, nothing is left to happen, or the clock passes `until`.
  void run(const std::function<bool()>& done, engine::Time until = 3'600 * engine::kSecond);

  [[nodiscard]] engine::Time now() const { return now_; }

  [[nodiscard]] const std::vector<Sent>& sent() const { return sent_; }

 private:
  struct Flying {
    exchange::Endpoint from;
    exchange::Endpoint to;
    Bytes datagram;
  };

  void collect();
  void carry(const engine::Outgoing& message);
  [[nodiscard]] bool happens(double chance);
  [[nodiscard]] std::optional<engine::Time> next() const;
  void deliver();
  void wake();

  Path path_;
  std::mt19937_64 chance_;
  engine::Time now_ = engine::kSecond;
  std::map<exchange::Endpoint, Host> hosts_;
  std::multimap<engine::Time, Flying> flying_;
  std::vector<Sent> sent_;
};

/// "10.40.10.1", 848.
[[nodiscard]] exchange::Endpoint endpoint(std::array<std::uint8_t, 4> address,
                                          std::uint16_t port = 848);

}  // namespace gdoi::simulation
