#pragma once

#include "cli/commands_of.h"
#include "report/text.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

// For command_line.cpp alone: CLI11 is costly to compile.
namespace gdoi::cli {

/// Help that fits a terminal of 80 columns; CLI11's own does not break lines.
class Help : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode /*mode*/) const override {
    std::string out = report::wrap(usage(*app, name), kHelpWidth, 0);
    out += '\n' + report::wrap(app->get_description(), kHelpWidth, 0);
    const auto commands = commands_of(*app);
    if (!commands.empty()) {
      out += "\nCommands:\n";
    }
    for (const auto* command : commands) {
      out += entry(command->get_name(), command->get_description());
    }
    out +=
        options(*app, "Arguments", [](const CLI::Option* each) { return each->get_positional(); });
    out += options(*app, "Options", [](const CLI::Option* each) { return each->nonpositional(); });
    if (!app->get_footer().empty()) {
      out += '\n' + report::wrap(app->get_footer(), kHelpWidth, 0);
    }
    return out;
  }

 private:
  static constexpr std::size_t kHelpWidth  = 80;
  static constexpr std::size_t kTextColumn = 26;

  static std::string usage(const CLI::App& app, const std::string& name) {
    auto out = fmt::format("Usage: {}", name);
    if (!commands_of(app).empty()) {
      return out + " COMMAND [OPTIONS]";
    }
    out += " [OPTIONS]";
    for (const auto* each : app.get_options()) {
      if (each->get_positional()) {
        const auto text = each->get_option_text() + (takes_many(*each) ? "..." : "");
        out += fmt::format(fmt::runtime(each->get_required() ? " {}" : " [{}]"), text);
      }
    }
    return out;
  }

  static std::string entry(const std::string& name, const std::string& text) {
    auto lines = report::wrap(text, kHelpWidth, kTextColumn);
    if (name.size() + 4 > kTextColumn) {
      return "  " + name + '\n' + lines;
    }
    return lines.replace(0, name.size() + 2, "  " + name);
  }

  template <typename Which>
  static std::string options(const CLI::App& app, std::string_view title, Which which) {
    std::string out;
    for (const auto* each : app.get_options()) {
      if (!which(each)) {
        continue;
      }
      const auto& value = each->get_option_text();
      out += each->get_positional()
                 ? entry(value, each->get_description())
                 : entry(each->get_name(false, true) + (value.empty() ? "" : " " + value),
                         each->get_description());
    }
    return out.empty() ? out : fmt::format("\n{}:\n{}", title, out);
  }
};

}  // namespace gdoi::cli
