#pragma once

#include "report/text.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// For the files that read the command line: CLI11 is costly to compile.
namespace gdoi::cli {

/// An option without a value is not one that was left out: "--ks $KS" with KS unset would else be
/// answered by the built-in KS. Every option and argument of every command refuses it; call it
/// behind all others, so that it comes before what they check.
void refuse_empty_values(CLI::App& app);

/// "--ks=" at the command line, for which CLI11 takes the next word; empty: there is none.
[[nodiscard]] std::string option_without_value(const CLI::App& app, int count,
                                               const char* const* words);

/// Decimal digits and nothing else: CLI11 lets signs, overflow, "nan" and "0x10" pass.
[[nodiscard]] CLI::Validator whole_number(std::uint64_t least, std::uint64_t most);

/// The same with a fraction; `unit` may stand behind it.
[[nodiscard]] CLI::Validator any_number(double least, double most, std::string_view unit = "");

/// As any_number(), for a value that may also be something else. Error: what is wrong.
[[nodiscard]] std::string read_number(std::string_view text, double least, double most,
                                      std::string_view unit, double& into);

/// "a, b or c".
[[nodiscard]] std::string either(const std::vector<std::string_view>& words);

/// An option or argument that takes one of a few words: pairs of the word and its meaning.
template <typename Into, typename Words>
CLI::Option* add_choice(CLI::App& command, const std::string& name, Into& into, const Words& words,
                        const std::string& help) {
  std::vector<std::string_view> known;
  known.reserve(words.size());
  for (const auto& each : words) {
    known.push_back(each.first);
  }
  const auto set = [&into, words, name, known](const CLI::results_t& given) {
    const auto& text = given.front();
    const auto found = std::ranges::find(words, text, &Words::value_type::first);
    if (found == words.end()) {
      throw CLI::ValidationError(name,
                                 fmt::format("{}, not {}", either(known), report::harmless(text)));
    }
    into = found->second;
    return true;
  };
  return command.add_option(name, set, help)->option_text(fmt::format("{}", fmt::join(known, "|")));
}

}  // namespace gdoi::cli
