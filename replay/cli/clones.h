#pragma once

#include "cli/run_record.h"
#include "cli/tally.h"
#include "cli/terminal.h"
#include "engine/party.h"
#include "net/crew.h"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace gdoi::cli {

/// One registration, replayed as many times as asked: the first as it was captured, each other one
/// with an identity of its own.
class Clones : public net::Crew {
 public:
  /// Makes number `index`, at its address.
  using Maker = std::function<std::unique_ptr<engine::Party>(std::size_t index,
                                                             const exchange::Endpoint& source)>;

  /// `expected`: nothing, any ending will do. `record` gets all datagrams and secrets.
  Clones(Maker maker, std::size_t count, std::optional<engine::Ending> expected, RunRecord& record,
         std::string captured_in, Progress& progress);

  [[nodiscard]] std::size_t size() const override { return tally_.asked; }

  [[nodiscard]] std::unique_ptr<engine::Party> member(std::size_t index,
                                                      const exchange::Endpoint& source) override;
  void done(std::size_t index, const engine::Party& gm) override;
  [[nodiscard]] Status carried(engine::Time time, const engine::Outgoing& message,
                               net::Way way) override;

  [[nodiscard]] const Tally& tally() const { return tally_; }

  /// The first that was not as expected, else the first; nothing where none was run.
  [[nodiscard]] const std::optional<engine::Verdict>& verdict() const { return verdict_; }

  /// Whether one met a fault of this machine, or none could reach the KS.
  [[nodiscard]] bool met_fault() const {
    return tally_.count(engine::Cause::kLocalError) > 0 ||
           tally_.count(engine::Cause::kNoAnswer) > 0;
  }

 private:
  Maker maker_;
  std::optional<engine::Ending> expected_;
  // NOLINTNEXTLINE(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one run
  RunRecord& record_;
  std::string captured_in_;
  // NOLINTNEXTLINE(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one run
  Progress& progress_;
  std::size_t ended_ = 0;
  Tally tally_;
  std::optional<engine::Verdict> verdict_;
  bool verdict_unexpected_ = false;
  std::set<std::pair<std::uint32_t, std::uint64_t>> sender_ids_;
};

}  // namespace gdoi::cli
