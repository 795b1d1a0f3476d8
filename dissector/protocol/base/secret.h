#pragma once

#include "protocol/base/bytes.h"

#include <cstddef>
#include <utility>

namespace gdoi {

/// Overwrites the octets in a way that the compiler may not leave out.
void wipe(std::span<std::uint8_t> octets);

/// Compares in a time that depends only on the lengths.
[[nodiscard]] bool equal_constant_time(ByteView a, ByteView b);

/// Key material: wiped when it goes, has no way to be printed, is copied only by `clone()`.
class Secret {
 public:
  Secret() = default;

  explicit Secret(Bytes octets) : octets_(std::move(octets)) {}

  explicit Secret(ByteView octets) : octets_(octets.begin(), octets.end()) {}

  Secret(const Secret&)            = delete;
  Secret& operator=(const Secret&) = delete;

  Secret(Secret&& other) noexcept : octets_(std::exchange(other.octets_, {})) {}

  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe(octets_);
      octets_ = std::exchange(other.octets_, {});
    }
    return *this;
  }

  ~Secret() { wipe(octets_); }

  [[nodiscard]] Secret clone() const { return Secret(ByteView(octets_)); }

  /// The octets, to compute with; not to be stored, logged or shown.
  [[nodiscard]] ByteView view() const { return octets_; }

  [[nodiscard]] std::size_t size() const { return octets_.size(); }

  [[nodiscard]] bool empty() const { return octets_.empty(); }

 private:
  Bytes octets_;
};

}  // namespace gdoi
