#pragma once

#include "cli/private_file.h"

#include <cstdint>
#include <string>
#include <vector>

namespace gdoi::cli {

/// What an option that names an output makes.
enum class OutputKind : std::uint8_t {
  kFile,
  kFileOrPrinted,  ///< - is standard output
  kFolder          ///< what is in it stays
};

/// Where a command writes to.
struct Output {
  std::string option;
  std::string path;  ///< empty: it was not asked for
  OutputKind kind = OutputKind::kFile;
};

/// To be asked before anything is sent or read at length: that each output can be written, that no
/// two of them are one file, and none is one of the inputs, by whatever name. An output that exists
/// is an error unless `force` is true, one that is an input always.
[[nodiscard]] Result<std::monostate, Failure> check_outputs(const std::vector<Output>& outputs,
                                                            const std::vector<std::string>& inputs,
                                                            bool force);

}  // namespace gdoi::cli
