#pragma once

#include "protocol/registration/ledger.h"
#include "protocol/registration/registration.h"
#include "protocol/registration/tracker.h"
#include "report/manifest.h"

#include <string>
#include <vector>

namespace gdoi::report {

/// How what was found differs from what a manifest expects.
struct Comparison {
  /// For each registration found, in order: "outcome: expected refused, got incomplete".
  std::vector<std::vector<std::string>> registrations;
  std::vector<std::string> missing;  ///< registrations expected and not found
  std::vector<std::string> counts;

  [[nodiscard]] bool as_expected() const;
};

/// A registration in the words of a manifest.
[[nodiscard]] Facts facts_of(const registration::Registration& found);
[[nodiscard]] Facts facts_of(const registration::Counts& found);

/// Compares with the column of the manifest that fits. Registrations are matched by initiator
/// cookie and message ID. Without keys only the numbers of messages by kind count: no hash can be
/// verified.
[[nodiscard]] Comparison compare(const ManifestCapture& expected, bool with_keys,
                                 const registration::Ledger& registrations,
                                 const registration::Counts& counts);

}  // namespace gdoi::report
