#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace gdoi {

/// Octets that are owned.
using Bytes = std::vector<std::uint8_t>;

/// Octets that belong to someone else; valid only as long as the owner is.
using ByteView = std::span<const std::uint8_t>;

/// The octets of a text, without a terminator.
[[nodiscard]] inline ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

[[nodiscard]] inline Bytes to_bytes(ByteView view) {
  return {view.begin(), view.end()};
}

inline void append(Bytes& out, ByteView more) {
  out.insert(out.end(), more.begin(), more.end());
}

/// Appends `value` as `width` big-endian octets (RFC 6407 section 5: all integers are big-endian).
inline void append_uint(Bytes& out, std::uint64_t value, std::size_t width) {
  for (std::size_t i = width; i-- > 0;) {
    out.push_back(i < sizeof(value) ? static_cast<std::uint8_t>(value >> (8 * i))
                                    : std::uint8_t{0});
  }
}

/// The octets as a big-endian number. Of more than 8 octets only the last 8 count.
[[nodiscard]] constexpr std::uint64_t to_uint(ByteView view) {
  // A cookie, as every message has two: one load instead of eight steps.
  if (view.size() == sizeof(std::uint64_t) && !std::is_constant_evaluated()) {
    std::uint64_t word = 0;
    std::memcpy(&word, view.data(), sizeof(word));
    return std::endian::native == std::endian::little ? __builtin_bswap64(word) : word;
  }
  std::uint64_t value = 0;
  for (const auto octet : view) {
    value = (value << 8U) | octet;
  }
  return value;
}

[[nodiscard]] inline bool equal(ByteView a, ByteView b) {
  if (a.size() != b.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace gdoi
