#pragma once

#include "protocol/wire/tree.h"

#include <cstddef>
#include <string>

namespace gdoi::plugin {

/// Octets of a value that is told within a line; the whole stands below.
inline constexpr std::size_t kShortHex = 16;

/// The line of a structure: its name, and what the first look at it should tell, as in "Payload:
/// SA TEK (16): ESP AES-CBC, SPI 0xec06a7f3, 3600 s (1 h)".
[[nodiscard]] std::string title_of(const wire::Tree& tree, wire::NodeId id);

}  // namespace gdoi::plugin
