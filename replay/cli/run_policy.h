#pragma once

#include "keyserver/policy.h"
#include "plan/capture_plan.h"

#include <string>
#include <string_view>

/// What the built-in KS of a run grants.
namespace gdoi::cli {

inline constexpr std::string_view kDefaultPolicy =
    "default policy: KEK 7 days, TEK 1 h, long SA lifetimes on; PSK and group as the GM has them";

/// A policy file that is read anew for each key server: secrets are not copied.
struct PolicyFile {
  std::string path;
  std::string text;
  std::string why;  ///< path, and who named it

  /// Error also where it is no policy.
  [[nodiscard]] static Result<PolicyFile> read(const std::string& path);

  [[nodiscard]] Result<keyserver::Policy> parse() const;
};

/// What the GM has is what the KS grants: its PSK (or the one that the KS had, where the key log
/// tells them apart) and its group; the captured suite beside the usual ones.
[[nodiscard]] keyserver::Policy policy_that_fits(const plan::CapturedRegistration& captured,
                                                 const plan::Settings& settings,
                                                 const plan::Plan& plan);

}  // namespace gdoi::cli
