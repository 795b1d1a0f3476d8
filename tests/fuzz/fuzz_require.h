#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace gdoi::fuzz {

/// Ends the run as a finding where `holds` is false. Names the line: the stack of an abort has no
/// names without a symbolizer.
inline void require(bool holds, std::source_location at = std::source_location::current()) {
  if (!holds) {
    std::fprintf(stderr, "%s:%u: what must hold does not\n", at.file_name(),
                 static_cast<unsigned>(at.line()));
    std::abort();
  }
}

}  // namespace gdoi::fuzz
