#include "protocol/getvpn/vendor_ids.h"

#include "protocol/getvpn/version.h"

#include <algorithm>

namespace gdoi::getvpn {

namespace {

constexpr std::string_view kObserved = "observed: public vendor-ID lists and device output";

// 3e984048..., which several public lists call "Cisco IOS device", is missing on purpose: it is one
// router's vendor ID masked with one session's cookie.
constexpr std::array kKnown{
    KnownVendorId{"Cisco Unity",                                                     "12f5f28c457168a9702d9fe274cc",           16, 0,  kObserved                },
    KnownVendorId{"Dead Peer Detection (RFC 3706)",                                  "afcad71368a1f1c96b8696fc77570100",       16, 0,
                  kObserved                                                                                                                                     },
    KnownVendorId{"XAUTH",                                                           "09002689dfd6b712",                       8,  0,  kObserved                },
    KnownVendorId{"IKE fragmentation",                                               "4048b7d56ebce88525e7de7f00d6c2d3",       16, 20,
                  "MD5(\"FRAGMENTATION\"), with or without 4 more octets"                                                                                       },
    KnownVendorId{"NAT traversal (RFC 3947)",                                        "4a131c81070358455c5728f20e95452f",       16, 0,
                  "MD5(\"RFC 3947\"), RFC 3947 section 3.1"                                                                                                     },
    KnownVendorId{"NAT traversal (draft-ietf-ipsec-nat-t-ike-00)",
                  "4485152d18b6bbcd0be8a8469579ddcc",                                                                          16, 0,  "MD5 of the draft's name"},
    KnownVendorId{"NAT traversal (draft-ietf-ipsec-nat-t-ike-02)",
                  "cd60464335df21f87cfdb2fc68b6a448",                                                                          16, 0,  "MD5 of the draft's name"},
    KnownVendorId{"NAT traversal (draft-ietf-ipsec-nat-t-ike-02, with a line feed)",
                  "90cb80913ebb696e086381b5ec427b1f",                                                                          16, 0,
                  "MD5 of the draft's name and a line feed"                                                                                                     },
    KnownVendorId{"NAT traversal (draft-ietf-ipsec-nat-t-ike-03)",
                  "7d9419a65310ca6f2c179d9215529d56",                                                                          16, 0,  "MD5 of the draft's name"},
    KnownVendorId{"CISCO-DELETE-REASON",                                             "434953434f2d44454c4554452d524541534f4e", 19, 0,
                  "the octets are this text"                                                                                                                    },
    KnownVendorId{"FLEXVPN-SUPPORTED",                                               "464c455856504e2d535550504f52544544",     17, 0,
                  "the octets are this text"                                                                                                                    },
    KnownVendorId{"CISCOVPN-REV-02",                                                 "434953434f56504e2d5245562d3032",         15, 0,
                  "the octets are this text"                                                                                                                    },
    KnownVendorId{"HUAWEI-IKEv1DSCP",                                                "4855415745492d494b45763144534350",       16, 0,
                  "the octets are this text"                                                                                                                    },
};

constexpr std::array<std::uint8_t, 16> kProbe{0x5a, 0x4e, 0x18, 0x8b, 0x5e, 0x13, 0x7b, 0x46,
                                              0x73, 0x71, 0x97, 0x46, 0xb7, 0x76, 0xc1, 0x28};

constexpr std::uint8_t nibble(char digit) {
  return static_cast<std::uint8_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

constexpr bool begins_with(ByteView octets, std::string_view hex) {
  if (octets.size() < hex.size() / 2) {
    return false;
  }
  for (std::size_t i = 0; i < hex.size() / 2; ++i) {
    if (octets[i] != (nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]))) {
      return false;
    }
  }
  return true;
}

bool is(const KnownVendorId& known, ByteView vendor_id) {
  const auto size = vendor_id.size();
  return (size == known.size || (known.other_size != 0 && size == known.other_size)) &&
         begins_with(vendor_id, known.prefix);
}

}  // namespace

std::span<const KnownVendorId> known_vendor_ids() {
  return kKnown;
}

std::string_view vendor_id_name(ByteView vendor_id, ByteView sender_cookie) {
  const auto* const known =
      std::ranges::find_if(kKnown, [&](const auto& entry) { return is(entry, vendor_id); });
  if (known != kKnown.end()) {
    return known->name;
  }
  if (vendor_id.size() >= kSyntheticPrefixSize &&
      equal(vendor_id.first(kSyntheticPrefixSize), synthetic_prefix())) {
    return "gdoi-replay GETVPN version (synthetic)";
  }
  if (equal(vendor_id, probe_vendor_id())) {
    return "gdoi-replay probe: is the key server alive? No registration follows";
  }
  if (is_masked_cisco_ios(vendor_id, sender_cookie)) {
    return "Cisco IOS vendor ID (masked with the cookie)";
  }
  return {};
}

ByteView probe_vendor_id() {
  return kProbe;
}

Bytes xor_with_cookie(ByteView vendor_id, ByteView sender_cookie) {
  if (sender_cookie.size() != kCookieSize || vendor_id.size() < kCookieSize) {
    return {};
  }
  Bytes out = to_bytes(vendor_id);
  for (std::size_t i = 0; i < kCookieSize; ++i) {
    out[i] ^= sender_cookie[i];
  }
  return out;
}

bool is_masked_cisco_ios(ByteView vendor_id, ByteView sender_cookie) {
  if (vendor_id.size() != kCiscoIosSize || sender_cookie.size() != kCookieSize) {
    return false;
  }
  for (std::size_t i = 0; i < kCookieSize; ++i) {
    if ((vendor_id[i] ^ sender_cookie[i]) != kCiscoIosUnmasked[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace gdoi::getvpn
