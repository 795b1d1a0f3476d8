#pragma once

#include "protocol/base/bytes.h"

#include <optional>

namespace gdoi::wire {

/// The only way to read octets of a message: every read is checked, and a window handed to a
/// structure cannot be read beyond. Offsets count from the start of the buffer, not of the window.
class Cursor {
 public:
  Cursor() = default;

  explicit Cursor(ByteView buffer) : buffer_(buffer), end_(buffer.size()) {}

  /// Offset of the next octet.
  [[nodiscard]] std::size_t at() const { return at_; }

  /// Offset behind the last octet of the window.
  [[nodiscard]] std::size_t end() const { return end_; }

  [[nodiscard]] std::size_t left() const { return end_ - at_; }

  /// The next `count` octets, or nothing (and no step) where fewer are left.
  [[nodiscard]] std::optional<ByteView> take(std::size_t count) {
    if (count > left()) {
      return std::nullopt;
    }
    const auto octets = buffer_.subspan(at_, count);
    at_ += count;
    return octets;
  }

  /// Goes `count` octets further, at most to the end of the window.
  void skip(std::size_t count) { at_ += count < left() ? count : left(); }

  /// All that is left of the window.
  [[nodiscard]] ByteView rest() {
    const auto octets = buffer_.subspan(at_, left());
    at_               = end_;
    return octets;
  }

  /// The next octets without a step, at most `count` of them.
  [[nodiscard]] ByteView peek(std::size_t count) const {
    return buffer_.subspan(at_, count < left() ? count : left());
  }

  /// A window of the next `count` octets, or of what is left where that is less. The cursor itself
  /// stays; `skip_to` moves it behind the window.
  [[nodiscard]] Cursor sub(std::size_t count) const {
    Cursor window = *this;
    window.end_   = at_ + (count < left() ? count : left());
    return window;
  }

  /// Goes on at another cursor's place in the same buffer; never backwards, never beyond the end.
  void skip_to(const Cursor& other) {
    if (other.at_ > at_ && other.at_ <= end_) {
      at_ = other.at_;
    }
  }

 private:
  ByteView buffer_;
  std::size_t at_  = 0;
  std::size_t end_ = 0;
};

}  // namespace gdoi::wire
