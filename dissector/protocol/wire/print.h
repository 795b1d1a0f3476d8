#pragma once

#include "protocol/wire/tree.h"

#include <string>

namespace gdoi::wire {

/// Octets in hex; of more than `most` only the first, and how many there are in all.
[[nodiscard]] std::string hex_text(ByteView octets, std::size_t most = 32);

/// "2 days 3 h", "90 s" without a larger unit is empty.
[[nodiscard]] std::string duration_text(std::uint64_t seconds);

/// "86400 s (1 day)", "90 s".
[[nodiscard]] std::string seconds_text(std::uint64_t seconds);

/// Seconds since 1970 as ISO 8601 in UTC; "none" for 0 (RFC 6407 section 5.6.3.1).
[[nodiscard]] std::string time_text(std::uint64_t seconds);

/// The value of a row as a person reads it: "Nonce (10)", "86400 s (1 day)", "10.0.0.1".
[[nodiscard]] std::string value_text(const Field& row, ByteView octets);

/// "Next payload: Nonce (10)".
[[nodiscard]] std::string field_text(const Field& row, ByteView octets);

/// The tree as indented text, one field a line, bits below their field, what is wrong marked "!".
[[nodiscard]] std::string print_tree(const Schema& schema, const Tree& tree);

}  // namespace gdoi::wire
