#pragma once

#include "protocol/base/result.h"

#include <cstdint>
#include <cstdio>
#include <string>

namespace gdoi::capture {

/// Why libpcap would not open the stream; looks at its first octets. `reason` is libpcap's text.
[[nodiscard]] Error header_problem(std::FILE* stream, const std::string& name,
                                   const std::string& reason);

/// Why libpcap could not read the record of `frame`; the stream stands where reading ended.
[[nodiscard]] Error record_problem(std::FILE* stream, const std::string& name, std::uint64_t frame,
                                   const std::string& reason);

[[nodiscard]] Error link_type_problem(const std::string& name, int link_type);

}  // namespace gdoi::capture
