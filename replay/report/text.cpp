#include "report/text.h"

#include "protocol/wire/print.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::report {

namespace {

std::string_view code_of(Colour colour) {
  switch (colour) {
    case Colour::kGood:
      return "\x1b[32m";
    case Colour::kBad:
      return "\x1b[31m";
    case Colour::kDoubt:
      return "\x1b[33m";
    case Colour::kDim:
      return "\x1b[2m";
    case Colour::kBold:
      return "\x1b[1m";
    case Colour::kNone:
      break;
  }
  return "";
}

}  // namespace

std::string paint(const Style& style, Colour colour, std::string_view text) {
  if (!style.colour || colour == Colour::kNone || text.empty()) {
    return std::string(text);
  }
  return fmt::format("{}{}\x1b[0m", code_of(colour), text);
}

std::string iso_time(std::int64_t time_ns) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  constexpr std::size_t kDate    = 10;
  const auto seconds = static_cast<std::uint64_t>(std::max<std::int64_t>(time_ns, 0) / kSecond);
  const auto date =
      seconds == 0 ? std::string("1970-01-01") : wire::time_text(seconds).substr(0, kDate);
  return fmt::format("{}T{}Z", date, time_of_day(time_ns, 9));
}

}  // namespace gdoi::report
