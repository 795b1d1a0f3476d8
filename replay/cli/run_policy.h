#pragma once

#include "keyserver/policy.h"
#include "plan/capture_plan.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>

/// What the built-in KS of a run grants.
namespace gdoi::cli {

inline constexpr std::string_view kDefaultPolicy =
    "default policy: KEK 7 days, TEK 1 h, long SA lifetimes on; PSK or certificate, and group, as "
    "the "
    "GM has them";

/// A policy file that is read anew for each key server: secrets are not copied.
struct PolicyFile {
  std::string path;
  std::string text;
  std::string why;  ///< path, and who named it

  /// Error also where it is no policy. Each ${NAME} in it becomes the value of that name; without
  /// values it is left as it is.
  [[nodiscard]] static Result<PolicyFile> read(
      const std::string& path, const std::map<std::string, std::string>& values = {});

  /// With the certificate and keys that it names. Error where one of them cannot be used.
  [[nodiscard]] Result<keyserver::Policy> parse(engine::Calendar calendar = {}) const;
};

/// What --cert and the options beside it name; nullptr where none is given. Error where a file
/// cannot be used or one is missing.
[[nodiscard]] Result<std::shared_ptr<engine::Credentials>> read_credentials(
    const engine::CredentialFiles& files);

/// A GM whose pre-shared key nobody told gets the one that the policy holds for its address;
/// whether there is one.
bool take_psk(const PolicyFile& file, plan::CapturedRegistration& captured);

/// What the GM has is what the KS grants: its PSK (or the one that the KS had, where the key log
/// tells them apart) or its certificate, and its group; the captured suite and mode beside the
/// usual ones.
[[nodiscard]] keyserver::Policy policy_that_fits(const plan::CapturedRegistration& captured,
                                                 const plan::Settings& settings,
                                                 const plan::Plan& plan);

}  // namespace gdoi::cli
