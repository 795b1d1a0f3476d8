#pragma once

#include "cli/anonymise.h"
#include "cli/diff.h"
#include "cli/features.h"
#include "cli/inspect.h"
#include "cli/keys.h"
#include "cli/keyserver.h"
#include "cli/run.h"

#include <iosfwd>
#include <variant>

namespace gdoi::cli {

/// What the command line asks for; an int where nothing is left to do but to exit with it (--help,
/// --version, a usage error).
using Command = std::variant<int, InspectOptions, FeaturesOptions, KeysOptions, RunOptions,
                             KeyServerOptions, DiffOptions, AnonymiseOptions>;

/// Reads the command line; help and errors go to `out` and `err`.
[[nodiscard]] Command parse_command_line(int count, const char* const* words, std::ostream& out,
                                         std::ostream& err);

}  // namespace gdoi::cli
