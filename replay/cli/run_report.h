#pragma once

#include "cli/clones.h"
#include "cli/dry_run.h"
#include "cli/listener.h"
#include "cli/run.h"
#include "cli/sameness.h"
#include "engine/verdict.h"
#include "net/stop_signal.h"
#include "plan/capture_plan.h"
#include "report/inspection.h"
#include "report/text.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gdoi::cli {

/// One of the user's changes, and whether it came to be made.
struct AskedChange {
  std::string text;
  bool made     = false;
  bool needless = false;  ///< the message had it so already; else, not made: it was not sent
};

/// "that message was not sent", of one that was not made.
[[nodiscard]] std::string_view why_not_made(const AskedChange& change);

struct Replayed;

/// The least that still ends as a run did (minimise.h).
struct Minimised {
  std::vector<std::string> settings;  ///< --set; a pre-shared key among them is shown nowhere
  std::vector<std::string> changes;   ///< --change; with a "drop" for each payload left out
  std::vector<std::string> left_out;  ///< settings, changes and payloads that make no difference
  std::size_t runs = 0;
  bool complete    = false;  ///< nothing more can be left out; else the runs were used up
  bool over        = false;  ///< Ctrl-C or a fault of this machine ended it
  std::shared_ptr<const Replayed> run;  ///< the last that ended so
};

/// One captured registration and what its replay came to.
struct Replayed {
  registration::Registration captured;
  std::string group;                    ///< asked for live
  std::string version;                  ///< announced live
  std::vector<std::string> altered;     ///< what was otherwise than captured, and only that
  std::vector<AskedChange> changes;     ///< --change, and --set with an address
  std::vector<PlannedMessage> plan;     ///< --dry-run
  std::optional<engine::Verdict> live;  ///< nothing: it was not run. Of several: the telling one
  std::optional<Tally> tally;           ///< of what was run
  bool synthetic = false;               ///< nothing was captured
  bool over_udp  = false;               ///< and not in this process
  std::optional<engine::Ending> expected;
  std::optional<Sameness> sameness;  ///< the same, where there is a captured one
  std::shared_ptr<const Tape> tape;  ///< of one registration that was run
  std::optional<Moment> moment;      ///< of a run with a seed
  bool tells_differences = false;    ///< they were asked for
  bool must_be_same      = false;    ///< --expect same
  std::vector<std::string> key_server_log;
  std::optional<Minimised> minimised;  ///< --minimise
  std::string problem;                 ///< why it was not run
  std::string stopped;                 ///< why not as often as was asked for; empty: it was

  /// What the user wants changed, as far as nothing has been sent.
  void ask_changes(const std::vector<plan::Change>& wanted);

  /// What came to be changed.
  void note_changes(const std::vector<plan::Altered>& done);

  /// The first change whose message was not sent; empty: there is none.
  [[nodiscard]] std::string unmade() const;

  /// The tally, where there are several of it.
  [[nodiscard]] const Tally* clones() const {
    return tally && tally->asked > 1 ? &*tally : nullptr;
  }

  /// It was ended before it could be told: what was done until then ended as it had to.
  [[nodiscard]] bool is_inconclusive() const {
    return !stopped.empty() && tally->unexpected <= tally->count(engine::Cause::kLocalError);
  }

  /// What a bundle keeps: the minimised run, where there is one.
  [[nodiscard]] const Replayed& least() const { return minimised ? *minimised->run : *this; }

  /// Each that was asked for was run, and ended as it had to.
  [[nodiscard]] bool as_expected() const {
    return !live || (tally->done() == tally->asked && (!expected || tally->unexpected == 0) &&
                     (!must_be_same || (sameness && sameness->comparison.same())));
  }
};

/// The first difference as text; empty: none.
[[nodiscard]] std::string first_difference(const Replayed& one);

struct ReplayedCapture {
  std::string name;
  std::vector<report::KeyFile> key_files;
  std::string key_server;  ///< in words
  std::string note;        ///< that it was generated; else empty
  std::string problem;
  std::vector<Replayed> registrations;

  /// Nothing differs, and nothing was left out.
  [[nodiscard]] bool is_as_expected() const;
};

/// A run that was not printed.
struct SilentRun {
  int code = 0;
  std::vector<ReplayedCapture> captures;
  std::string problems;  ///< what would have been printed as errors, a line each
  bool over = false;     ///< Ctrl-C or a fault of this machine ended it
};

/// As run(), but prints nothing (run.cpp). `stop`: of the caller, who has one already.
[[nodiscard]] SilentRun run_silently(RunOptions options, net::StopSignal* stop = nullptr);

/// For people: heading, table, and what stands below its rows.
[[nodiscard]] std::string run_text(const report::Style& style, const ReplayedCapture& capture,
                                   bool show_map);

/// One table of all, a line for each registration; its width is what it needs.
[[nodiscard]] std::string run_table(report::Style style,
                                    const std::vector<ReplayedCapture>& captures);

/// The last line: how many, by verdict, as expected or not.
[[nodiscard]] std::string run_summary(const report::Style& style,
                                      const std::vector<ReplayedCapture>& captures);

/// `run --json`, schema 1.
[[nodiscard]] std::string run_json(const std::vector<ReplayedCapture>& captures);

}  // namespace gdoi::cli
