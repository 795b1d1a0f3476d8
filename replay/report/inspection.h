#pragma once

#include "capture/reader.h"
#include "protocol/registration/ledger.h"
#include "protocol/registration/tracker.h"
#include "report/compare.h"
#include "report/message.h"
#include "report/vendor_ids.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gdoi::report {

/// A key file that was used, and why that one.
struct KeyFile {
  std::string path;
  std::string how;  ///< "--keys", "named by captures/manifest.json", "beside the capture"
};

/// What was found in one capture.
struct CaptureReport {
  std::string name;  ///< as the user wrote it
  std::vector<KeyFile> key_files;
  std::vector<std::string> notes;  ///< sentences worth knowing: skipped lines of key files, ...
  capture::ReaderCounts read;
  registration::Counts counts;
  registration::Ledger registrations;
  /// How many of them there are of each outcome, by its number; stays where they are let go.
  std::array<std::uint64_t, 4> outcomes{};
  std::int64_t first_ns = 0;  ///< of the first and the last datagram; 0 where there is none
  std::int64_t last_ns  = 0;
  std::vector<registration::GroupView> groups;  ///< only where they were asked for
  std::vector<MessageReport> messages;          ///< only where they were asked for as JSON
  VendorIds vendor_ids;                         ///< only where they were asked for
  std::optional<Comparison> comparison;
  std::string problem;  ///< why the file was not read, or not to its end; else empty
};

/// Counts the outcomes of the registrations.
void count_outcomes(CaptureReport& report);

/// What the user asked to see, beyond the registrations.
struct Contents {
  bool messages   = false;
  bool vendor_ids = false;
  bool quiet      = false;
  bool groups     = false;
  std::vector<const getvpn::Feature*> features{};  ///< tables for these, with the groups
  std::vector<std::uint16_t> ports;
};

}  // namespace gdoi::report
