#pragma once

#include "report/inspection.h"
#include "report/text.h"

#include <iosfwd>
#include <string>
#include <vector>

namespace gdoi::report {

/// What was found in one capture, for people: one row for each registration with its reason,
/// differences from the manifest, counts, vendor IDs where asked for. Empty where there is nothing
/// to say: a quiet look at what is as expected.
[[nodiscard]] std::string capture_text(const Style& style, const CaptureReport& report,
                                       const Contents& contents);

/// The same, written as it is made: a large capture's text is not held in memory.
void write_capture(std::ostream& out, const Style& style, const CaptureReport& report,
                   const Contents& contents);

/// What stands above it: name, key files, notes.
[[nodiscard]] std::string heading_text(const Style& style, const CaptureReport& report);

/// One line about one registration, for captures that still run.
[[nodiscard]] std::string registration_line(const Style& style,
                                            const registration::Registration& one);

/// The last lines: how many registrations in how many captures, by outcome; where a manifest was
/// given, whether all is as expected.
[[nodiscard]] std::string summary_text(const Style& style,
                                       const std::vector<CaptureReport>& reports);

}  // namespace gdoi::report
