#pragma once

#include "protocol/base/bytes.h"

#include <cstddef>
#include <cstdint>

namespace gdoi::capture {

/// Two octets in network order. The caller has checked that they are there.
[[nodiscard]] inline std::uint16_t be16(ByteView octets, std::size_t at) {
  return static_cast<std::uint16_t>((octets[at] << 8U) | octets[at + 1]);
}

/// Four octets in network order. The caller has checked that they are there.
[[nodiscard]] inline std::uint32_t be32(ByteView octets, std::size_t at) {
  return (std::uint32_t{be16(octets, at)} << 16U) | be16(octets, at + 2);
}

}  // namespace gdoi::capture
