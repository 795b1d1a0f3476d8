#pragma once

#include "protocol/base/bytes.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace gdoi::simulation {

/// Reads the input; at its end everything is zero.
class FuzzInput {
 public:
  explicit FuzzInput(ByteView octets) : octets_(octets) {}

  [[nodiscard]] bool empty() const { return octets_.empty(); }

  std::uint8_t octet() {
    if (octets_.empty()) {
      return 0;
    }
    const auto first = octets_.front();
    octets_          = octets_.subspan(1);
    return first;
  }

  std::size_t number() {
    const auto high = octet();
    return (std::size_t{high} << 8U) | octet();
  }

  Bytes some() {
    const auto count = std::min<std::size_t>(number(), octets_.size());
    const auto taken = to_bytes(octets_.first(count));
    octets_          = octets_.subspan(count);
    return taken;
  }

 private:
  ByteView octets_;
};

}  // namespace gdoi::simulation
