#pragma once

#include "report/text.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace gdoi::cli {

/// When to use colours.
enum class ColourMode : std::uint8_t { kAuto, kAlways, kNever };

/// Colours and width of standard output. kAuto means colours on a terminal that is not dumb, unless
/// NO_COLOR is set; a file or pipe is 100 columns wide.
[[nodiscard]] report::Style output_style(ColourMode mode);

/// Says on standard error how far long work has come; silent where that is no terminal.
class Progress {
 public:
  /// `wanted`: otherwise silent on a terminal too.
  explicit Progress(const std::string& name, bool wanted = true);
  Progress(const Progress&)            = delete;
  Progress& operator=(const Progress&) = delete;
  Progress(Progress&&)                 = delete;
  Progress& operator=(Progress&&)      = delete;
  ~Progress();

  /// Call for each datagram: looks at the clock only now and then.
  void step(std::uint64_t datagrams) {
    if (enabled_ && (datagrams & kMask) == 0) {
      tell(report::count_of(datagrams, "datagram"));
    }
  }

  /// Shows a bar and "5 of 12 registrations"; looks at the clock each time.
  void share(std::uint64_t done, std::uint64_t all, std::string_view noun);

 private:
  /// Shows a text, unless the last one was shown a moment ago.
  void tell(const std::string& text);
  [[nodiscard]] bool is_due() const;

  static constexpr std::uint64_t kMask = 0x3fff;

  std::string name_;
  bool enabled_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace gdoi::cli
