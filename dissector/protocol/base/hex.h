#pragma once

#include "protocol/base/bytes.h"

#include <optional>
#include <string>
#include <string_view>

namespace gdoi {

/// Lower-case hex digits, two an octet, nothing between.
[[nodiscard]] std::string to_hex(ByteView octets);

/// The octets that the digits name; nothing if there is an odd number of them or another character.
[[nodiscard]] std::optional<Bytes> from_hex(std::string_view digits);

}  // namespace gdoi
