#pragma once

namespace gdoi::cli {

/// Processor time that this process has used, user and system.
[[nodiscard]] double cpu_seconds();

}  // namespace gdoi::cli
