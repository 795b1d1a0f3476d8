#include "cli/run_text.h"

#include "cli/dry_run.h"
#include "net/address.h"
#include "plan/rehearse.h"

#include <fmt/format.h>

#include <ostream>

namespace gdoi::cli {

using engine::Ending;
using registration::Outcome;

std::optional<Ending> expected_ending(Expect expect, Outcome captured) {
  switch (expect) {
    case Expect::kAccepted:
      return Ending::kAccepted;
    case Expect::kRefused:
      return Ending::kRefused;
    case Expect::kAsCaptured:
    case Expect::kSame:
      break;
  }
  if (captured == Outcome::kRegistered) {
    return Ending::kAccepted;
  }
  return captured == Outcome::kRefused ? std::optional(Ending::kRefused) : std::nullopt;
}

std::string key_server_text(const RunOptions& options, const std::optional<net::UdpPath>& path,
                            const std::optional<PolicyFile>& policy) {
  if (options.dry_run) {
    return "nothing is sent: --dry-run";
  }
  if (path) {
    return fmt::format("{} against {} over UDP, from {}",
                       options.mode == Mode::kVerbatim ? "sent as captured" : "replayed",
                       net::endpoint_text(path->key_server),
                       path->source.port == 0 ? exchange::address_text(path->source)
                                              : net::endpoint_text(path->source));
  }
  return fmt::format("{} against the built-in reference KS (in memory, virtual time); {}",
                     options.mode == Mode::kVerbatim ? "sent as captured" : "replayed",
                     policy ? "policy: " + policy->why : std::string(kDefaultPolicy));
}

Result<std::monostate, Failure> tell_all(const RunOptions& options, const report::Style& style,
                                         const std::vector<ReplayedCapture>& captures,
                                         std::ostream& out) {
  if (options.json == "-") {
    out << run_json(captures);
    return std::monostate{};
  }
  out << (options.table ? run_table(style, captures) : std::string())
      << run_summary(style, captures);
  return options.json.empty() ? Result<std::monostate, Failure>(std::monostate{})
                              : write_report_file(options.json, run_json(captures), options.force);
}

void show_plan(plan::Plan& plan, bool addresses, Replayed& report) {
  const auto altered = plan::rehearse(plan);
  if (!altered) {
    report.problem = altered.error().text;
    return;
  }
  report.ask_changes(plan.changes);
  report.note_changes(*altered);
  report.plan = planned_messages(plan, addresses);
}

}  // namespace gdoi::cli
