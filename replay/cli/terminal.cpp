#include "cli/terminal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace gdoi::cli {

namespace {

constexpr std::chrono::milliseconds kInterval{500};
constexpr std::size_t kNarrowest = 40;

const char* variable(const char* name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread
  return std::getenv(name);
}

bool wants_no_colour() {
  const auto* const no_colour = variable("NO_COLOR");
  const auto* const term      = variable("TERM");
  return (no_colour != nullptr && *no_colour != '\0') ||
         (term != nullptr && std::string_view(term) == "dumb");
}

bool ask_size(winsize& size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg,hicpp-vararg): there is no other way to ask
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
}

}  // namespace

report::Style output_style(ColourMode mode) {
  report::Style style;
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  style.colour =
      mode == ColourMode::kAlways || (mode == ColourMode::kAuto && terminal && !wants_no_colour());
  winsize size{};
  if (terminal && ask_size(size) && size.ws_col >= kNarrowest) {
    style.width = size.ws_col;
  }
  return style;
}

Progress::Progress(const std::string& name, bool wanted)
    : name_(report::harmless(name)),
      enabled_(wanted && isatty(STDERR_FILENO) == 1),
      next_(std::chrono::steady_clock::now() + kInterval) {}

Progress::~Progress() {
  if (shown_) {
    std::fputs("\r\x1b[K", stderr);
  }
}

bool Progress::is_due() const {
  return enabled_ && std::chrono::steady_clock::now() >= next_;
}

void Progress::share(std::uint64_t done, std::uint64_t all, std::string_view noun) {
  constexpr std::uint64_t kBar = 24;
  if (is_due() && all > 0) {
    const auto filled = std::min(done, all) * kBar / all;
    tell(fmt::format("[{:#<{}}{:.<{}}] {} of {}", "", filled, "", kBar - filled,
                     report::grouped(done), report::count_of(all, noun)));
  }
}

void Progress::tell(const std::string& text) {
  if (!is_due()) {
    return;
  }
  next_  = std::chrono::steady_clock::now() + kInterval;
  shown_ = true;
  fmt::print(stderr, "\r\x1b[K{}: {}", name_, text);
  std::fflush(stderr);
}

}  // namespace gdoi::cli
