#pragma once

#include "protocol/base/hex.h"
#include "protocol/keys/key_ring.h"

#include <algorithm>
#include <string_view>

/// The keys of some captures, which the seeds of the fuzz targets are cut from (captures/*.keys),
/// so that mutated messages go all the way through decryption.
namespace gdoi::fuzz {

inline Secret secret(std::string_view digits) {
  return Secret(*from_hex(digits));
}

inline keys::Cookie cookie(std::string_view digits) {
  keys::Cookie cookie{};
  std::ranges::copy(*from_hex(digits), cookie.begin());
  return cookie;
}

inline keys::KeyRing captured_keys() {
  keys::KeyRing ring;
  // reference-gm-registration
  auto& plain = ring.phase1(cookie("a91b9d5035d8fc4f"));
  plain.keys.push_back({keys::Side::kBoth, crypto::Cipher::k3DesCbc, crypto::Hash::kSha1,
                        *from_hex("a659dffb7a720843"),
                        secret("80cdab03c1105d2b48ab436dde73f5b1bbbe55449c1efe69")});
  plain.skeyid.push_back({keys::Side::kBoth, secret("0a1ce288962c79cef60cf60d5d446fd5aa233cce")});
  plain.skeyid_a.push_back({keys::Side::kBoth, secret("83547d80355b03c1a3b332d80d6d60d8d0aedc49")});
  // reference-gm-registration-kek-push
  auto& with_kek = ring.phase1(cookie("957e3b86f602b129"));
  with_kek.keys.push_back(
      {keys::Side::kGm, {}, {}, {}, secret("335a62dff6f5170e0c138fe534fae83123df56165fe37e3c")});
  with_kek.skeyid_a.push_back(
      {keys::Side::kGm, secret("331d58ddb1ce66b80e8f851465fedc4325b4cc63")});
  keys::KekSpi spi{};
  std::ranges::copy(*from_hex("61626364656667683031323334353637"), spi.begin());
  keys::Kek kek;
  kek.cipher = crypto::Cipher::k3DesCbc;
  kek.iv     = *from_hex("4956495649564956");
  kek.key    = secret("4142434445464748494a4b4c4d4e4f505152535455565758");
  ring.add_kek(spi, std::move(kek));
  return ring;
}

}  // namespace gdoi::fuzz
