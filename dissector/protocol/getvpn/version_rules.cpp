#include "protocol/getvpn/vendor_ids.h"
#include "protocol/getvpn/version.h"

#include <algorithm>
#include <utility>

namespace gdoi::getvpn {

namespace {

// MD5("GDOI-REPLAY SYNTHETIC GETVPN VERSION").
constexpr std::array<std::uint8_t, kSyntheticPrefixSize> kSyntheticPrefix{
    0x15, 0x18, 0xa8, 0x44, 0x59, 0xca, 0xf7, 0xb4, 0x8e, 0x9c, 0x5e, 0x69, 0xe4, 0xca, 0xd5, 0x89};

constexpr std::size_t kU32Size         = 4;
constexpr std::size_t kThreeOctetsSize = 3;

VersionRule synthetic_rule() {
  return {.name      = "synthetic",
          .prefix    = to_bytes(synthetic_prefix()),
          .offset    = kSyntheticPrefixSize,
          .encoding  = Encoding::kU32BigEndian,
          .unmask    = Unmask::kNone,
          .source    = "vendor ID of gdoi-replay's own captures and key server, not Cisco's",
          .synthetic = true};
}

Version from_three_octets(ByteView octets) {
  return Version{static_cast<std::uint32_t>(octets[0]) << 24U |
                 static_cast<std::uint32_t>(octets[1]) << 16U | octets[2]};
}

Version from_u32(ByteView octets) {
  return Version{static_cast<std::uint32_t>(to_uint(octets))};
}

bool is_version_character(std::uint8_t octet) {
  return (octet >= '0' && octet <= '9') || octet == '.';
}

/// The text runs over digits and dots; what follows them is not looked at.
std::optional<Version> from_ascii(ByteView octets) {
  const auto end = std::ranges::find_if_not(octets, is_version_character);
  return Version::parse(std::string(octets.begin(), end));
}

/// The version that stands at the beginning of `octets`.
std::optional<Version> decode(ByteView octets, Encoding encoding) {
  switch (encoding) {
    case Encoding::kU32BigEndian:
      return octets.size() < kU32Size ? std::nullopt
                                      : std::optional(from_u32(octets.first(kU32Size)));
    case Encoding::kThreeOctets:
      return octets.size() < kThreeOctetsSize
                 ? std::nullopt
                 : std::optional(from_three_octets(octets.first(kThreeOctetsSize)));
    case Encoding::kAscii:
      return from_ascii(octets);
  }
  return std::nullopt;
}

std::optional<Version> apply(const VersionRule& rule, ByteView octets) {
  if (octets.size() < rule.prefix.size() || octets.size() < rule.offset ||
      !equal(octets.first(rule.prefix.size()), rule.prefix)) {
    return std::nullopt;
  }
  return decode(octets.subspan(rule.offset), rule.encoding);
}

std::optional<VersionMatch> match(const VersionRule& rule, ByteView raw, ByteView unmasked) {
  const bool masked = rule.unmask == Unmask::kXorSenderCookie;
  if (masked && unmasked.empty()) {
    return std::nullopt;
  }
  const auto version = apply(rule, masked ? unmasked : raw);
  if (!version) {
    return std::nullopt;
  }
  return VersionMatch{.version   = *version,
                      .from      = VersionSource::kRule,
                      .rule      = rule.name,
                      .source    = rule.source,
                      .unmasked  = masked,
                      .synthetic = rule.synthetic};
}

/// Major 1, minor 0, mini 1 to 255: what every version ever published fits.
bool is_plausible(Version version) {
  return version.raw > 0x01000000U && version.raw <= 0x010000ffU;
}

struct Tail {
  Version version;
  std::size_t size = 0;
};

std::optional<Tail> plausible_tail(ByteView octets) {
  if (octets.size() >= kU32Size) {
    if (const auto version = from_u32(octets.last(kU32Size)); is_plausible(version)) {
      return Tail{version, kU32Size};
    }
  }
  if (octets.size() >= kThreeOctetsSize) {
    if (const auto version = from_three_octets(octets.last(kThreeOctetsSize));
        is_plausible(version)) {
      return Tail{version, kThreeOctetsSize};
    }
  }
  return std::nullopt;
}

VersionMatch candidate(const Tail& tail, bool unmasked) {
  const std::string where = tail.size == kU32Size ? "last four octets" : "last three octets";
  const std::string how   = unmasked ? ", unmasked with the sender's cookie" : "";
  return {.version = tail.version,
          .from    = VersionSource::kCandidate,
          .rule    = where + how,
          .source  = "the " + where + how + " read as version " + tail.version.text() +
                    "; no rule confirms that they are one",
          .unmasked  = unmasked,
          .synthetic = false};
}

std::vector<VersionMatch> candidates_of(ByteView raw, ByteView unmasked) {
  std::vector<VersionMatch> found;
  if (const auto tail = plausible_tail(raw)) {
    found.push_back(candidate(*tail, false));
  }
  if (const auto tail = plausible_tail(unmasked)) {
    // A tail behind the first 8 octets is the same octets twice, not a second candidate.
    if (unmasked.size() - tail->size < kCookieSize) {
      found.push_back(candidate(*tail, true));
    }
  }
  return found;
}

}  // namespace

ByteView synthetic_prefix() {
  return kSyntheticPrefix;
}

Bytes synthetic_vendor_id(Version version) {
  Bytes out = to_bytes(synthetic_prefix());
  append_uint(out, version.raw, kU32Size);
  return out;
}

VersionRules::VersionRules() {
  rules_.push_back(synthetic_rule());
}

void VersionRules::add(VersionRule rule) {
  rules_.push_back(std::move(rule));
}

VendorIdReading VersionRules::read(ByteView vendor_id, ByteView sender_cookie) const {
  VendorIdReading reading;
  reading.name             = vendor_id_name(vendor_id, sender_cookie);
  reading.masked_cisco_ios = is_masked_cisco_ios(vendor_id, sender_cookie);
  reading.unmasked         = xor_with_cookie(vendor_id, sender_cookie);
  for (const auto& rule : rules_) {
    reading.version = match(rule, vendor_id, reading.unmasked);
    if (reading.version) {
      return reading;
    }
  }
  if (reading.name.empty()) {
    reading.candidates = candidates_of(vendor_id, reading.unmasked);
  }
  return reading;
}

}  // namespace gdoi::getvpn
