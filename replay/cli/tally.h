#pragma once

#include "engine/verdict.h"

#include <array>
#include <cstddef>
#include <map>
#include <vector>

namespace gdoi::cli {

/// How long something took, over many registrations.
class Times {
 public:
  void add(engine::Time time) { all_.push_back(time); }

  [[nodiscard]] bool empty() const { return all_.empty(); }

  /// The percentile at `share` (0 to 1) by the nearest rank, in milliseconds: so much of them took
  /// no longer. 0 where there are none.
  [[nodiscard]] double ms(double share) const;

 private:
  std::vector<engine::Time> all_;  ///< ns, unordered
};

/// What became of the clones of one registration, or of the one there is.
struct Tally {
  std::size_t asked = 1;
  std::size_t begun = 0;
  std::array<std::size_t, engine::kEndings.size()> by_ending{};
  std::array<std::size_t, engine::kCauses.size()> by_cause{};
  std::size_t unexpected  = 0;
  std::size_t icmp_errors = 0;  ///< those to whom nothing else came back
  std::size_t answered    = 0;  ///< those to whom anything came back
  Times phase1{};               ///< of those that completed it
  Times pull{};                 ///< of those that were accepted
  Times whole{};
  std::map<exchange::Endpoint, std::size_t> sent_to{};  ///< datagrams, by destination
  engine::Time began = 0;                               ///< the first; 0: none
  engine::Time ended = 0;                               ///< the last
  double cpu_seconds = 0;  ///< of this process, the built-in KS included

  [[nodiscard]] std::size_t count(engine::Ending ending) const {
    return by_ending.at(static_cast<std::size_t>(ending));
  }

  [[nodiscard]] std::size_t done() const;

  /// Who got no answer while others did was throttled.
  [[nodiscard]] std::size_t count(engine::Cause cause) const;

  [[nodiscard]] std::size_t successes() const { return count(engine::Cause::kNone); }

  void add(const engine::Verdict& verdict);

  [[nodiscard]] double seconds() const;

  /// Accepted ones in a second.
  [[nodiscard]] double per_second() const;

  [[nodiscard]] double cpu_ms_each() const;
};

}  // namespace gdoi::cli
