#pragma once

#include "protocol/base/bytes.h"

#include <cstdint>
#include <vector>

namespace gdoi::test {

/// A payload of an ISAKMP message (RFC 2408 section 3.2), read without the project's own decoder.
struct Payload {
  std::uint8_t type = 0;
  ByteView whole;  ///< with its generic header
  ByteView body;
  ByteView rest;  ///< what follows it in the chain, padding not included
};

/// The chain that begins with a payload of type `first`.
inline std::vector<Payload> payloads_of(std::uint8_t first, ByteView octets) {
  std::vector<Payload> chain;
  std::size_t end = 0;
  for (auto type = first; type != 0 && end + 4 <= octets.size();) {
    const auto size = static_cast<std::size_t>(to_uint(octets.subspan(end + 2, 2)));
    if (size < 4 || size > octets.size() - end) {
      break;
    }
    const auto whole = octets.subspan(end, size);
    chain.push_back({type, whole, whole.subspan(4), {}});
    type = whole[0];
    end += size;
  }
  for (auto& payload : chain) {
    const auto at = static_cast<std::size_t>(payload.whole.data() - octets.data());
    payload.rest  = octets.subspan(at + payload.whole.size(), end - at - payload.whole.size());
  }
  return chain;
}

/// The first payload of `type`; an empty one where there is none.
inline Payload payload_of(const std::vector<Payload>& chain, std::uint8_t type) {
  for (const auto& payload : chain) {
    if (payload.type == type) {
      return payload;
    }
  }
  return {};
}

}  // namespace gdoi::test
