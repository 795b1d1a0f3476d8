#include "protocol/crypto/algorithms.h"

#include <algorithm>
#include <array>

namespace gdoi::crypto {
namespace {

struct HashRow {
  Hash hash;
  std::string_view name;
  std::size_t digest_size;
  std::uint64_t phase1;  // RFC 2409 appendix A and IANA "Hash Algorithm"
  std::uint64_t sig;     // RFC 6407 section 5.3.5, SIG_HASH_ALGORITHM
};

constexpr std::array kHashes{
    HashRow{Hash::kMd5,    "md5",    16, 1, 1},
    HashRow{Hash::kSha1,   "sha1",   20, 2, 2},
    HashRow{Hash::kSha256, "sha256", 32, 4, 3},
    HashRow{Hash::kSha384, "sha384", 48, 5, 4},
    HashRow{Hash::kSha512, "sha512", 64, 6, 5},
};

struct CipherRow {
  Cipher cipher;
  std::string_view name;
  std::size_t block_size;
  std::size_t key_size;
  std::uint64_t phase1;    // RFC 2409 appendix A and IANA "Encryption Algorithm"
  std::uint64_t kek;       // RFC 6407 section 5.3.2, KEK_ALGORITHM
  std::uint64_t key_bits;  // 0 where the key length is no parameter
};

constexpr std::array kCiphers{
    CipherRow{Cipher::kDesCbc,    "des-cbc",    8,  8,  1, 1, 0  },
    CipherRow{Cipher::k3DesCbc,   "3des-cbc",   8,  24, 5, 2, 0  },
    CipherRow{Cipher::kAes128Cbc, "aes128-cbc", 16, 16, 7, 3, 128},
    CipherRow{Cipher::kAes192Cbc, "aes192-cbc", 16, 24, 7, 3, 192},
    CipherRow{Cipher::kAes256Cbc, "aes256-cbc", 16, 32, 7, 3, 256},
};

struct GroupRow {
  Group group;
  std::string_view name;
  std::size_t public_value_size;
};

constexpr std::array kGroups{
    GroupRow{Group::kModp768,  "modp768",  96  },
    GroupRow{Group::kModp1024, "modp1024", 128 },
    GroupRow{Group::kModp1536, "modp1536", 192 },
    GroupRow{Group::kModp2048, "modp2048", 256 },
    GroupRow{Group::kModp3072, "modp3072", 384 },
    GroupRow{Group::kModp4096, "modp4096", 512 },
    GroupRow{Group::kModp6144, "modp6144", 768 },
    GroupRow{Group::kModp8192, "modp8192", 1024},
    GroupRow{Group::kEcp256,   "ecp256",   64  },
    GroupRow{Group::kEcp384,   "ecp384",   96  },
    GroupRow{Group::kEcp521,   "ecp521",   132 },
};

struct AuthRow {
  std::uint16_t method;
  std::string_view name;
};

constexpr std::array kAuths{
    AuthRow{kAuthPsk,      "psk"      },
    AuthRow{kAuthRsa,      "rsa-sig"  },
    AuthRow{kAuthEcdsa256, "ecdsa-256"},
    AuthRow{kAuthEcdsa384, "ecdsa-384"},
    AuthRow{kAuthEcdsa521, "ecdsa-521"},
};

const HashRow& row_of(Hash hash) {
  return *std::find_if(kHashes.begin(), kHashes.end() - 1,
                       [=](const HashRow& row) { return row.hash == hash; });
}

const CipherRow& row_of(Cipher cipher) {
  return *std::find_if(kCiphers.begin(), kCiphers.end() - 1,
                       [=](const CipherRow& row) { return row.cipher == cipher; });
}

const GroupRow& row_of(Group group) {
  return *std::find_if(kGroups.begin(), kGroups.end() - 1,
                       [=](const GroupRow& row) { return row.group == group; });
}

template <typename Predicate>
std::optional<Hash> hash_where(Predicate predicate) {
  const auto* row = std::find_if(kHashes.begin(), kHashes.end(), predicate);
  return row == kHashes.end() ? std::nullopt : std::optional(row->hash);
}

template <typename Predicate>
std::optional<Cipher> cipher_where(Predicate predicate) {
  const auto* row = std::find_if(kCiphers.begin(), kCiphers.end(), predicate);
  return row == kCiphers.end() ? std::nullopt : std::optional(row->cipher);
}

// A cipher of fixed key length has no Key Length attribute; one that is there anyway says nothing.
bool fits(const CipherRow& row, std::uint64_t key_bits) {
  return row.key_bits == 0 || row.key_bits == key_bits;
}

}  // namespace

std::size_t digest_size(Hash hash) {
  return row_of(hash).digest_size;
}

std::size_t block_size(Cipher cipher) {
  return row_of(cipher).block_size;
}

std::size_t key_size(Cipher cipher) {
  return row_of(cipher).key_size;
}

std::size_t public_value_size(Group group) {
  return row_of(group).public_value_size;
}

std::string_view name_of(Hash hash) {
  return row_of(hash).name;
}

std::string_view name_of(Cipher cipher) {
  return row_of(cipher).name;
}

std::string_view name_of(Group group) {
  return row_of(group).name;
}

std::optional<Hash> hash_named(std::string_view name) {
  return hash_where([=](const HashRow& row) { return row.name == name; });
}

std::optional<Cipher> cipher_named(std::string_view name) {
  return cipher_where([=](const CipherRow& row) { return row.name == name; });
}

std::optional<Hash> hash_of_phase1(std::uint64_t number) {
  return hash_where([=](const HashRow& row) { return row.phase1 == number; });
}

std::optional<Cipher> cipher_of_phase1(std::uint64_t number, std::uint64_t key_bits) {
  return cipher_where(
      [=](const CipherRow& row) { return row.phase1 == number && fits(row, key_bits); });
}

std::optional<Group> group_of_phase1(std::uint64_t number) {
  const auto* row = std::find_if(kGroups.begin(), kGroups.end(), [=](const GroupRow& candidate) {
    return static_cast<std::uint64_t>(candidate.group) == number;
  });
  return row == kGroups.end() ? std::nullopt : std::optional(row->group);
}

CipherNumber phase1_number(Cipher cipher) {
  return {row_of(cipher).phase1, row_of(cipher).key_bits};
}

std::uint64_t phase1_number(Hash hash) {
  return row_of(hash).phase1;
}

std::string_view name_of_auth(std::uint16_t auth_method) {
  const auto* const row = std::find_if(
      kAuths.begin(), kAuths.end(), [=](const AuthRow& one) { return one.method == auth_method; });
  return row == kAuths.end() ? std::string_view{} : row->name;
}

bool is_signature(std::uint16_t auth_method) {
  return auth_method != kAuthPsk && !name_of_auth(auth_method).empty();
}

std::optional<Hash> tied_hash(std::uint32_t auth_method) {
  switch (auth_method) {
    case kAuthDss:
      return Hash::kSha1;
    case kAuthEcdsa256:
      return Hash::kSha256;
    case kAuthEcdsa384:
      return Hash::kSha384;
    case kAuthEcdsa521:
      return Hash::kSha512;
    default:
      return std::nullopt;
  }
}

std::optional<Cipher> cipher_of_kek(std::uint64_t algorithm, std::uint64_t key_bits) {
  return cipher_where(
      [=](const CipherRow& row) { return row.kek == algorithm && fits(row, key_bits); });
}

std::optional<Hash> hash_of_sig(std::uint64_t number) {
  return hash_where([=](const HashRow& row) { return row.sig == number; });
}

}  // namespace gdoi::crypto
