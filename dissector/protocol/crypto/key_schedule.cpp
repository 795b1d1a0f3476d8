#include "protocol/crypto/key_schedule.h"

#include <algorithm>
#include <array>

namespace gdoi::crypto {
namespace {

using DesKey = std::array<std::uint8_t, 8>;

// The weak and semi-weak keys of DES (FIPS 74 section 3.6), with odd parity.
constexpr std::array<DesKey, 16> kWeakDesKeys{
    {
     {0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01},
     {0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe},
     {0x1f, 0x1f, 0x1f, 0x1f, 0x0e, 0x0e, 0x0e, 0x0e},
     {0xe0, 0xe0, 0xe0, 0xe0, 0xf1, 0xf1, 0xf1, 0xf1},
     {0x01, 0xfe, 0x01, 0xfe, 0x01, 0xfe, 0x01, 0xfe},
     {0xfe, 0x01, 0xfe, 0x01, 0xfe, 0x01, 0xfe, 0x01},
     {0x1f, 0xe0, 0x1f, 0xe0, 0x0e, 0xf1, 0x0e, 0xf1},
     {0xe0, 0x1f, 0xe0, 0x1f, 0xf1, 0x0e, 0xf1, 0x0e},
     {0x01, 0xe0, 0x01, 0xe0, 0x01, 0xf1, 0x01, 0xf1},
     {0xe0, 0x01, 0xe0, 0x01, 0xf1, 0x01, 0xf1, 0x01},
     {0x1f, 0xfe, 0x1f, 0xfe, 0x0e, 0xfe, 0x0e, 0xfe},
     {0xfe, 0x1f, 0xfe, 0x1f, 0xfe, 0x0e, 0xfe, 0x0e},
     {0x01, 0x1f, 0x01, 0x1f, 0x01, 0x0e, 0x01, 0x0e},
     {0x1f, 0x01, 0x1f, 0x01, 0x0e, 0x01, 0x0e, 0x01},
     {0xe0, 0xfe, 0xe0, 0xfe, 0xf1, 0xfe, 0xf1, 0xfe},
     {0xfe, 0xe0, 0xfe, 0xe0, 0xfe, 0xf1, 0xfe, 0xf1},
     }
};

// The last bit of each octet is parity, which DES leaves out.
bool same_des_octet(std::uint8_t a, std::uint8_t b) {
  return ((a ^ b) & 0xfe) == 0;
}

bool is_weak_des_key(ByteView key) {
  return std::any_of(kWeakDesKeys.begin(), kWeakDesKeys.end(), [&](const DesKey& weak) {
    return std::equal(weak.begin(), weak.end(), key.begin(), key.end(), same_des_octet);
  });
}

// RFC 2409 appendix B: "the first eight (8) non-weak and non-semi-weak" octets. Read as the first
// of the successive groups of eight; where none is left, the first one.
ByteView des_key(ByteView material) {
  constexpr auto kSize = std::tuple_size_v<DesKey>;
  for (std::size_t at = 0; at + kSize <= material.size(); at += kSize) {
    if (const auto key = material.subspan(at, kSize); !is_weak_des_key(key)) {
      return key;
    }
  }
  return material.first(std::min(kSize, material.size()));
}

// RFC 2409 appendix B: Ka = K1 | K2 | ..., K1 = prf(SKEYID_e, 0), Kn = prf(SKEYID_e, Kn-1).
Secret expand(const Suite& suite, Hash hash, ByteView skeyid_e, std::size_t size) {
  constexpr std::uint8_t kZero = 0;
  Bytes material;
  material.reserve(size + kMaxDigestSize);  // so that growing leaves no copy behind
  Secret block(suite.hmac(hash, skeyid_e, {ByteView(&kZero, 1)}));
  while (!block.empty() && material.size() < size) {
    append(material, block.view());
    block = Secret(suite.hmac(hash, skeyid_e, {block.view()}));
  }
  const Secret all(std::move(material));
  return Secret(all.view().first(std::min(size, all.size())));
}

Bytes leading(Bytes octets, std::size_t size) {
  octets.resize(std::min(octets.size(), size));
  return octets;
}

}  // namespace

Secret skeyid_from_psk(const Suite& suite, Hash hash, ByteView psk, ByteView ni_b, ByteView nr_b) {
  return Secret(suite.hmac(hash, psk, {ni_b, nr_b}));
}

Secret skeyid_from_signature(const Suite& suite, Hash hash, ByteView ni_b, ByteView nr_b,
                             ByteView g_xy) {
  Bytes nonces = to_bytes(ni_b);
  append(nonces, nr_b);
  return Secret(suite.hmac(hash, nonces, {g_xy}));
}

Skeyids derive_skeyids(const Suite& suite, Hash hash, ByteView skeyid, ByteView g_xy,
                       ByteView cky_i, ByteView cky_r) {
  const auto derive = [&](ByteView previous, std::uint8_t number) {
    return Secret(suite.hmac(hash, skeyid, {previous, g_xy, cky_i, cky_r, ByteView(&number, 1)}));
  };
  Skeyids keys;
  keys.skeyid   = Secret(skeyid);
  keys.skeyid_d = derive({}, 0);
  keys.skeyid_a = derive(keys.skeyid_d.view(), 1);
  keys.skeyid_e = derive(keys.skeyid_a.view(), 2);
  return keys;
}

Secret cipher_key(const Suite& suite, Hash hash, Cipher cipher, ByteView skeyid_e) {
  const auto size = key_size(cipher);
  if (skeyid_e.size() < size) {
    return expand(suite, hash, skeyid_e, size);
  }
  return Secret(cipher == Cipher::kDesCbc ? des_key(skeyid_e) : skeyid_e.first(size));
}

Bytes phase1_iv(const Suite& suite, Hash hash, Cipher cipher, ByteView g_xi, ByteView g_xr) {
  return leading(suite.digest(hash, {g_xi, g_xr}), block_size(cipher));
}

Bytes phase2_iv(const Suite& suite, Hash hash, Cipher cipher, ByteView last_block,
                ByteView message_id) {
  return leading(suite.digest(hash, {last_block, message_id}), block_size(cipher));
}

}  // namespace gdoi::crypto
