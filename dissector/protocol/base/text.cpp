#include "protocol/base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi {

namespace {

constexpr std::int64_t kSecond      = 1'000'000'000;
constexpr unsigned kMostDigits      = 9;
constexpr std::uint64_t kDaySeconds = 86'400;

struct Moment {
  std::uint64_t seconds = 0;
  std::uint64_t rest_ns = 0;
};

// Times before 1970 are shown as 1970: no capture has them on purpose.
Moment moment_of(std::int64_t time_ns) {
  const auto time = static_cast<std::uint64_t>(std::max<std::int64_t>(time_ns, 0));
  return {time / kSecond, time % kSecond};
}

std::string fraction(std::uint64_t rest_ns, unsigned digits) {
  if (digits == 0) {
    return {};
  }
  return "." + fmt::format("{:09}", rest_ns).substr(0, std::min(digits, kMostDigits));
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  constexpr unsigned kContinuationMask = 0xc0;
  constexpr unsigned kContinuation     = 0x80;
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
    return (static_cast<unsigned char>(c) & kContinuationMask) != kContinuation;
  }));
}

std::string wrap(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::size_t column = 0;
  while (true) {
    const auto begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) {
      break;
    }
    text.remove_prefix(begin);
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    const auto wide = columns_of(word);
    if (column != 0 && column + 1 + wide <= width) {
      out += ' ';
      out += word;
      column += 1 + wide;
      continue;
    }
    if (column != 0) {
      out += '\n';
    }
    out.append(indent, ' ');
    out += word;
    column = indent + wide;
  }
  if (column != 0) {
    out += '\n';
  }
  return out;
}

std::string harmless(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7f) {
      out += fmt::format("\\x{:02x}", octet);
    } else {
      out += c;
    }
  }
  return out;
}

std::string time_of_day(std::int64_t time_ns, unsigned digits) {
  const auto moment = moment_of(time_ns);
  const auto second = moment.seconds % kDaySeconds;
  return fmt::format("{:02}:{:02}:{:02}{}", second / 3600, second / 60 % 60, second % 60,
                     fraction(moment.rest_ns, digits));
}

std::string grouped(std::uint64_t count) {
  auto digits = fmt::format("{}", count);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return digits;
}

std::string count_of(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", grouped(count), noun, count == 1 ? "" : "s");
}

}  // namespace gdoi
