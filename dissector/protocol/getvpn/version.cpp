#include "protocol/getvpn/version.h"

#include "protocol/getvpn/decimal.h"

#include <fmt/format.h>

namespace gdoi::getvpn {

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
  const auto major = strict_decimal(text.substr(0, first), 0xff);
  const auto minor = strict_decimal(text.substr(first + 1, second - first - 1), 0xff);
  const auto mini  = strict_decimal(text.substr(second + 1), 0xffff);
  if (!major || !minor || !mini) {
    return std::nullopt;
  }
  return Version{(*major << 24U) | (*minor << 16U) | *mini};
}

}  // namespace gdoi::getvpn
