#pragma once

#include "report/inspection.h"

#include <iosfwd>
#include <string>
#include <vector>

namespace gdoi::report {

/// `inspect --json` ("schema": 1, inspect.schema.json), with a line feed at the end. The same input
/// gives the same text.
[[nodiscard]] std::string inspection_json(const std::vector<CaptureReport>& reports,
                                          const Contents& contents);

/// The same, written as it is made.
void write_inspection_json(std::ostream& out, const std::vector<CaptureReport>& reports,
                           const Contents& contents);

}  // namespace gdoi::report
