#include "protocol/getvpn/version.h"

#include <fmt/format.h>

#include <charconv>

namespace gdoi::getvpn {

namespace {

/// A decimal number up to `limit`; no sign, no leading zero, nothing before or after it.
std::optional<std::uint32_t> decimal(std::string_view digits, std::uint32_t limit) {
  if (digits.size() > 1 && digits.front() == '0') {
    return std::nullopt;
  }
  std::uint32_t value    = 0;
  const char* const end  = digits.data() + digits.size();
  const auto [stop, why] = std::from_chars(digits.data(), end, value);
  if (why != std::errc{} || stop != end || value > limit) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

std::string Version::text() const {
  return fmt::format("{}.{}.{}", raw >> 24U, (raw >> 16U) & 0xffU, raw & 0xffffU);
}

std::optional<Version> Version::parse(std::string_view text) {
  const auto first = text.find('.');
  if (first == std::string_view::npos) {
    return std::nullopt;
  }
  const auto second = text.find('.', first + 1);
  if (second == std::string_view::npos) {
    return std::nullopt;
  }
  const auto major = decimal(text.substr(0, first), 0xff);
  const auto minor = decimal(text.substr(first + 1, second - first - 1), 0xff);
  const auto mini  = decimal(text.substr(second + 1), 0xffff);
  if (!major || !minor || !mini) {
    return std::nullopt;
  }
  return Version{(*major << 24U) | (*minor << 16U) | *mini};
}

}  // namespace gdoi::getvpn
