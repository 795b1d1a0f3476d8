#pragma once

#include "cli/terminal.h"

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace gdoi::cli {

/// What `gdoi-replay inspect` was asked.
struct InspectOptions {
  /// Captures, "-" for standard input, or *.json: all captures that this manifest names.
  std::vector<std::string> captures;
  std::string interface;  ///< instead of captures; empty: none
  std::vector<std::string> key_files;
  bool without_keys = false;
  bool json         = false;
  bool messages     = false;
  bool whole        = false;  ///< each message as a tree
  bool vendor_ids   = false;
  bool groups       = false;
  std::vector<std::string> features;  ///< of the groups' tables; none: those that keep a GM out
  std::uint32_t pick = 0;      ///< number of the vendor ID that a rule is wanted for; 0: none
  bool check         = false;  ///< compare with the manifest
  bool quiet         = false;
  std::vector<std::string> rule_files;
  std::vector<std::uint16_t> ports{848};
  ColourMode colour = ColourMode::kAuto;
};

/// Tells the story of captures or of an interface. Returns the exit code.
[[nodiscard]] int inspect(const InspectOptions& options, std::ostream& out, std::ostream& err);

}  // namespace gdoi::cli
