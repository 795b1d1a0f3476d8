#pragma once

#include "protocol/wire/field.h"

#include <cstdint>

// Names in numbers_*.h are spelled as IANA spells them. What IANA adds behind a name in
// parentheses (an abbreviation, an explanation) is left out, and "Reserved", "Unassigned" and
// "Private Use" are written alike in all registries although IANA has them in several spellings.

namespace gdoi::tables {

/// Whether a registry is sorted by value, has neither overlaps nor empty names, and holds no value
/// that does not fit into `bits` bits.
[[nodiscard]] constexpr bool is_registry(const wire::Names& names, unsigned bits) {
  if (names.registry.empty() || names.source.empty() || names.names.empty()) {
    return false;
  }
  std::uint64_t next = 0;
  for (const auto& name : names.names) {
    if (name.first < next || name.last < name.first || name.text.empty()) {
      return false;
    }
    next = std::uint64_t{name.last} + 1;
  }
  return next <= std::uint64_t{1} << bits;
}

// Bits of the fields that carry the values.
inline constexpr unsigned kOctetBits = 8;
inline constexpr unsigned kTypeBits  = 15;  ///< attribute type: RFC 2408 section 3.3
inline constexpr unsigned kBasicBits = 16;  ///< value of a basic attribute, notify type
inline constexpr unsigned kLongBits  = 32;
inline constexpr unsigned kFlagBits  = 1;

}  // namespace gdoi::tables
