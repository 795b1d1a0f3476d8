#pragma once

#include "protocol/registration/registration.h"

#include <cstddef>
#include <string>
#include <string_view>

/// What is told of a registration in words, the same wherever it is told. Nothing in these texts
/// can move the cursor of a terminal.
namespace gdoi::registration {

/// "INVALID-ID-INFORMATION"; empty for a number without a name.
[[nodiscard]] std::string_view notify_name(std::uint16_t type);

/// "1234", "unknown".
[[nodiscard]] std::string group_text(const Registration& one);

/// Where it ended, and by what: "pull1, notify 18"; empty when registered.
[[nodiscard]] std::string step_text(const Registration& one);

/// The same in brackets behind an outcome: " (pull1, silence)".
[[nodiscard]] std::string step_in_brackets(const Registration& one);

/// The sentence that says what was seen, in which frames.
[[nodiscard]] std::string reason_text(const Registration& one);

/// The sentences that say why: evidence, cause with its grade, alternatives; empty where there is
/// nothing to explain.
[[nodiscard]] std::string diagnosis_text(const Registration& one);

/// Columns that texts of lines below each other take at least.
struct Widths {
  std::size_t gm      = 0;
  std::size_t ks      = 0;
  std::size_t group   = 0;
  std::size_t version = 0;

  /// Makes room for this one.
  void measure(const Registration& one);
};

/// One line about a registration, up to its outcome: "16:03:21.123  GM 192.0.2.1  KS 192.0.2.9
/// group 1234  version 1.0.4  ".
[[nodiscard]] std::string line_before_outcome(const Registration& one, const Widths& widths = {});

}  // namespace gdoi::registration
