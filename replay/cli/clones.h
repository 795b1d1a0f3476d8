#pragma once

#include "cli/run_record.h"
#include "engine/party.h"
#include "net/crew.h"

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace gdoi::cli {

/// What became of the clones of one registration.
struct Tally {
  std::size_t asked = 1;
  std::size_t begun = 0;
  std::array<std::size_t, engine::kEndings.size()> by_ending{};  ///< by engine::Ending
  std::size_t unexpected = 0;
  std::vector<engine::Time> took{};  ///< of those that were accepted, ns, unordered
  engine::Time began = 0;            ///< the first; 0: none
  engine::Time ended = 0;            ///< the last
  double cpu_seconds = 0;            ///< of this process, the built-in KS included

  [[nodiscard]] std::size_t count(engine::Ending ending) const {
    return by_ending.at(static_cast<std::size_t>(ending));
  }

  /// Milliseconds from start to end of an accepted one, at this share (0 to 1) of the ordered ones;
  /// 0 where there are none.
  [[nodiscard]] double took_ms(double share) const;

  [[nodiscard]] double seconds() const;

  /// Accepted ones in a second.
  [[nodiscard]] double per_second() const;

  [[nodiscard]] double cpu_ms_each() const;
};

/// One registration, replayed as many times as asked: the first as it was captured, each other one
/// with an identity of its own.
class Clones : public net::Crew {
 public:
  /// Makes number `index`, at its address.
  using Maker = std::function<std::unique_ptr<engine::Party>(std::size_t index,
                                                             const exchange::Endpoint& source)>;

  /// `expected`: nothing, any ending will do. `record` gets all datagrams and secrets.
  Clones(Maker maker, std::size_t count, std::optional<engine::Ending> expected, RunRecord& record,
         std::string captured_in);

  [[nodiscard]] std::size_t size() const override { return tally_.asked; }

  [[nodiscard]] std::unique_ptr<engine::Party> member(std::size_t index,
                                                      const exchange::Endpoint& source) override;
  void done(std::size_t index, const engine::Party& gm) override;
  [[nodiscard]] Status carried(engine::Time time, const engine::Outgoing& message,
                               net::Way way) override;

  [[nodiscard]] const Tally& tally() const { return tally_; }

  /// The first that was not as expected, else the first; nothing where none was run.
  [[nodiscard]] const std::optional<engine::Verdict>& verdict() const { return verdict_; }

  /// Whether one could not reach the KS or met a fault of this machine.
  [[nodiscard]] bool met_fault() const { return met_fault_; }

 private:
  Maker maker_;
  std::optional<engine::Ending> expected_;
  // NOLINTNEXTLINE(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one run
  RunRecord& record_;
  std::string captured_in_;
  Tally tally_;
  std::optional<engine::Verdict> verdict_;
  bool verdict_unexpected_ = false;
  bool met_fault_          = false;
  std::set<std::pair<std::uint32_t, std::uint64_t>> sender_ids_;
};

}  // namespace gdoi::cli
