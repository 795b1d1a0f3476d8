#include "scenario/scenario.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::scenario {
namespace {

constexpr std::string_view kName = "name";
constexpr std::string_view kPsk  = "psk";

/// The fields of one line (RFC 4180, without line breaks in quotes); nothing where a quote is open.
std::optional<std::vector<std::string>> fields_of(std::string_view line) {
  std::vector<std::string> fields{""};
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back().push_back(c);
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back().push_back(c);
    }
  }
  return quoted ? std::nullopt : std::optional(std::move(fields));
}

}  // namespace

Result<std::vector<Identity>> parse_identities(std::string_view text, std::string_view name) {
  std::vector<Identity> made;
  std::vector<std::string> columns;
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line      = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (line.empty() || line.starts_with('#')) {
      continue;
    }
    const auto wrong = [&](const std::string& what) {
      return Error{fmt::format("{}:{}: {}", name, number, what)};
    };
    auto fields = fields_of(line);
    if (!fields) {
      return wrong("a quote is not closed");
    }
    if (columns.empty()) {
      columns = std::move(*fields);
      if (std::ranges::count(columns, "") > 0) {
        return wrong("the first line names the columns, and one has no name");
      }
      continue;
    }
    if (fields->size() != columns.size()) {
      return wrong(fmt::format("{} values for {} columns", fields->size(), columns.size()));
    }
    if (made.size() == kMostCases) {
      return wrong(fmt::format("more than {} identities", kMostCases));
    }
    auto& one = made.emplace_back();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      auto& value = (*fields)[i];
      if (columns[i] == kName) {
        one.name = std::move(value);
      } else if (columns[i] == kPsk) {
        one.psk = std::move(value);
      } else if (!value.empty()) {
        one.settings.emplace_back(columns[i], std::move(value));
      }
    }
    if (one.name.empty()) {
      one.name = fmt::format("line {}", number);
    }
  }
  if (made.empty()) {
    return Error{fmt::format("{}: there are no identities", name)};
  }
  return made;
}

}  // namespace gdoi::scenario
