#pragma once

#include "cli/bundle.h"
#include "cli/run_report.h"

#include <string>

namespace gdoi::cli {

/// A bundle of one registration of a capture that was not as expected. `policy`: that of the
/// built-in KS; empty: the default one.
[[nodiscard]] gdoi::Result<std::string, Failure> bundle_registration(const RunOptions& options,
                                                                     const ReplayedCapture& capture,
                                                                     const Replayed& one,
                                                                     const std::string& policy);

}  // namespace gdoi::cli
