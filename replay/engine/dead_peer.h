#pragma once

#include "protocol/wire/compose.h"

/// Dead peer detection (RFC 3706): both roles answer, neither asks.
namespace gdoi::engine {

inline constexpr std::uint16_t kAreYouThere    = 36'136;  // RFC 3706 section 5.3
inline constexpr std::uint16_t kAreYouThereAck = 36'137;

/// The R-U-THERE-ACK to the body of an R-U-THERE: the same DOI, SPI and sequence number.
[[nodiscard]] wire::Part answer_to(ByteView are_you_there);

}  // namespace gdoi::engine
