#pragma once

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gdoi::getvpn {

/// A GETVPN software version as it stands in one 32-bit number: 1.0.4 is 0x01000004. The split of
/// the lower 24 bits into 8 and 16 is not documented (every version seen has minor 0), so the raw
/// value is always shown beside the text.
struct Version {
  std::uint32_t raw = 0;

  [[nodiscard]] std::string text() const;  ///< "1.0.4"

  /// "1.0.4": three decimal numbers up to 255, 255 and 65535, without leading zeros; no other form.
  [[nodiscard]] static std::optional<Version> parse(std::string_view text);

  auto operator<=>(const Version&) const = default;
};

/// How a version is written in a vendor ID: one number, an octet each for major, minor and mini, or
/// "1.0.17" up to the first octet that is neither digit nor dot.
enum class Encoding : std::uint8_t { kU32BigEndian, kThreeOctets, kAscii };

/// What is done to a vendor ID before a rule looks at it.
enum class Unmask : std::uint8_t { kNone, kXorSenderCookie };

/// "The vendor ID begins with `prefix`; the version stands at `offset` in `encoding`." Which vendor
/// ID carries the GETVPN version is not public, so rules are data and the user's to write.
struct VersionRule {
  std::string name;
  Bytes prefix;
  std::size_t offset = 0;
  Encoding encoding  = Encoding::kU32BigEndian;
  Unmask unmask      = Unmask::kNone;
  std::string source;      ///< where the rule comes from, shown with every match
  bool synthetic = false;  ///< this project's own vendor ID, never Cisco's
};

/// Where a version was read from.
enum class VersionSource : std::uint8_t { kRule, kCandidate };

struct VersionMatch {
  Version version;
  VersionSource from = VersionSource::kRule;
  std::string rule;    ///< rule name; for a candidate how it was read ("last four octets", ...)
  std::string source;  ///< the rule's source line; for a candidate the reason
  bool unmasked  = false;
  bool synthetic = false;
};

/// What one vendor ID payload tells.
struct VendorIdReading {
  std::string name;  ///< known name ("Dead Peer Detection (RFC 3706)", ...); empty = unknown
  std::optional<VersionMatch> version;   ///< first rule that matches
  std::vector<VersionMatch> candidates;  ///< only for unknown vendor IDs on port 848
  bool masked_cisco_ios = false;  ///< first 8 octets XOR the sender's cookie are f5c7a71d 00010000
  Bytes unmasked;  ///< first 8 octets XORed with the cookie; empty without one or if shorter than 8
};

/// 16 octets of MD5("GDOI-REPLAY SYNTHETIC GETVPN VERSION"), the prefix of this project's own
/// vendor ID; the version follows as u32 big-endian.
inline constexpr std::size_t kSyntheticPrefixSize = 16;
[[nodiscard]] ByteView synthetic_prefix();

/// The vendor ID that this project's generated captures and its reference KS and GM use.
[[nodiscard]] Bytes synthetic_vendor_id(Version version);

/// Built-in rules (one, synthetic) followed by the user's.
class VersionRules {
 public:
  VersionRules();
  void add(VersionRule rule);

  [[nodiscard]] const std::vector<VersionRule>& rules() const { return rules_; }

  /// Reads one vendor ID. `sender_cookie` is the 8-octet cookie of the message's sender, empty
  /// where it is not known.
  [[nodiscard]] VendorIdReading read(ByteView vendor_id, ByteView sender_cookie) const;

 private:
  std::vector<VersionRule> rules_;
};

/// Reads a rules file, YAML of exactly this form (all six keys in every rule):
///
///     version-rules:
///       - name: my routers         # unique, shown with every match
///         prefix: 0123456789abcdef # hex digits, what the vendor ID begins with
///         offset: 12               # octets from the vendor ID's beginning, decimal
///         encoding: u32            # u32 (big-endian), octets (three of them) or ascii ("1.0.17")
///         unmask: none             # none, or sender-cookie: before prefix and version are read,
///                                  # the first 8 octets are XORed with the sender's cookie
///         source: where this is known from
///
/// Unknown, missing and repeated keys, empty values, numbers with leading zeros and names that
/// repeat are errors, each with NAME:LINE:COLUMN (both from 1).
[[nodiscard]] Result<std::vector<VersionRule>> parse_version_rules(std::string_view text,
                                                                   std::string_view name);

}  // namespace gdoi::getvpn
