#pragma once

namespace gdoi::cli {

/// What the shell is told; the highest of several holds.
enum ExitCode : int {
  kAsExpected = 0,
  kDiffers    = 1,  ///< a verdict is not the expected one
  kBadInput   = 2,  ///< usage, unreadable or cut input, an output that exists already
  kLocalFault = 3   ///< the machine: no space, no right to capture
};

}  // namespace gdoi::cli
