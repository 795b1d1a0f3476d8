#pragma once

#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>

namespace gdoi::getvpn {

/// A decimal number up to `limit`, written in the one way there is: digits only, no leading zero
/// (which others read as octal).
[[nodiscard]] inline std::optional<std::uint32_t> strict_decimal(std::string_view digits,
                                                                 std::uint32_t limit) {
  if (digits.size() > 1 && digits.front() == '0') {
    return std::nullopt;
  }
  std::uint32_t value    = 0;
  const char* const end  = std::to_address(digits.end());
  const auto [stop, why] = std::from_chars(digits.data(), end, value);
  if (why != std::errc{} || stop != end || value > limit) {
    return std::nullopt;
  }
  return value;
}

}  // namespace gdoi::getvpn
