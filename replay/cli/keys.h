#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace gdoi::cli {

/// What `gdoi-replay keys` was asked.
struct KeysOptions {
  std::vector<std::string> files;
  std::string output;  ///< empty or "-": standard output
  bool force = false;  ///< an output that exists is replaced
};

/// Converts secrets in any form that we can read to one key log (captures/README.md). Returns the
/// exit code.
[[nodiscard]] int convert_keys(const KeysOptions& options, std::ostream& out, std::ostream& err);

}  // namespace gdoi::cli
