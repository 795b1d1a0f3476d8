#pragma once

#include "cli/private_file.h"
#include "cli/run.h"
#include "cli/run_policy.h"
#include "cli/run_report.h"

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

/// What a run says about itself before it has results.
namespace gdoi::cli {

/// The ending that a registration must have; nothing: any will do.
[[nodiscard]] std::optional<engine::Ending> expected_ending(Expect expect,
                                                            registration::Outcome captured);

/// Against whom a capture is replayed, in words. Without a path: the built-in KS.
[[nodiscard]] std::string key_server_text(const RunOptions& options,
                                          const std::optional<net::UdpPath>& path,
                                          const std::optional<PolicyFile>& policy);

/// Puts into a report what would be sent, changes made; or why they cannot be.
void show_plan(plan::Plan& plan, bool addresses, Replayed& report);

/// Prints the total, and with --table the table; writes --json.
[[nodiscard]] Result<std::monostate, Failure> tell_all(const RunOptions& options,
                                                       const report::Style& style,
                                                       const std::vector<ReplayedCapture>& captures,
                                                       std::ostream& out);

}  // namespace gdoi::cli
