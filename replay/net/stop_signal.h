#pragma once

#include <csignal>

namespace gdoi::net {

/// While it lives, Ctrl-C and SIGTERM end nothing but are told, so that results can be put in order
/// first. At most one lives at a time.
class StopSignal {
 public:
  /// Throws std::system_error where the system has no descriptor left.
  StopSignal();
  StopSignal(const StopSignal&)            = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  StopSignal(StopSignal&&)                 = delete;
  StopSignal& operator=(StopSignal&&)      = delete;
  ~StopSignal();

  [[nodiscard]] bool requested() const;

  /// Becomes readable when it is requested.
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;

  struct sigaction interrupt_before_ {};

  struct sigaction terminate_before_ {};
};

}  // namespace gdoi::net
