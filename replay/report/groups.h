#pragma once

#include "report/inspection.h"
#include "report/text.h"

#include <string>

namespace gdoi::report {

/// What `inspect --groups` prints of a capture: of each group its KSs, policy, GMs, KEKs with what
/// their PUSHes prove, and the table of `show crypto gdoi feature` for each feature asked for.
[[nodiscard]] std::string groups_text(const Style& style, const CaptureReport& report,
                                      const Contents& contents);

/// "1234", "1234 (little-endian it reads ...)", "unknown (encrypted)".
[[nodiscard]] std::string group_name(const registration::GroupView& view);

}  // namespace gdoi::report
