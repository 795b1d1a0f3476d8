#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11 calls itself so
class App;
}

/// The manual pages and the shells' completions, made out of the same words as `--help`.
namespace gdoi::cli {

/// A command as it may be typed, and what it is good for.
struct Example {
  std::string_view command;  ///< the subcommand that it stands with; empty: with none
  std::string_view what;
  std::string_view line;
};

/// In the order in which they are to be read.
[[nodiscard]] const std::vector<Example>& examples();

/// The page of one subcommand, or of the whole where `command` is `app` itself, in mdoc(7).
[[nodiscard]] std::string manual_page(const CLI::App& app, const CLI::App& command);

/// Writes all pages to a folder, whose own folder must be there. Returns the exit code.
[[nodiscard]] int write_manual_pages(const CLI::App& app, const std::string& folder,
                                     std::ostream& err);

/// What bash reads to complete commands, options, their words and the names of files.
[[nodiscard]] std::string bash_completion(const CLI::App& app);

/// The same for zsh, as a function of its completion system.
[[nodiscard]] std::string zsh_completion(const CLI::App& app);

}  // namespace gdoi::cli
