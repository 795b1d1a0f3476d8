#pragma once

#include "cli/key_files.h"
#include "plan/capture_plan.h"

#include <cstdint>
#include <string>
#include <vector>

namespace gdoi::cli {

/// How a capture is read.
struct CaptureReading {
  std::string path;                    ///< "-": standard input
  std::vector<std::string> key_files;  ///< given by the user
  bool without_keys = false;
  std::vector<std::uint16_t> ports{848};
  bool datagrams = false;  ///< keep them as they are, too
};

/// Reads a capture with the keys that belong to it; `used` gets their files.
[[nodiscard]] Result<plan::CapturePlan> read_capture(const CaptureReading& how,
                                                     Manifests& manifests,
                                                     std::vector<report::KeyFile>& used);

}  // namespace gdoi::cli
