#pragma once

#include "plan/capture_plan.h"

#include <string>
#include <vector>

/// The GM's phase-1 messages of a plan, from captured ones and from what the user says.
namespace gdoi::plan {

/// Those messages, and what the report says of them.
struct Phase1Messages {
  exchange::Exchange mode = exchange::Exchange::kMain;
  std::vector<Template> messages;     ///< as in Plan
  std::vector<std::string> composed;  ///< made anew, by name
  std::vector<std::string> altered;
};

/// How the replayed phase 1 authenticates: as the user says (`--set cipher=`), else as the KS chose
/// in the capture, else as its first transform offers.
[[nodiscard]] std::uint16_t auth_method_of(const CapturedRegistration& captured,
                                           const Settings& settings);

/// Whether message 1 can be sent without `--set cipher=`.
[[nodiscard]] bool has_offer(const CapturedRegistration& captured);

/// Whether a captured message is there and has a field.
[[nodiscard]] bool has(const std::optional<Template>& message, wire::RowId field);

/// A copy of a captured message.
[[nodiscard]] Template copy_of(const Template& from);

/// Builds them. The credentials of `settings` must be there where `auth_method` is a signature.
[[nodiscard]] Result<Phase1Messages> make_phase1(const CapturedRegistration& captured,
                                                 const Settings& settings,
                                                 std::uint16_t auth_method);

}  // namespace gdoi::plan
