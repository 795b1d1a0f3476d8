#include "protocol/wire/print.h"

#include "protocol/base/hex.h"

#include <fmt/format.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <bit>

namespace gdoi::wire {
namespace {

constexpr std::size_t kIndent = 2;

struct Unit {
  std::uint64_t seconds;
  std::string_view one;
  std::string_view many;
};

constexpr std::array kUnits = {
    Unit{86'400, "day", "days"},
    Unit{3'600,  "h",   "h"   },
    Unit{60,     "min", "min" },
    Unit{1,      "s",   "s"   },
};

std::string address_text(int family, ByteView octets) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const auto* done = inet_ntop(family, octets.data(), text.data(), text.size());
  return done == nullptr ? hex_text(octets) : std::string(done);
}

std::string readable(ByteView octets) {
  std::string text;
  for (const auto octet : octets) {
    if (octet >= 0x20 && octet < 0x7f && octet != '\\') {
      text.push_back(static_cast<char>(octet));
    } else {
      text += fmt::format("\\x{:02x}", octet);
    }
  }
  return text;
}

std::string number_text(const Field& row, std::uint64_t value, std::size_t width) {
  if (const auto name = name_of(row.names, value); !name.empty()) {
    return row.show == Show::kHex ? fmt::format("{} (0x{:0{}x})", name, value, 2 * width)
                                  : fmt::format("{} ({})", name, value);
  }
  switch (row.show) {
    case Show::kHex:
      return fmt::format("0x{:0{}x}", value, 2 * width);
    case Show::kDecHex:
      return fmt::format("{} (0x{:0{}x})", value, value, 2 * width);
    case Show::kSeconds:
      return seconds_text(value);
    case Show::kBits:
      return fmt::format("{} bits", value);
    case Show::kTime:
      return time_text(value);
    default:
      return row.names != nullptr ? fmt::format("Unknown ({})", value) : fmt::format("{}", value);
  }
}

std::string bits_text(const Field& row, std::uint64_t number) {
  const auto value = (number & row.mask) >> static_cast<unsigned>(std::countr_zero(row.mask));
  return fmt::format("{}: {}", row.label, number_text(row, value, row.width));
}

// The bits of a leaf are the rows behind it.
std::string bit_lines(const Schema& schema, RowId row, std::uint64_t number, std::size_t depth) {
  std::string text;
  for (std::size_t i = std::size_t{row} + 1; i < schema.rows.size(); ++i) {
    if (schema.rows[i].kind != Kind::kBit) {
      break;
    }
    text += fmt::format("{:{}}{}\n", "", kIndent * depth, bits_text(schema.rows[i], number));
  }
  return text;
}

}  // namespace

std::string hex_text(ByteView octets, std::size_t most) {
  if (octets.size() <= most) {
    return to_hex(octets);
  }
  return fmt::format("{}... ({} octets)", to_hex(octets.first(most)), octets.size());
}

std::string duration_text(std::uint64_t seconds) {
  if (seconds < kUnits[2].seconds) {
    return {};
  }
  std::string text;
  for (const auto& unit : kUnits) {
    const auto count = seconds / unit.seconds;
    seconds %= unit.seconds;
    if (count > 0) {
      text +=
          fmt::format("{}{} {}", text.empty() ? "" : " ", count, count == 1 ? unit.one : unit.many);
    }
  }
  return text;
}

std::string seconds_text(std::uint64_t seconds) {
  const auto text = duration_text(seconds);
  return text.empty() ? fmt::format("{} s", seconds) : fmt::format("{} s ({})", seconds, text);
}

// The calendar by arithmetic on days (proleptic Gregorian): no clock and no time zone is read.
std::string time_text(std::uint64_t seconds) {
  if (seconds == 0) {
    return "none";
  }
  constexpr std::uint64_t kDay            = 86'400;
  constexpr std::uint64_t kDaysTo1970     = 719'468;  // from 1 March of year 0
  constexpr std::uint64_t kDaysPerEra     = 146'097;  // 400 years
  constexpr std::uint64_t kDaysPerYear    = 365;
  constexpr std::uint64_t kDaysPer4Years  = 1'460;
  constexpr std::uint64_t kDaysPerCentury = 36'524;
  const auto days                         = seconds / kDay + kDaysTo1970;
  const auto era                          = days / kDaysPerEra;
  const auto day_of_era                   = days % kDaysPerEra;
  const auto year_of_era                  = (day_of_era - day_of_era / kDaysPer4Years +
                            day_of_era / kDaysPerCentury - day_of_era / (kDaysPerEra - 1)) /
                           kDaysPerYear;
  const auto day_of_year =
      day_of_era - (kDaysPerYear * year_of_era + year_of_era / 4 - year_of_era / 100);
  const auto march_month = (5 * day_of_year + 2) / 153;
  const auto day         = day_of_year - (153 * march_month + 2) / 5 + 1;
  const auto month       = march_month < 10 ? march_month + 3 : march_month - 9;
  const auto year        = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  const auto rest        = seconds % kDay;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", year, month, day, rest / 3'600,
                     rest / 60 % 60, rest % 60);
}

namespace {

std::string secret_text(std::size_t octets) {
  return fmt::format("{} octets, not shown", octets);
}

}  // namespace

std::string value_text(const Field& row, ByteView octets) {
  if (row.show == Show::kSecret) {
    return secret_text(octets.size());
  }
  if (row.kind == Kind::kIpv4 && octets.size() == 4) {
    return address_text(AF_INET, octets);
  }
  if (row.kind == Kind::kIpv6 && octets.size() == 16) {
    return address_text(AF_INET6, octets);
  }
  if (is_number(row.kind) && !octets.empty() && octets.size() <= sizeof(std::uint64_t)) {
    return number_text(row, to_uint(octets), octets.size());
  }
  if (row.kind == Kind::kText || row.show == Show::kText) {
    return readable(octets);
  }
  return hex_text(octets);
}

std::string field_text(const Field& row, ByteView octets) {
  const auto label = row.label.empty() ? row.filter : row.label;
  return fmt::format("{}: {}", label, value_text(row, octets));
}

std::string print_tree(const Schema& schema, const Tree& tree) {
  std::string text;
  const auto nodes = tree.nodes();
  for (NodeId id = 0; id < nodes.size(); ++id) {
    const auto& node = nodes[id];
    const auto& row  = schema.rows[node.row];
    text += fmt::format("{:{}}", "", kIndent * node.depth);
    if (row.kind == Kind::kGroup) {
      const auto name = name_of(row.names, node.tag);
      text += fmt::format("{}{}{}\n", row.label, name.empty() ? "" : ": ", name);
    } else {
      // What could not be read of a decrypted message may be a piece of a key.
      const bool unread = node.row == schema.trailing || node.row == schema.truncated;
      text += node.buffer > 0 && unread ? fmt::format("{}: {}", row.label, secret_text(node.length))
                                        : field_text(row, tree.octets(node));
      text += "\n";
      text += bit_lines(schema, node.row, tree.number(id), node.depth + std::size_t{1});
    }
    for (const auto& found : tree.diagnostics()) {
      if (found.node == id) {
        text += fmt::format("{:{}}! {}\n", "", kIndent * (node.depth + std::size_t{1}),
                            info_of(found.code).text);
      }
    }
  }
  return text;
}

}  // namespace gdoi::wire
