#pragma once

#include "cli/terminal.h"

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace gdoi::cli {

/// What `gdoi-replay anonymise` was asked.
struct AnonymiseOptions {
  std::string capture;
  std::string output;
  std::vector<std::string> key_files;
  bool without_keys = false;
  std::string key_log;  ///< where the made keys go; empty: nowhere
  bool scramble  = false;
  bool only_gdoi = false;
  bool strict    = false;  ///< where something encrypted cannot be read nothing is written
  bool show_map  = false;
  std::string json;  ///< a file, or - for standard output instead of the text; empty: none
  std::optional<std::uint64_t> seed;
  bool force = false;
  bool quiet = false;  ///< only what could not be mapped
  std::vector<std::uint16_t> ports{848};
};

/// Maps addresses, identities and secrets of a capture so that it can be shared. Returns the exit
/// code: 0 it was written, 1 with --strict something encrypted stands in the way, 2 a file cannot
/// be read or is there already, 3 a fault of this machine.
[[nodiscard]] int anonymise(const AnonymiseOptions& options, std::ostream& out, std::ostream& err);

}  // namespace gdoi::cli
