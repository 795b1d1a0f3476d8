#pragma once

#include "cli/private_file.h"
#include "cli/run.h"
#include "cli/run_report.h"
#include "cli/scenario_run.h"
#include "report/test_report.h"

#include <vector>

/// JUnit XML and HTML of a run.
namespace gdoi::cli {

/// A suite for each capture, a case for each registration.
[[nodiscard]] std::vector<report::TestSuite> suites_of(
    const std::vector<ReplayedCapture>& captures);

/// A suite for each scenario.
[[nodiscard]] std::vector<report::TestSuite> suites_of(const std::vector<ScenarioRun>& runs);

/// Writes what --junit and --html ask for.
[[nodiscard]] Result<std::monostate, Failure> write_reports(
    const RunOptions& options, const std::vector<report::TestSuite>& suites);

}  // namespace gdoi::cli
