#include "protocol/keys/text_line.h"

#include "protocol/base/hex.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gdoi::keys {
namespace {

constexpr std::string_view kBlanks        = " \t\r\v\f";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool is_hex_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

Result<Bytes> decoded(std::string_view field, std::string_view digits) {
  // from_hex() gives up in the middle of a bad text and would leave what it had unwiped.
  if (!std::ranges::all_of(digits, is_hex_digit)) {
    return Error{fmt::format("{} has a character that is no hex digit", field)};
  }
  auto octets = from_hex(digits);
  if (!octets) {
    return Error{fmt::format("{} has an odd number of hex digits ({})", field, digits.size())};
  }
  return std::move(*octets);
}

std::string list_of_digits(std::initializer_list<std::size_t> sizes) {
  std::string text;
  std::size_t left = sizes.size();
  for (const auto size : sizes) {
    text += std::to_string(2 * size);
    --left;
    if (left > 0) {
      text += left == 1 ? " or " : ", ";
    }
  }
  return text;
}

}  // namespace

LineReader::LineReader(std::string_view text) : rest_(text) {
  if (rest_.starts_with(kByteOrderMark)) {
    rest_.remove_prefix(kByteOrderMark.size());
  }
}

std::optional<TextLine> LineReader::next() {
  if (rest_.empty()) {
    return std::nullopt;
  }
  const auto end  = rest_.find('\n');
  const auto line = rest_.substr(0, end);
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  ++number_;
  return TextLine{number_, trimmed(line)};
}

SecretText::~SecretText() {
  wipe_text(value);
}

void wipe_text(std::string& text) {
  wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
}

bool is_blank_or_comment(std::string_view line) {
  return line.empty() || line.front() == '#';
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (auto first = line.find_first_not_of(kBlanks); first != std::string_view::npos;) {
    const auto end = std::min(line.find_first_of(kBlanks, first), line.size());
    words.push_back(line.substr(first, end - first));
    first = line.find_first_not_of(kBlanks, end);
  }
  return words;
}

std::string at_line(std::string_view name, std::size_t line, std::string_view sentence) {
  return fmt::format("{}:{}: {}", name, line, sentence);
}

void add_note(std::vector<std::string>& notes, std::string note) {
  if (notes.size() < kMaxNotes) {
    notes.push_back(std::move(note));
  } else if (notes.size() == kMaxNotes) {
    notes.emplace_back("further notes are left out");
  }
}

Result<Bytes> hex_of_sizes(std::string_view field, std::string_view digits,
                           std::initializer_list<std::size_t> sizes, std::string_view purpose) {
  const auto fits = [&](std::size_t size) { return digits.size() == 2 * size; };
  if (std::ranges::any_of(sizes, fits)) {
    return decoded(field, digits);
  }
  return Error{fmt::format("{} has {} hex digits, {} expected{}{}", field, digits.size(),
                           list_of_digits(sizes), purpose.empty() ? "" : " ", purpose)};
}

Result<Bytes> hex_of_range(std::string_view field, std::string_view digits, std::size_t least,
                           std::size_t most) {
  if (digits.size() >= 2 * least && digits.size() <= 2 * most) {
    return decoded(field, digits);
  }
  return Error{fmt::format("{} has {} hex digits, {} to {} expected", field, digits.size(),
                           2 * least, 2 * most)};
}

}  // namespace gdoi::keys
