#pragma once

#include "engine/credentials.h"
#include "keyserver/policy.h"
#include "plan/changes.h"
#include "protocol/getvpn/version.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What the user says about a replay, beside the capture.
namespace gdoi::plan {

/// An identity as a user writes it, and as an ID payload has it.
struct Identity {
  keyserver::GroupIdentity value;
  std::string text;
};

/// `--psk`, `--set`, `--cert` and what goes with it. Each that is set takes the place of what was
/// captured.
struct Settings {
  std::optional<Secret> psk;
  std::optional<getvpn::Version> gm_version;
  std::optional<Identity> group;          ///< ID of PULL message 1
  std::optional<Identity> id;             ///< phase-1 ID of the GM
  std::optional<std::uint32_t> lifetime;  ///< of phase 1, seconds
  std::optional<engine::Phase1Algorithms> cipher;
  std::shared_ptr<const engine::Credentials> credentials;
  std::vector<Change> changes{};
};

/// A pre-shared key: "0x" and hex digits are octets, anything else is text. Error: empty, or digits
/// that are no octets.
[[nodiscard]] Result<Secret> parse_psk(std::string_view text);

/// Takes one NAME=VALUE. Errors name the setting, never the value of a PSK, and list what there
/// is. Names: gm-version, group (number, address, 0x octets, oid:1.2.3), id (address, name,
/// user@name, 0x octets), psk, lifetime (seconds), cipher (aes128-sha256-modp2048,
/// aes128-sha256-ecp256-ecdsa-256), or the address of a field: mm1/transform[2]/key_length.
[[nodiscard]] Status set(Settings& settings, std::string_view name_and_value);

/// NAME=VALUE as it may be shown: "psk=***", anything else as it is.
[[nodiscard]] std::string without_secret(std::string_view name_and_value);

/// The same of many.
[[nodiscard]] std::vector<std::string> without_secrets(const std::vector<std::string>& all);

}  // namespace gdoi::plan
