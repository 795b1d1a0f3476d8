#pragma once

#include "cli/run.h"
#include "cli/run_report.h"
#include "scenario/judge.h"
#include "scenario/scenario.h"

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace gdoi::cli {

/// A case with what its replay came to.
struct CaseRun {
  scenario::Case one;
  scenario::Judgement judgement;
  std::vector<Replayed> registrations;  ///< more than one where the case names none
  std::string key_server;               ///< in words
  engine::Time took = 0;

  /// The one that the judgement is about; nullptr where nothing was run.
  [[nodiscard]] const Replayed* telling() const {
    return registrations.empty() ? nullptr : &registrations.at(telling_index);
  }

  std::size_t telling_index = 0;
  std::string bundle;  ///< folder that repeats it; empty: none
  bool local = false;  ///< no KS was reached, or a fault of this machine
};

struct ScenarioRun {
  scenario::Scenario scenario;
  std::vector<CaseRun> cases;
  std::vector<std::string> sanity;  ///< what the sanity registrations found wrong
  bool local = false;               ///< the last of those for the reasons of CaseRun::local
};

/// Runs all cases of all scenarios and prints what became of them. Returns the exit code: 1 also
/// where something is inconclusive, 3 only where that is local all along.
[[nodiscard]] int run_scenarios(const RunOptions& options, std::ostream& out, std::ostream& err);

/// For people: a table of cases, a table for each matrix, and why what is not good is not.
[[nodiscard]] std::string scenario_text(const report::Style& style, const ScenarioRun& run,
                                        bool quiet);

/// "12 cases: 10 passed, 1 failed, 1 expected failure".
[[nodiscard]] std::string scenario_summary(const std::vector<ScenarioRun>& runs);

/// `run --json` of scenarios, schema 1.
[[nodiscard]] std::string scenario_json(const std::vector<ScenarioRun>& runs);

}  // namespace gdoi::cli
