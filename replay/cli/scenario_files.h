#pragma once

#include "protocol/base/result.h"

#include <string>
#include <vector>

namespace gdoi::cli {

/// Whether `run` was given scenarios: YAML files, or folders of them.
[[nodiscard]] bool are_scenarios(const std::vector<std::string>& paths);

/// The file that is named, or those of the folder in order of their names. A folder without any is
/// an error, as is one that cannot be read.
[[nodiscard]] Result<std::vector<std::string>> scenario_files(const std::string& path);

}  // namespace gdoi::cli
