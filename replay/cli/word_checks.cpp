#include "cli/word_checks.h"

#include "cli/commands_of.h"

#include <fmt/ranges.h>

#include <charconv>
#include <system_error>

namespace gdoi::cli {

namespace {

/// Whether all of the text is a number of that kind.
template <typename Number>
bool reads_as(std::string_view text, Number& into) {
  const auto* const end    = text.data() + text.size();
  const auto [at, problem] = std::from_chars(text.data(), end, into);
  return problem == std::errc{} && at == end;
}

void refuse_empty(CLI::Option& option) {
  if (option.get_items_expected_max() == 0) {
    return;  // a flag
  }
  const auto help  = fmt::format("is empty: give {}{}", option.get_option_text(),
                                option.get_required() ? "" : ", or leave it out");
  const auto check = [help](std::string& text) { return text.empty() ? help : std::string(); };
  option.transform(CLI::Validator(check, "", "not empty"));
}

}  // namespace

void refuse_empty_values(CLI::App& app) {
  for (auto* command : app.get_subcommands([](CLI::App*) { return true; })) {
    for (auto* option : command->get_options()) {
      refuse_empty(*option);
    }
  }
}

std::string option_without_value(const CLI::App& app, int count, const char* const* words) {
  for (int i = 1; i < count; ++i) {
    const std::string_view word(words[i]);
    if (word == "--") {
      break;
    }
    if (!word.starts_with("--") || word.find('=') + 1 != word.size()) {
      continue;
    }
    const auto name = std::string(word.substr(0, word.size() - 1));
    for (const auto* command : commands_of(app)) {
      const auto* const option =
          command->get_name() == words[1] ? command->get_option_no_throw(name) : nullptr;
      if (option != nullptr) {
        return fmt::format("{}: is empty: give {}, or leave it out", name,
                           option->get_option_text());
      }
    }
  }
  return {};
}

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
  const auto check = [least, most](std::string& text) -> std::string {
    std::uint64_t value = 0;
    if (!reads_as(text, value) || value < least || value > most) {
      return fmt::format("a whole number from {} to {}, not {}", least, most,
                         report::harmless(text));
    }
    text = fmt::to_string(value);  // without zeros in front, which would make it octal
    return {};
  };
  return {check, "", "whole number"};
}

std::string read_number(std::string_view text, double least, double most, std::string_view unit,
                        double& into) {
  auto number = text;
  if (number.ends_with(unit)) {
    number.remove_suffix(unit.size());
  }
  // Written so that "nan" is out of range too.
  const bool good = reads_as(number, into) && into >= least && into <= most;
  return good ? ""
              : fmt::format("a number from {} to {}, not {}", least, most, report::harmless(text));
}

CLI::Validator any_number(double least, double most, std::string_view unit) {
  const auto check = [least, most, unit](std::string& text) {
    double value = 0;
    auto wrong   = read_number(text, least, most, unit, value);
    if (wrong.empty()) {
      text = fmt::to_string(value);
    }
    return wrong;
  };
  return {check, "", "number"};
}

std::string either(const std::vector<std::string_view>& words) {
  return fmt::format("{} or {}", fmt::join(words.begin(), words.end() - 1, ", "), words.back());
}

}  // namespace gdoi::cli
