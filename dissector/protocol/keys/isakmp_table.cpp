#include "protocol/keys/key_log.h"
#include "protocol/keys/text_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gdoi::keys {
namespace {

/// A column without the blanks and the quotes around it.
std::string_view column(std::string_view text) {
  const auto trim = [&](std::string_view what) {
    const auto first = std::min(text.find_first_not_of(what), text.size());
    text.remove_prefix(first);
    text = text.substr(0, text.find_last_not_of(what) + 1);
  };
  trim(" \t");
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  return text;
}

Status parse_row(KeyRing& ring, std::string_view text) {
  if (text.size() > kMaxLineLength) {
    return Error{fmt::format("line has {} octets, {} are the limit", text.size(), kMaxLineLength)};
  }
  const auto comma = text.find(',');
  if (comma == std::string_view::npos || text.find(',', comma + 1) != std::string_view::npos) {
    return Error{
        "row does not have two columns, initiator cookie and cipher key, with a comma "
        "between"};
  }
  const auto cookie = hex_of_sizes("cookie", column(text.substr(0, comma)), {8});
  if (!cookie) {
    return cookie.error();
  }
  auto key = hex_of_sizes("cipher key", column(text.substr(comma + 1)), {8, 16, 24, 32});
  if (!key) {
    return key.error();
  }
  Cookie initiator{};
  std::ranges::copy(*cookie, initiator.begin());
  Phase1Key entry;
  entry.key  = Secret(std::move(*key));
  auto& keys = ring.phase1(initiator).keys;
  if (add_unique(keys, std::move(entry)) && keys.size() > kMaxAlternatives) {
    return Error{fmt::format("more than {} different keys for this cookie", kMaxAlternatives)};
  }
  return success();
}

}  // namespace

Result<KeyLog> parse_isakmp_table(std::string_view text, std::string_view name) {
  KeyLog log;
  LineReader lines(text);
  while (const auto line = lines.next()) {
    if (is_blank_or_comment(line->text)) {
      continue;
    }
    const auto status = parse_row(log.ring, line->text);
    if (!status) {
      return Error{at_line(name, line->number, status.error().text)};
    }
  }
  return log;
}

}  // namespace gdoi::keys
