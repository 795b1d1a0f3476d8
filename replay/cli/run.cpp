#include "cli/run.h"

#include "cli/bundle.h"
#include "cli/replay.h"
#include "cli/scenario_files.h"
#include "cli/scenario_run.h"

#include <sstream>

namespace gdoi::cli {

SilentRun run_silently(RunOptions options, net::StopSignal* stop) {
  options.silent = true;
  options.json.clear();
  options.junit.clear();
  options.html.clear();
  std::ostringstream out;
  std::ostringstream err;
  Replay replay(options, out, err, stop);
  SilentRun done;
  done.code     = replay.run();
  done.over     = replay.is_over();
  done.captures = replay.take_captures();
  done.problems = err.str();
  return done;
}

int run(const RunOptions& options, std::ostream& out, std::ostream& err) {
  auto asked = options;
  if (options.captures.size() == 1 && is_bundle(options.captures.front())) {
    auto again = read_bundle(options.captures.front(), options);
    if (!again) {
      err << "gdoi-replay run: " << report::harmless(again.error().text) << '\n';
      return kBadInput;
    }
    asked = std::move(again).value();
  }
  if (asked.speed && asked.mode != Mode::kVerbatim) {
    err << "gdoi-replay run: --speed goes with --mode verbatim\n";
    return kBadInput;
  }
  if (asked.mode == Mode::kStateful && are_scenarios(asked.captures)) {
    return run_scenarios(asked, out, err);
  }
  if ((!asked.bundle.empty() || asked.minimise) && !asked.seed) {
    asked.seed = fresh_seed();
  }
  return Replay(asked, out, err, nullptr).run();
}

}  // namespace gdoi::cli
