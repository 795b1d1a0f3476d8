#pragma once

#include "engine/types.h"

#include <chrono>

namespace gdoi::net {

/// Nanoseconds since the epoch when it was made, and from then on as a steady clock goes: fit for
/// records, and never back.
class Clock {
 public:
  [[nodiscard]] engine::Time now() const {
    return began_ + since(std::chrono::steady_clock::now() - steady_began_);
  }

 private:
  template <typename Duration>
  static engine::Time since(Duration duration) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count();
  }

  engine::Time began_ = since(std::chrono::system_clock::now().time_since_epoch());
  std::chrono::steady_clock::time_point steady_began_ = std::chrono::steady_clock::now();
};

}  // namespace gdoi::net
