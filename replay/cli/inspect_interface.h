#pragma once

#include "cli/inspect.h"
#include "protocol/getvpn/version.h"

#include <iosfwd>

namespace gdoi::cli {

/// Follows an interface until SIGINT or SIGTERM: a line for each registration when its outcome is
/// known, then the table. Returns the exit code.
[[nodiscard]] int inspect_interface(const InspectOptions& options,
                                    const getvpn::VersionRules& rules, std::ostream& out,
                                    std::ostream& err);

}  // namespace gdoi::cli
