#include "cli/inspect_interface.h"

#include "cli/exit_code.h"
#include "cli/inspector.h"
#include "cli/key_files.h"
#include "report/json.h"
#include "report/registrations.h"

#include <atomic>
#include <csignal>
#include <ostream>

namespace gdoi::cli {

namespace {

// A signal handler knows no arguments of ours.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): hence
std::atomic<capture::Reader*> running{nullptr};
static_assert(std::atomic<capture::Reader*>::is_always_lock_free);

extern "C" void stop(int /*signal*/) {
  if (auto* const reader = running.load(); reader != nullptr) {
    reader->interrupt();
  }
}

/// Makes SIGINT and SIGTERM end the capture as long as it lives.
class StopOnSignal {
 public:
  explicit StopOnSignal(capture::Reader& reader) {
    running = &reader;

    struct sigaction action {};

    action.sa_handler = stop;  // no SA_RESTART: a poll() that waits must end
    sigaction(SIGINT, &action, &interrupt_before_);
    sigaction(SIGTERM, &action, &terminate_before_);
  }

  StopOnSignal(const StopOnSignal&)            = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;
  StopOnSignal(StopOnSignal&&)                 = delete;
  StopOnSignal& operator=(StopOnSignal&&)      = delete;

  ~StopOnSignal() {
    sigaction(SIGINT, &interrupt_before_, nullptr);
    sigaction(SIGTERM, &terminate_before_, nullptr);
    running = nullptr;
  }

 private:
  struct sigaction interrupt_before_ {};

  struct sigaction terminate_before_ {};
};

}  // namespace

int inspect_interface(const InspectOptions& options, const getvpn::VersionRules& rules,
                      const report::Contents& contents, std::ostream& out, std::ostream& err) {
  const auto fail = [&](const Error& error, ExitCode code) {
    err << "gdoi-replay inspect: " << report::harmless(error.text) << '\n';
    return code;
  };
  const auto style = output_style(options.colour);
  report::CaptureReport report;
  report.name = options.interface;
  Inspector inspector(options, style, rules, out);
  for (const auto& path : options.key_files) {
    report.key_files.push_back({path, "--keys"});
  }
  auto log = read_key_files(report.key_files);
  if (!log) {
    return fail(log.error(), kBadInput);
  }
  report.notes = std::move(log->notes);
  inspector.use(std::move(log->ring));

  capture::ReaderOptions reading;
  reading.ports      = options.ports;
  reading.on_waiting = [&] { inspector.wait(); };
  auto reader        = capture::Reader::open_interface(options.interface, reading);
  if (!reader) {
    return fail(reader.error(), kLocalFault);
  }
  {
    const StopOnSignal stopper(*reader);
    if (!options.quiet) {
      err << "listening on " << report::harmless(options.interface) << "; Ctrl-C ends it\n"
          << std::flush;
    }
    if (options.json || options.quiet) {
      inspector.run(*reader, report);
    } else {
      inspector.run(*reader, report, [&](const registration::Registration& one) {
        out << report::registration_line(style, one) << std::flush;
      });
      out << '\n';
    }
  }
  const auto problem = report.problem;
  if (options.json) {
    std::vector<report::CaptureReport> reports;
    reports.push_back(std::move(report));
    report::write_inspection_json(out, reports, contents);
  } else {
    out << report::heading_text(style, report);
    report::write_capture(out, style, report, contents);
  }
  return problem.empty() ? kAsExpected : fail({problem}, kLocalFault);
}

}  // namespace gdoi::cli
