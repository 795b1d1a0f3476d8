#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Text for people.
namespace gdoi {

/// Columns that a UTF-8 text takes, one for each character.
[[nodiscard]] std::size_t columns_of(std::string_view text);

/// The text broken at blanks so that no line is wider than `width`, each line after `indent` blanks
/// and with a line feed; a single word that is too long stands alone. Empty for an empty text.
[[nodiscard]] std::string wrap(std::string_view text, std::size_t width, std::size_t indent);

/// The text without control characters, which could move the cursor of a terminal: each is shown as
/// \xNN.
[[nodiscard]] std::string harmless(std::string_view text);

/// "14:03:59.123456" in UTC with `digits` (0 to 9) of the fraction.
[[nodiscard]] std::string time_of_day(std::int64_t time_ns, unsigned digits);

/// "1,234".
[[nodiscard]] std::string grouped(std::uint64_t count);

/// "1 registration", "2 registrations", "1,234,567 frames".
[[nodiscard]] std::string count_of(std::uint64_t count, std::string_view noun);

}  // namespace gdoi
