#include "protocol/keys/text_options.h"

#include "protocol/keys/text_line.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::keys {

bool looks_like_a_name(std::string_view word) {
  constexpr std::size_t kMaxNameLength = 24;
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  const auto is_digit  = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_part = [&](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; };
  const auto is_hex  = [&](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  return !word.empty() && word.size() <= kMaxNameLength && is_letter(word.front()) &&
         std::ranges::all_of(word, is_part) && !std::ranges::all_of(word, is_hex);
}

Result<Options> Options::parse(Words words) {
  constexpr std::size_t kMaxOptions = 16;
  if (words.size() > kMaxOptions) {
    return Error{
        fmt::format("line has {} name=value words, {} are the limit", words.size(), kMaxOptions)};
  }
  Options options;
  for (const auto word : words) {
    const auto equals = word.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return Error{"a word before the secret is not of the form name=value"};
    }
    const auto name = word.substr(0, equals);
    if (std::ranges::find(options.values_, name, &Value::first) != options.values_.end()) {
      return Error{looks_like_a_name(name) ? fmt::format("{}= is given twice", name)
                                           : std::string("a name=value word is given twice")};
    }
    options.values_.emplace_back(name, word.substr(equals + 1));
  }
  return options;
}

std::optional<std::string_view> Options::take(std::string_view name) {
  const auto found = std::ranges::find(values_, name, &Value::first);
  if (found == values_.end()) {
    return std::nullopt;
  }
  const auto value = found->second;
  values_.erase(found);
  return value;
}

void Options::note_rest(std::vector<std::string>& notes, std::string_view file,
                        std::size_t line) const {
  for (const auto& [name, value] : values_) {
    add_note(notes,
             at_line(file, line,
                     looks_like_a_name(name) ? fmt::format("{}= is not known and was skipped", name)
                                             : "a name=value word is not known and was skipped"));
  }
}

}  // namespace gdoi::keys
