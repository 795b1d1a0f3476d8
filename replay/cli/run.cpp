#include "cli/run.h"

#include "cli/bundle.h"
#include "cli/replay.h"
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
  if (options.mode == Mode::kStateful && are_scenarios(options.captures)) {
    return run_scenarios(options, out, err);
  }
  auto seeded = options;
  if ((!options.bundle.empty() || options.minimise) && !options.seed) {
    seeded.seed = fresh_seed();
  }
  return Replay(seeded, out, err, nullptr).run();
}

}  // namespace gdoi::cli
