#pragma once

#include "cli/exit_code.h"
#include "protocol/base/result.h"

#include <string>

namespace gdoi::cli {

/// Why a file could not be written, and the exit code for it.
struct Failure {
  ExitCode code;
  std::string text;
};

/// Writes a file that only its owner may read: secrets. One that exists is an error, or with
/// `force` stays until the new one is whole.
[[nodiscard]] Result<std::monostate, Failure> write_private_file(const std::string& path,
                                                                 const std::string& text,
                                                                 bool force);

}  // namespace gdoi::cli
