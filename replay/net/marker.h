#pragma once

#include "protocol/base/bytes.h"

#include <cstddef>

/// The non-ESP marker and NAT keepalives (RFC 3948 sections 2.2 and 2.3).
namespace gdoi::net {

inline constexpr std::size_t kMarkerSize = 4;

[[nodiscard]] inline Bytes with_marker(ByteView message) {
  Bytes octets(kMarkerSize);
  append(octets, message);
  return octets;
}

/// The message behind a marker; as it is where there is none: no cookie begins with four zeros.
[[nodiscard]] inline ByteView without_marker(ByteView datagram) {
  return datagram.size() > kMarkerSize && to_uint(datagram.first(kMarkerSize)) == 0
             ? datagram.subspan(kMarkerSize)
             : datagram;
}

[[nodiscard]] inline bool is_keepalive(ByteView datagram) {
  constexpr std::uint8_t kKeepalive = 0xff;
  return datagram.size() == 1 && datagram.front() == kKeepalive;
}

}  // namespace gdoi::net
