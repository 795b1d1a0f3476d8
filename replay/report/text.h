#pragma once

#include "protocol/base/text.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gdoi::report {

using gdoi::columns_of;
using gdoi::count_of;
using gdoi::grouped;
using gdoi::harmless;
using gdoi::time_of_day;
using gdoi::wrap;

/// How text for people is laid out.
struct Style {
  bool colour       = false;
  std::size_t width = 100;  ///< columns
};

enum class Colour : std::uint8_t { kNone, kGood, kBad, kDoubt, kDim, kBold };

/// The text in a colour of the terminal; as it is where colours are off.
[[nodiscard]] std::string paint(const Style& style, Colour colour, std::string_view text);

/// "2026-01-31T14:03:59.123456789Z".
[[nodiscard]] std::string iso_time(std::int64_t time_ns);

}  // namespace gdoi::report
