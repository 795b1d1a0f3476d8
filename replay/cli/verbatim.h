#pragma once

#include "cli/clones.h"
#include "cli/run.h"
#include "cli/run_policy.h"
#include "cli/run_report.h"
#include "engine/verbatim.h"

/// `run --mode verbatim`.
namespace gdoi::cli {

/// What the GM of a registration sent, as it was. Error: nothing.
[[nodiscard]] Result<std::shared_ptr<const engine::VerbatimScript>> verbatim_script(
    const plan::CapturedRegistration& captured);

/// Timing and patience by the command line.
[[nodiscard]] engine::VerbatimOptions verbatim_options(const RunOptions& options);

/// What --dry-run shows.
[[nodiscard]] std::vector<PlannedMessage> verbatim_messages(const engine::VerbatimScript& script,
                                                            const engine::VerbatimOptions& how);

/// A built-in KS that takes the captured first message: its suite and mode, and the GM's pre-shared
/// key where one is known; or what a file says.
[[nodiscard]] Result<keyserver::Policy> verbatim_policy(const plan::CapturedRegistration& captured,
                                                        const std::optional<PolicyFile>& file,
                                                        engine::Calendar calendar,
                                                        engine::Random& random);

/// Options that mean nothing in this mode, in words; empty: none.
[[nodiscard]] std::string verbatim_objection(const RunOptions& options);

}  // namespace gdoi::cli
