#pragma once

#include "protocol/base/result.h"

#include <string>

/// Files that users write by hand, and what is told of those that cannot be read.
namespace gdoi {

/// Why a file cannot be opened to be read, and what to do: `code` is the errno.
[[nodiscard]] Error open_problem(const std::string& path, int code);

/// Whether it is there, no folder, and may be read: to be asked before long work.
[[nodiscard]] Status may_be_read(const std::string& path);

/// All that a small file holds (YAML, CSV, JSON; at most 16 MiB).
[[nodiscard]] Result<std::string> read_text_file(const std::string& path);

}  // namespace gdoi
