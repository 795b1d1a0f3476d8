#pragma once

#include "cli/anonymise.h"

#include <CLI/CLI.hpp>

namespace gdoi::cli {

/// The words of `gdoi-replay anonymise`.
CLI::App* add_anonymise(CLI::App& app, AnonymiseOptions& options);

}  // namespace gdoi::cli
