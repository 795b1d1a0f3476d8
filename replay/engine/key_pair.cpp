#include "engine/key_pair.h"

#include <algorithm>
#include <array>

namespace gdoi::engine {
namespace {

// One draw of 256 octets fails for P-521 with probability 2^-255; the bound is for a broken source.
constexpr int kDraws = 64;

struct PrivateSize {
  crypto::Group group;
  unsigned bits;
};

// Twice the strength of the group at least: RFC 3526 section 8 for groups 5 and 14 to 18, the
// smallest size of RFC 3526 for the two older ones; for ECP the bits of the order.
constexpr std::array kPrivateSizes{
    PrivateSize{crypto::Group::kModp768,  180},
    PrivateSize{crypto::Group::kModp1024, 180},
    PrivateSize{crypto::Group::kModp1536, 200},
    PrivateSize{crypto::Group::kModp2048, 225},
    PrivateSize{crypto::Group::kModp3072, 275},
    PrivateSize{crypto::Group::kModp4096, 325},
    PrivateSize{crypto::Group::kModp6144, 375},
    PrivateSize{crypto::Group::kModp8192, 400},
    PrivateSize{crypto::Group::kEcp256,   256},
    PrivateSize{crypto::Group::kEcp384,   384},
    PrivateSize{crypto::Group::kEcp521,   521},
};

}  // namespace

Result<crypto::DhKeyPair> make_key_pair(crypto::Group group, Random& random) {
  const auto* const size = std::ranges::find(kPrivateSizes, group, &PrivateSize::group);
  if (size == kPrivateSizes.end()) {
    return Error{"no such Diffie-Hellman group"};
  }
  Result<crypto::DhKeyPair> pair = Error{"the random source gives no private value in range"};
  for (int draw = 0; draw < kDraws && !pair; ++draw) {
    Bytes octets((size->bits + 7) / 8);
    random.fill(octets);
    if (const auto spare = octets.size() * 8 - size->bits; spare > 0) {
      octets[0] = static_cast<std::uint8_t>(octets[0] & (0xffU >> spare));
    }
    const Secret value(std::move(octets));
    pair = crypto::DhKeyPair::from_private(group, value.view());
  }
  return pair;
}

keys::Cookie make_cookie(Random& random) {
  keys::Cookie cookie{};
  random.fill(cookie);
  if (cookie == keys::Cookie{}) {
    cookie.back() = 1;
  }
  return cookie;
}

std::uint32_t make_message_id(Random& random) {
  std::array<std::uint8_t, 4> octets{};
  random.fill(octets);
  const auto id = static_cast<std::uint32_t>(to_uint(octets));
  return id == 0 ? 1 : id;
}

}  // namespace gdoi::engine
