#pragma once

#include "plan/capture_plan.h"

#include <string>
#include <string_view>
#include <vector>

/// A GM that nobody captured, described in YAML (example-gm.yaml).
namespace gdoi::plan {

inline constexpr std::size_t kMaxVendorIds    = 64;
inline constexpr std::size_t kMaxVendorIdSize = 1'024;

struct SyntheticGm {
  CapturedRegistration registration;  ///< nothing of it was captured; its addresses, its mode
  Settings settings;                  ///< what the file says; credentials still to be read
  engine::CredentialFiles credentials;
  bool has_address = false;
  std::vector<Bytes> vendor_ids;  ///< in the first message, behind the SA
};

/// Reads the text of such a file. Errors are NAME:LINE:COLUMN. Files that it names are relative to
/// the folder of `name`.
[[nodiscard]] Result<SyntheticGm> parse_gm(std::string_view text, std::string_view name);

/// The plan of that GM with settings that may say more; `settings` of `gm` are not looked at.
[[nodiscard]] Result<Plan> make_plan(const SyntheticGm& gm, Settings& settings);

}  // namespace gdoi::plan
