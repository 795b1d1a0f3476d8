#pragma once

#include <CLI/CLI.hpp>

#include <vector>

// For the few files that include CLI11, which is costly to compile.
namespace gdoi::cli {

/// The subcommands, in the order in which they were added.
inline std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

/// Whether an argument may be repeated.
inline bool takes_many(const CLI::Option& option) {
  return option.get_items_expected_max() > 1;
}

}  // namespace gdoi::cli
