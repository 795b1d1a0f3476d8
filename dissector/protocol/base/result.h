#pragma once

#include <string>
#include <utility>
#include <variant>

namespace gdoi {

/// What went wrong, as one sentence for the user: it names the thing (file, line, packet, octet)
/// and, where there is one, the next step. Never holds a secret.
struct Error {
  std::string text;
};

/// A value or the reason why there is none. g++ 12 has no std::expected.
template <typename T, typename E = Error>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {
  }  // NOLINT(google-explicit-constructor,hicpp-explicit-conversions): returns read as values

  Result(E error)
      : state_(std::in_place_index<1>, std::move(error)) {
  }  // NOLINT(google-explicit-constructor,hicpp-explicit-conversions): returns read as errors

  [[nodiscard]] bool ok() const { return state_.index() == 0; }

  explicit operator bool() const { return ok(); }

  /// Only where ok().
  [[nodiscard]] T& value() & { return std::get<0>(state_); }

  [[nodiscard]] const T& value() const& { return std::get<0>(state_); }

  [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }

  [[nodiscard]] T* operator->() { return &value(); }

  [[nodiscard]] const T* operator->() const { return &value(); }

  [[nodiscard]] T& operator*() & { return value(); }

  [[nodiscard]] const T& operator*() const& { return value(); }

  /// Only where not ok().
  [[nodiscard]] const E& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, E> state_;
};

/// For operations that return nothing but may fail.
using Status = Result<std::monostate>;

[[nodiscard]] inline Status success() {
  return std::monostate{};
}

}  // namespace gdoi
