#pragma once

#include "cli/terminal.h"

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace gdoi::cli {

/// What `gdoi-replay diff` was asked.
struct DiffOptions {
  std::vector<std::string> captures;  ///< two: before and after
  std::vector<std::string> key_files;
  bool without_keys = false;
  std::string compare;  ///< a file of comparison rules; empty: the default ones
  std::string json;     ///< a file, or - for standard output instead of the table; empty: none
  bool force = false;
  bool quiet = false;  ///< only what differs, and the total
  std::vector<std::uint16_t> ports{848};
  ColourMode colour = ColourMode::kAuto;
};

/// Compares the registrations of two captures, of a KS before and after. Returns the exit code: 0
/// all is the same and could be read, 1 something differs, could not be read or has no partner, 2
/// a file cannot be read.
[[nodiscard]] int diff(const DiffOptions& options, std::ostream& out, std::ostream& err);

}  // namespace gdoi::cli
