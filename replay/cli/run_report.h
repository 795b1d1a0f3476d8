#pragma once

#include "engine/verdict.h"
#include "plan/capture_plan.h"
#include "report/inspection.h"
#include "report/text.h"

#include <optional>
#include <string>
#include <vector>

namespace gdoi::cli {

/// A message that would be sent.
struct PlannedMessage {
  std::string name;                  ///< "main mode message 1"
  std::uint64_t captured_frame = 0;  ///< 0: made anew
  std::string payloads;              ///< "SA, VID x4"
};

/// One captured registration and what its replay came to.
struct Replayed {
  registration::Registration captured;
  std::string group;                    ///< asked for live
  std::string version;                  ///< announced live
  std::vector<std::string> altered;     ///< what the user changed
  std::vector<PlannedMessage> plan;     ///< --dry-run
  std::optional<engine::Verdict> live;  ///< nothing: it was not run
  std::optional<engine::Ending> expected;
  std::vector<std::string> key_server_log;
  std::string problem;  ///< why it was not run

  [[nodiscard]] bool as_expected() const { return !live || !expected || live->ending == *expected; }
};

struct ReplayedCapture {
  std::string name;
  std::vector<report::KeyFile> key_files;
  std::string policy;  ///< in words
  std::string problem;
  std::vector<Replayed> registrations;

  /// Nothing differs, and nothing was left out.
  [[nodiscard]] bool is_as_expected() const;
};

struct RunReportOptions {
  bool show_map = false;
  bool dry_run  = false;
};

/// For people: heading, table, and what stands below its rows.
[[nodiscard]] std::string run_text(const report::Style& style, const ReplayedCapture& capture,
                                   const RunReportOptions& options);

/// One table of all, a line for each registration; its width is what it needs.
[[nodiscard]] std::string run_table(report::Style style,
                                    const std::vector<ReplayedCapture>& captures);

/// The last line: how many, by verdict, as expected or not.
[[nodiscard]] std::string run_summary(const report::Style& style,
                                      const std::vector<ReplayedCapture>& captures);

/// `run --json`, schema 1.
[[nodiscard]] std::string run_json(const std::vector<ReplayedCapture>& captures);

}  // namespace gdoi::cli
