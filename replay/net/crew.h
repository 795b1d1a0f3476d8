#pragma once

#include "engine/party.h"
#include "protocol/base/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace gdoi::net {

/// How many register at once, and how fast new ones begin.
struct Pace {
  unsigned parallel = 1;
  double per_second = 0;  ///< 0: as soon as there is room
};

enum class Way : std::uint8_t { kSent, kReceived };

/// The GMs that register, numbered from 0, and what becomes of them. Whoever runs a crew
/// (in memory, over UDP) calls all of this from one thread.
class Crew {
 public:
  Crew()                       = default;
  Crew(const Crew&)            = delete;
  Crew& operator=(const Crew&) = delete;
  Crew(Crew&&)                 = delete;
  Crew& operator=(Crew&&)      = delete;
  virtual ~Crew()              = default;

  [[nodiscard]] virtual std::size_t size() const = 0;

  /// A GM at its address, not started.
  [[nodiscard]] virtual std::unique_ptr<engine::Party> member(std::size_t index,
                                                              const exchange::Endpoint& source) = 0;

  /// It is done, or was ended; its verdict is final.
  virtual void done(std::size_t index, const engine::Party& gm) = 0;

  /// A datagram that was sent, or that came from the key server (or from elsewhere: its remark says
  /// so). An error ends the run.
  [[nodiscard]] virtual Status carried(engine::Time time, const engine::Outgoing& message,
                                       Way way) = 0;
};

/// How a run of a crew ended, beside the verdicts.
struct CrewEnd {
  bool interrupted = false;            ///< by Ctrl-C or SIGTERM
  std::optional<std::string> fault{};  ///< of this machine, which ended it
  std::size_t begun = 0;               ///< GMs that were started
};

/// Address and port of GM `index`: the given one for the first, other ports for the rest. Port 0
/// stays 0: the system's choice.
[[nodiscard]] exchange::Endpoint place_of(const exchange::Endpoint& first, std::size_t index);

}  // namespace gdoi::net
