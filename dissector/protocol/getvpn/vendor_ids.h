#pragma once

#include "protocol/base/bytes.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace gdoi::getvpn {

/// A vendor ID (RFC 2408 section 3.16) whose meaning is public. A vendor ID is this one if it
/// begins with `prefix` and has one of the sizes: a prefix with other lengths is another vendor ID.
struct KnownVendorId {
  std::string_view name;
  std::string_view prefix;     ///< lower-case hex digits
  std::size_t size       = 0;  ///< octets of the whole vendor ID
  std::size_t other_size = 0;  ///< a second size that is in use; 0 = none
  std::string_view source;
};

[[nodiscard]] std::span<const KnownVendorId> known_vendor_ids();

/// Name of a vendor ID that stands in the table, of the masked Cisco one (needs the cookie), or of
/// this project's synthetic one; empty for any other.
[[nodiscard]] std::string_view vendor_id_name(ByteView vendor_id, ByteView sender_cookie);

/// What `gdoi-replay run` puts into a main mode message 1 that only asks whether a KS is alive, MD5
/// of "GDOI-REPLAY LIVENESS PROBE": no registration follows it.
[[nodiscard]] ByteView probe_vendor_id();

/// Octets of an ISAKMP cookie (RFC 2408 section 3.1).
inline constexpr std::size_t kCookieSize = 8;

/// What the first 8 octets of the Cisco IOS vendor ID read once they are XORed with the sender's
/// cookie; the same in all public captures where this vendor ID was found.
inline constexpr std::array<std::uint8_t, kCookieSize> kCiscoIosUnmasked{0xf5, 0xc7, 0xa7, 0x1d,
                                                                         0x00, 0x01, 0x00, 0x00};
inline constexpr std::size_t kCiscoIosSize = 16;

/// The vendor ID with its first 8 octets XORed with the cookie; applied twice it gives the vendor
/// ID again. Empty if the cookie has not 8 octets or the vendor ID has fewer.
[[nodiscard]] Bytes xor_with_cookie(ByteView vendor_id, ByteView sender_cookie);

/// Whether this is the 16-octet vendor ID of Cisco IOS, which masks its first 8 octets with the
/// cookie of the message's sender and so differs in every session.
[[nodiscard]] bool is_masked_cisco_ios(ByteView vendor_id, ByteView sender_cookie);

}  // namespace gdoi::getvpn
