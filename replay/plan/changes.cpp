#include "plan/changes.h"

#include "protocol/base/hex.h"
#include "protocol/exchange/script.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

namespace gdoi::plan {
namespace {

using exchange::Exchange;

constexpr double kLongestDelay      = 3'600;
constexpr std::int64_t kMostRepeats = 1'000;
constexpr std::string_view kOctets  = "0x";

constexpr std::array<OperationInfo, 18> kOperations{
    {
     {Operation::kSet, "set", true, false, "VALUE",
         "gives a field another value; lengths, HASH and encryption follow"},
     {Operation::kAdd, "add", true, true, "TYPE VALUE",
         "adds a payload, attribute, proposal or transform behind the others"},
     {Operation::kDrop, "drop", true, false, "",
         "leaves out a payload, proposal, transform or attribute"},
     {Operation::kRepeat, "repeat", true, true, "[TIMES]",
         "a payload (proposal, attribute), or the whole message, so many times more (once)"},
     {Operation::kMove, "move", true, false, "PLACE",
         "puts a payload (proposal, attribute) at this place among its neighbours, from 1"},
     {Operation::kReserved, "reserved", true, true, "[NUMBER]",
         "sets the RESERVED fields of a structure, or of all payloads (1)"},
     {Operation::kReuseCookie, "reuse-cookie", false, true, "",
         "takes the captured initiator's cookie instead of a new one (mm1, am1)"},
     {Operation::kLie, "lie", true, false, "NUMBER|+N|-N",
         "sets a length, count or other number behind the HASH; nothing follows"},
     {Operation::kBreakHash, "break-hash", false, true, "",
         "flips the last bit of the HASH or signature"},
     {Operation::kClear, "clear", false, true, "",
         "sends an encrypted message in clear, its flag too"},
     {Operation::kReservedFlags, "reserved-flags", false, true, "[NUMBER]",
         "sets the reserved bits of the header's flags (0xf8)"},
     {Operation::kCut, "cut", false, true, "N|-N",
         "sends the first N octets, or all but the last N"},
     {Operation::kTrail, "trail", false, true, "0xOCTETS", "puts octets behind the message"},
     {Operation::kFlip, "flip", false, true, "N",
         "flips a bit of octet N of the datagram, from 0"},
     {Operation::kLose, "lose", false, true, "[TIMES]",
         "does not send it: so many times, or ever"},
     {Operation::kDelay, "delay", false, true, "SECONDS", "sends it so much later"},
     {Operation::kAgainAfter, "again-after", false, true, "MESSAGE",
         "sends its octets once more behind a later message"},
     {Operation::kBefore, "before", false, true, "MESSAGE",
         "sends one of its kind early too: pull1 before mm5, pull3 before pull1"},
     }
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  while (!text.empty() && text.back() == ' ') {
    text.remove_suffix(1);
  }
  return text;
}

std::vector<std::string_view> messages_of_gm() {
  std::vector<std::string_view> names;
  for (const auto exchange : {Exchange::kMain, Exchange::kAggressive, Exchange::kPull}) {
    for (const auto& step : exchange::script(exchange)) {
      if (step.sender == exchange::Sender::kGm) {
        names.push_back(step.short_name);
      }
    }
  }
  return names;
}

std::string names_of_operations() {
  std::vector<std::string_view> names;
  names.reserve(kOperations.size());
  for (const auto& one : kOperations) {
    names.push_back(one.name);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::size_t order_of(std::string_view message) {
  const auto all = messages_of_gm();
  return static_cast<std::size_t>(std::ranges::find(all, message) - all.begin());
}

/// Empty: it will do, as far as can be said without the message.
std::string objection_to(const Change& change) {
  const auto number     = whole_number(change.value);
  const auto& message   = change.address.message;
  const auto& value     = change.value;
  const auto sign       = value.empty() ? '\0' : value.front();
  const bool has_number = number && (value.empty() || sign != '+');
  switch (change.operation) {
    case Operation::kRepeat:
    case Operation::kLose:
    case Operation::kMove:
      return value.empty() || (has_number && *number >= 1 && *number <= kMostRepeats)
                 ? ""
                 : fmt::format("a number from 1 to {}", kMostRepeats);
    case Operation::kReserved:
      return value.empty() || (has_number && *number >= 1) ? "" : "a number from 1";
    case Operation::kReservedFlags:
      return value.empty() || (has_number && *number >= 1 && *number <= 0xff)
                 ? ""
                 : "a number from 1 to 255";
    case Operation::kLie:
    case Operation::kCut:
      return number ? "" : "a number";
    case Operation::kFlip:
      return has_number && *number >= 0 ? "" : "the number of an octet, from 0";
    case Operation::kTrail:
      return value.starts_with(kOctets) && from_hex(value.substr(kOctets.size()))
                 ? ""
                 : "0x and pairs of hex digits";
    case Operation::kDelay:
      return seconds_of(value) ? "" : "seconds, at most an hour";
    case Operation::kAgainAfter:
      return is_message_of_gm(value) && order_of(value) > order_of(message)
                 ? ""
                 : fmt::format("a message of the GM that comes after {}", message);
    case Operation::kBefore:
      return (message == "pull1" && value == "mm5") || (message == "pull3" && value == "pull1")
                 ? ""
                 : "pull1 before mm5, or pull3 before pull1: others cannot be made early";
    case Operation::kAdd:
      return change.address.steps.empty() && value.find(' ') == std::string::npos
                 ? fmt::format("a value: add {} 0x...", value)
                 : "";
    case Operation::kReuseCookie:
      return message == "mm1" || message == "am1" ? "" : "mm1 or am1: the others follow it";
    default:
      return "";
  }
}

}  // namespace

const std::array<OperationInfo, 18>& operations() {
  return kOperations;
}

bool is_message_of_gm(std::string_view name) {
  const auto all = messages_of_gm();
  return std::ranges::find(all, name) != all.end();
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) {
    text.remove_prefix(1);
  }
  const bool hex = text.starts_with(kOctets);
  if (hex) {
    text.remove_prefix(kOctets.size());
  }
  std::uint64_t number          = 0;
  const auto* const to          = text.data() + text.size();
  const auto parsed             = std::from_chars(text.data(), to, number, hex ? 16 : 10);
  constexpr std::uint64_t kMost = 0xffff'ffff;
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != to || number > kMost) {
    return std::nullopt;
  }
  const auto value = static_cast<std::int64_t>(number);
  return negative ? -value : value;
}

std::optional<double> seconds_of(std::string_view text) {
  double seconds       = 0;
  const auto* const to = text.data() + text.size();
  const auto parsed    = std::from_chars(text.data(), to, seconds);
  const bool good =
      parsed.ec == std::errc() && parsed.ptr == to && seconds >= 0 && seconds <= kLongestDelay;
  return good ? std::optional(seconds) : std::nullopt;
}

std::string Change::text() const {
  const auto* const info = std::ranges::find(kOperations, operation, &OperationInfo::operation);
  return fmt::format("{}: {}{}{}", address.text(), info->name, value.empty() ? "" : " ", value);
}

Result<Change> make_change(std::string_view address, std::string_view operation,
                           std::string_view value) {
  auto parsed = Address::parse(trimmed(address));
  if (!parsed) {
    return parsed.error();
  }
  if (!is_message_of_gm(parsed->message)) {
    return Error{fmt::format("{}: there is no message {} of a GM; there are {}", address,
                             parsed->message, fmt::join(messages_of_gm(), ", "))};
  }
  const auto* const info = std::ranges::find(kOperations, trimmed(operation), &OperationInfo::name);
  if (info == kOperations.end()) {
    return Error{fmt::format("{}: there is no operation {}; there are {}", address, operation,
                             names_of_operations())};
  }
  Change made{std::move(parsed).value(), info->operation, std::string(trimmed(value))};
  const bool of_place = !made.address.steps.empty();
  if (of_place ? !info->of_place : !info->of_message) {
    return Error{fmt::format(
        "{}: {} wants {}", made.text(), info->name,
        of_place ? "a message alone, such as mm1" : "a place in the message, such as mm1/sa")};
  }
  if (info->value.empty() ? !made.value.empty()
                          : made.value.empty() && !info->value.starts_with('[')) {
    return Error{fmt::format("{}: {} takes {}", made.text(), info->name,
                             info->value.empty() ? "no value" : info->value)};
  }
  if (const auto wanted = objection_to(made); !wanted.empty()) {
    return Error{fmt::format("{}: {} wants {}", made.text(), info->name, wanted)};
  }
  return made;
}

Result<Change> parse_change(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) {
    return Error{
        fmt::format("{}: a change is \"ADDRESS: OPERATION [VALUE]\", such as \"pull1: "
                    "break-hash\"; operations are {}",
                    text, names_of_operations())};
  }
  const auto rest  = trimmed(text.substr(colon + 1));
  const auto space = std::min(rest.find(' '), rest.size());
  return make_change(text.substr(0, colon), rest.substr(0, space), rest.substr(space));
}

std::optional<Result<Change>> parse_set(std::string_view name_and_value) {
  const auto equals = name_and_value.find('=');
  const auto name   = name_and_value.substr(0, std::min(equals, name_and_value.size()));
  if (equals == std::string_view::npos || name.find('/') == std::string_view::npos) {
    return std::nullopt;
  }
  return make_change(name, "set", name_and_value.substr(equals + 1));
}

}  // namespace gdoi::plan
