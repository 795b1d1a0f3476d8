#pragma once

#include "unit/registration/play.h"

#include <algorithm>

/// Messages made octet by octet (RFC 2408 section 3).
namespace gdoi::registration::test {

inline constexpr std::size_t kHeaderSize = 28;

enum class From { kGm, kKs };

/// A message between the two of reference-gm-registration, `seconds` after the datagram `after`.
inline Datagram message(From from, const Datagram& after, std::int64_t seconds, Bytes octets) {
  auto one           = read_capture("reference-gm-registration").at(from == From::kGm ? 0 : 1);
  one.packet.time_ns = after.packet.time_ns + seconds * kSecond;
  one.octets         = std::move(octets);
  return one;
}

/// Header and payloads; the length is filled in.
inline Bytes isakmp(ByteView cookies, std::uint8_t next, std::uint8_t exchange, std::uint8_t flags,
                    std::uint32_t message_id, ByteView payloads) {
  Bytes octets = to_bytes(cookies);
  append(octets, Bytes{next, 0x10, exchange, flags});
  append_uint(octets, message_id, 4);
  append_uint(octets, kHeaderSize + payloads.size(), 4);
  append(octets, payloads);
  return octets;
}

/// The cookie pair of a message.
inline Bytes cookies_of(const Datagram& one) {
  return to_bytes(ByteView(one.octets).first(16));
}

inline Bytes notify_payload(std::uint16_t type, ByteView spi = {}) {
  Bytes octets{0, 0};
  append_uint(octets, 12 + spi.size(), 2);
  append_uint(octets, 0, 4);
  append(octets, Bytes{1, static_cast<std::uint8_t>(spi.size())});
  append_uint(octets, type, 2);
  append(octets, spi);
  return octets;
}

inline Bytes delete_payload(ByteView cookies) {
  Bytes octets{0, 0, 0, 28};
  append_uint(octets, 0, 4);
  append(octets, Bytes{1, 16, 0, 1});
  append(octets, cookies);
  return octets;
}

/// Adds a vendor ID behind the only payload of a message.
inline void add_vendor_id(Datagram& one, ByteView vendor_id) {
  one.octets.at(kHeaderSize) = 13;
  append(one.octets, Bytes{0, 0});
  append_uint(one.octets, 4 + vendor_id.size(), 2);
  append(one.octets, vendor_id);
  Bytes length;
  append_uint(length, one.octets.size(), 4);
  std::ranges::copy(length, one.octets.begin() + 24);
}

/// The same message of another phase 1.
inline Datagram with_cookie(Datagram one, std::uint64_t cookie) {
  Bytes octets;
  append_uint(octets, cookie, 8);
  std::ranges::copy(octets, one.octets.begin());
  return one;
}

}  // namespace gdoi::registration::test
