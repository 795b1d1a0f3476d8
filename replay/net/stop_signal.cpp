#include "net/stop_signal.h"

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace gdoi::net {
namespace {

// A signal handler knows no arguments of ours.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables): hence
std::atomic<int> told{-1};
std::atomic<bool> stop_requested{false};
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

extern "C" void on_stop_signal(int /*signal*/) {
  const int error         = errno;
  const std::uint64_t one = 1;
  stop_requested          = true;
  if (write(told, &one, sizeof one) < 0) {
    // Nothing can be done in a handler; whoever polls the flag sees it all the same.
  }
  errno = error;
}

}  // namespace

StopSignal::StopSignal() : descriptor_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (descriptor_ < 0) {
    throw std::system_error(errno, std::generic_category(), "no descriptor for Ctrl-C");
  }
  stop_requested = false;
  told           = descriptor_;

  struct sigaction action {};

  action.sa_handler = on_stop_signal;
  sigaction(SIGINT, &action, &interrupt_before_);
  sigaction(SIGTERM, &action, &terminate_before_);
}

StopSignal::~StopSignal() {
  sigaction(SIGINT, &interrupt_before_, nullptr);
  sigaction(SIGTERM, &terminate_before_, nullptr);
  told = -1;
  close(descriptor_);
}

bool StopSignal::requested() const {
  return stop_requested;
}

}  // namespace gdoi::net
