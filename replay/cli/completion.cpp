#include "cli/commands_of.h"
#include "cli/manual.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace gdoi::cli {

namespace {

std::string command_names(const CLI::App& app) {
  std::string out;
  for (const auto* each : commands_of(app)) {
    out += (out.empty() ? "" : " ") + each->get_name();
  }
  return out;
}

/// The words that an option takes, where its text lists them: "auto|yes|no".
std::string words_of(const CLI::App& command, const CLI::Option& option) {
  auto text = option.get_option_text();
  if (text == "COMMAND") {
    return command_names(*command.get_parent());
  }
  const bool list =
      text.find('|') != std::string::npos && std::ranges::all_of(text, [](unsigned char c) {
        return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '|' || c == '-';
      });
  if (!list) {
    return {};
  }
  std::ranges::replace(text, '|', ' ');
  return text;
}

enum class Takes : std::uint8_t { kNothing, kWords, kFile, kFolder, kInterface, kOther };

Takes takes(const CLI::App& command, const CLI::Option& option) {
  const auto& text = option.get_option_text();
  if (text.empty()) {
    return Takes::kNothing;
  }
  if (!words_of(command, option).empty()) {
    return Takes::kWords;
  }
  if (text == "DIR") {
    return Takes::kFolder;
  }
  if (text == "IF") {
    return Takes::kInterface;
  }
  const bool file = text.find("FILE") != std::string::npos || text.starts_with("OUT") ||
                    text.starts_with("CAPTURE") || text == "IN" || option.get_positional();
  return file ? Takes::kFile : Takes::kOther;
}

std::vector<std::string> names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const auto& name : option.get_lnames()) {
    names.push_back("--" + name);
  }
  for (const auto& name : option.get_snames()) {
    names.push_back("-" + name);
  }
  return names;
}

/// The case of a command: what follows its options, then its options and its files.
std::string bash_case(const CLI::App& command) {
  std::string out = fmt::format("    {})\n      case $previous in\n", command.get_name());
  std::string all;
  for (const auto* each : command.get_options()) {
    std::string pattern;
    for (const auto& name : names_of(*each)) {
      pattern += (pattern.empty() ? "" : "|") + name;
      if (name.starts_with("--")) {
        all += (all.empty() ? "" : " ") + name;
      }
    }
    if (pattern.empty()) {
      continue;
    }
    switch (takes(command, *each)) {
      case Takes::kNothing:
        break;
      case Takes::kWords:
        out += fmt::format("        {}) _gdoi_replay_words '{}'; return ;;\n", pattern,
                           words_of(command, *each));
        break;
      case Takes::kFile:
        out += fmt::format("        {}) _gdoi_replay_files; return ;;\n", pattern);
        break;
      case Takes::kFolder:
        out += fmt::format("        {}) _gdoi_replay_files -d; return ;;\n", pattern);
        break;
      case Takes::kInterface:
        out += fmt::format(
            "        {}) _gdoi_replay_words \"$(command ls /sys/class/net)\"; return ;;\n",
            pattern);
        break;
      case Takes::kOther:
        out += fmt::format("        {}) return ;;\n", pattern);
        break;
    }
  }
  out += "      esac\n";
  std::string words;
  bool files = false;
  for (const auto* each : command.get_options()) {
    if (each->get_positional()) {
      words += words_of(command, *each);
      files |= words.empty();
    }
  }
  out += fmt::format("      [[ $current == -* ]] && {{ _gdoi_replay_words '{}'; return; }}\n", all);
  if (!words.empty()) {
    out += fmt::format("      _gdoi_replay_words '{}'\n", words);
  } else if (files) {
    out += "      _gdoi_replay_files\n";
  }
  return out + "      ;;\n";
}

/// Text within an argument of zsh's _arguments, which stands in single quotes.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\'':
        out += "'\\''";
        break;
      case '[':
      case ']':
      case ':':
      case '\\':
        out += std::string("\\") + c;
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string zsh_action(const CLI::App& command, const CLI::Option& option) {
  const auto& text = option.get_option_text();
  switch (takes(command, option)) {
    case Takes::kNothing:
      return {};
    case Takes::kWords:
      return fmt::format(":{}:({})", zsh_text(text), words_of(command, option));
    case Takes::kFile:
      return fmt::format(":{}:_files", zsh_text(text));
    case Takes::kFolder:
      return fmt::format(":{}:_files -/", zsh_text(text));
    case Takes::kInterface:
      return fmt::format(":{}:_net_interfaces", zsh_text(text));
    case Takes::kOther:
      return fmt::format(":{}: ", zsh_text(text));
  }
  return {};
}

std::string zsh_case(const CLI::App& command) {
  std::string out = fmt::format("    {})\n      _arguments -s", command.get_name());
  for (const auto* each : command.get_options()) {
    if (each->get_positional()) {
      out += fmt::format(" \\\n        '*{}'", zsh_action(command, *each));
      continue;
    }
    for (const auto& name : names_of(*each)) {
      // An option may stand more than once where it takes several values.
      out += fmt::format(" \\\n        '{}{}[{}]{}'", takes_many(*each) ? "*" : "", name,
                         zsh_text(each->get_description()), zsh_action(command, *each));
    }
  }
  return out + "\n      ;;\n";
}

}  // namespace

std::string bash_completion(const CLI::App& app) {
  std::string out = R"(# bash completion of gdoi-replay; `gdoi-replay completion bash` prints it.
_gdoi_replay_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current")
}

_gdoi_replay_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "${1:--f}" -- "$current")
}

_gdoi_replay() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
)";
  out += fmt::format("    _gdoi_replay_words '{} --help --version'\n    return\n  fi\n",
                     command_names(app));
  out += "  case ${COMP_WORDS[1]} in\n";
  for (const auto* each : commands_of(app)) {
    out += bash_case(*each);
  }
  return out + "  esac\n}\ncomplete -F _gdoi_replay gdoi-replay\n";
}

std::string zsh_completion(const CLI::App& app) {
  std::string out =
      "#compdef gdoi-replay\n# `gdoi-replay completion zsh` prints it.\n_gdoi_replay() {\n"
      "  if ((CURRENT == 2)); then\n    local -a commands=(";
  for (const auto* each : commands_of(app)) {
    out += fmt::format("\n      '{}:{}'", each->get_name(), zsh_text(each->get_description()));
  }
  out +=
      "\n    )\n    _describe command commands\n    return\n  fi\n  local command=${words[2]}\n"
      "  shift words\n  ((CURRENT--))\n  case $command in\n";
  for (const auto* each : commands_of(app)) {
    out += zsh_case(*each);
  }
  return out +
         "  esac\n}\n[[ ${zsh_eval_context[-1]} == loadautofunc ]] && _gdoi_replay \"$@\" || "
         "compdef _gdoi_replay gdoi-replay\n";
}

}  // namespace gdoi::cli
