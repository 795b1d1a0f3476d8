#include "scenario/scenario.h"

#include "protocol/getvpn/version.h"
#include "protocol/registration/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <compare>

namespace gdoi::scenario {
namespace {

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto parsed    = std::from_chars(text.data(), text.data() + text.size(), number);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() ? std::optional(number)
                                                                             : std::nullopt;
}

/// Nothing where the two cannot be put in order.
std::optional<std::strong_ordering> order_of(std::string_view a, std::string_view b) {
  if (const auto x = number_of(a), y = number_of(b); x && y) {
    return *x <=> *y;
  }
  if (const auto x = getvpn::Version::parse(a), y = getvpn::Version::parse(b); x && y) {
    return x->raw <=> y->raw;
  }
  return a == b ? std::optional(std::strong_ordering::equal) : std::nullopt;
}

}  // namespace

std::string Answer::text() const {
  if (!notify_type) {
    return std::string(name_of(how));
  }
  const auto name = registration::notify_name(*notify_type);
  return name.empty() ? fmt::format("notify {}", *notify_type)
                      : fmt::format("notify {} {}", *notify_type, name);
}

bool Answer::allows(const engine::Verdict& verdict) const {
  return verdict.how == how && (!notify_type || notify_type == verdict.notify_type);
}

std::string_view name_of(Wanted wanted) {
  switch (wanted) {
    case Wanted::kAsCaptured:
      return "as captured";
    case Wanted::kAccepted:
      return "accepted";
    case Wanted::kRefused:
      return "refused";
    case Wanted::kSame:
      return "same";
    case Wanted::kNotAccepted:
      return "not accepted";
  }
  return {};
}

bool Condition::holds(std::string_view actual) const {
  const auto order = order_of(actual, value);
  if (!order) {
    return false;
  }
  if (comparison == "<") {
    return std::is_lt(*order);
  }
  if (comparison == "<=") {
    return std::is_lteq(*order);
  }
  if (comparison == ">") {
    return std::is_gt(*order);
  }
  return comparison == ">=" ? std::is_gteq(*order) : std::is_eq(*order);
}

}  // namespace gdoi::scenario
