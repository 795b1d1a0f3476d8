#pragma once

#include "cli/help.h"
#include "cli/run.h"
#include "cli/word_checks.h"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <vector>

// For the files that read the command line: CLI11 is costly to compile.
namespace gdoi::cli {

inline constexpr const char* kExitCodes =
    "Exit status: 0 all as expected, 1 a verdict differs from what was expected, 2 wrong usage or "
    "unreadable input, 3 no key server was reached, or a fault of this machine.";

/// A list that takes one value each time it is named, so that it does not swallow the captures.
inline CLI::Option* one_each(CLI::Option* option, const std::string& value) {
  return option->allow_extra_args(false)->option_text(value);
}

/// The UDP ports that a capture is read for.
inline void add_ports(CLI::App& command, std::vector<std::uint16_t>& ports) {
  one_each(
      command
          .add_option("-p,--port", ports, "look at this UDP port instead of 848; may be repeated")
          ->transform(whole_number(1, 65'535)),
      "N");
}

/// The words of `gdoi-replay run`.
CLI::App* add_run(CLI::App& app, RunOptions& options);

}  // namespace gdoi::cli
