#pragma once

#include "protocol/getvpn/version.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace gdoi::getvpn {

/// How sure a published fact is.
enum class Grade : std::uint8_t { kDocumented, kObserved, kComputed, kInferred };

enum class Role : std::uint8_t { kGm, kKs, kBoth };

/// Three values: a feature without a documented minimum is unknown, not supported.
enum class Support : std::uint8_t { kSupported, kUnsupported, kUnknown };

/// A GETVPN feature as `show crypto gdoi feature NAME` calls it.
struct Feature {
  std::string_view name;           ///< CLI name: long-sa-lifetime
  std::string_view yang_name;      ///< where Cisco's YANG model has another; else empty
  std::string_view syslog_name;    ///< as in %GDOI-4-REJECT_GM_VERSION_REGISTER; else empty
  std::string_view summary;        ///< one line of plain words
  std::optional<Version> minimum;  ///< documented minimum version; none where none is documented
  std::string_view minimum_source;
  bool blocks_registration = false;  ///< documented to do so
  std::string_view remark;           ///< contradictions between sources
};

/// A version that some public source names.
struct KnownVersion {
  Version version;
  Role role   = Role::kBoth;
  Grade grade = Grade::kDocumented;
  std::string_view known_from;
  std::string_view remark;
};

[[nodiscard]] std::span<const Feature> features();
[[nodiscard]] std::span<const KnownVersion> known_versions();

/// By CLI, YANG or syslog name ("long-sa-lifetime", "long-sa", "Long-SA"), in any case, with '-'
/// for a blank; null if there is none.
[[nodiscard]] const Feature* feature_named(std::string_view name);

/// Whether a GM that announced `version` supports the feature. Unknown without a version, without a
/// minimum, and where major or minor are not the minimum's: a minimum says nothing across those.
/// `minimum_override` replaces the documented minimum (the public sources disagree about 1.0.4 and
/// long-sa-lifetime).
[[nodiscard]] Support support_of(const Feature& feature, std::optional<Version> version,
                                 std::optional<Version> minimum_override = std::nullopt);

/// A lifetime over this many seconds makes a group use long-sa-lifetime.
inline constexpr std::uint64_t kLongSaThresholdSeconds = 86'400;

[[nodiscard]] constexpr bool is_long_lifetime(std::uint64_t seconds) {
  return seconds > kLongSaThresholdSeconds;
}

}  // namespace gdoi::getvpn
