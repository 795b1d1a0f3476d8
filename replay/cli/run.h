#pragma once

#include "cli/terminal.h"

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace gdoi::cli {

/// What `--expect` demands of every registration.
enum class Expect : std::uint8_t { kAsCaptured, kAccepted, kRefused };

/// What `gdoi-replay run` was asked.
struct RunOptions {
  std::vector<std::string> captures;  ///< "-" is standard input
  std::vector<std::string> key_files;
  bool without_keys = false;
  std::string psk;                            ///< text, or 0x and octets; empty: none
  std::vector<std::string> settings;          ///< --set NAME=VALUE
  std::string policy;                         ///< of the built-in KS; empty: the default policy
  std::optional<std::uint32_t> registration;  ///< only this one
  bool initial_contact = false;
  Expect expect        = Expect::kAsCaptured;
  std::optional<std::uint64_t> seed;  ///< reproducible instead of random
  bool dry_run     = false;
  double timeout   = 2;  ///< seconds to the first repetition of a message
  unsigned retries = 3;
  std::string record;   ///< pcapng; empty: none
  std::string key_log;  ///< empty: none
  bool force    = false;
  bool json     = false;
  bool show_map = false;
  bool table    = false;  ///< one for all captures, without what stands below its rows
  bool quiet    = false;  ///< only what differs, and the total
  std::vector<std::uint16_t> ports{848};
  ColourMode colour = ColourMode::kAuto;
};

/// Replays the registrations of captures against the built-in reference KS. Returns the exit code.
[[nodiscard]] int run(const RunOptions& options, std::ostream& out, std::ostream& err);

}  // namespace gdoi::cli
