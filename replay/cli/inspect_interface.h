#pragma once

#include "cli/inspect.h"
#include "protocol/getvpn/version.h"
#include "report/inspection.h"

#include <iosfwd>

namespace gdoi::cli {

/// Follows an interface until SIGINT or SIGTERM: a line for each registration as it ends, then the
/// table. Returns the exit code.
[[nodiscard]] int inspect_interface(const InspectOptions& options,
                                    const getvpn::VersionRules& rules,
                                    const report::Contents& contents, std::ostream& out,
                                    std::ostream& err);

}  // namespace gdoi::cli
