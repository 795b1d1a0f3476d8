#include "protocol/keys/secrets_forms.h"

#include "protocol/keys/text_line.h"

#include <algorithm>
#include <array>

namespace gdoi::keys {

std::optional<crypto::Hash> hash_of_size(std::size_t octets) {
  using crypto::Hash;
  for (const auto hash : {Hash::kMd5, Hash::kSha1, Hash::kSha256, Hash::kSha384, Hash::kSha512}) {
    if (crypto::digest_size(hash) == octets) {
      return hash;
    }
  }
  return std::nullopt;
}

std::optional<crypto::Cipher> cipher_of_size(std::size_t key, std::size_t block) {
  using crypto::Cipher;
  std::optional<Cipher> found;
  for (const auto cipher : {Cipher::kDesCbc, Cipher::k3DesCbc, Cipher::kAes128Cbc,
                            Cipher::kAes192Cbc, Cipher::kAes256Cbc}) {
    if (crypto::key_size(cipher) != key || (block != 0 && crypto::block_size(cipher) != block)) {
      continue;
    }
    if (found) {
      return std::nullopt;
    }
    found = cipher;
  }
  return found;
}

Result<Cookie> cookie_of(std::string_view digits) {
  const auto octets = hex_of_sizes("cookie", digits, {8});
  if (!octets) {
    return octets.error();
  }
  Cookie cookie{};
  std::ranges::copy(*octets, cookie.begin());
  return cookie;
}

}  // namespace gdoi::keys
