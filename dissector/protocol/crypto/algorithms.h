#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gdoi::crypto {

/// Hash algorithms of phase 1 and of the PUSH signature; the prf is the HMAC with the same hash
/// (RFC 2409 section 4).
enum class Hash : std::uint8_t { kMd5, kSha1, kSha256, kSha384, kSha512 };

/// Ciphers of phase 1 and of the KEK, all in CBC mode.
enum class Cipher : std::uint8_t { kDesCbc, k3DesCbc, kAes128Cbc, kAes192Cbc, kAes256Cbc };

/// Diffie-Hellman groups by their IANA number (RFC 2409 section 6, RFC 3526, RFC 5903).
enum class Group : std::uint16_t {
  kModp768  = 1,
  kModp1024 = 2,
  kModp1536 = 5,
  kModp2048 = 14,
  kModp3072 = 15,
  kModp4096 = 16,
  kModp6144 = 17,
  kModp8192 = 18,
  kEcp256   = 19,
  kEcp384   = 20,
  kEcp521   = 21
};

inline constexpr std::size_t kMaxBlockSize  = 16;
inline constexpr std::size_t kMaxDigestSize = 64;

/// Octets of a digest.
[[nodiscard]] std::size_t digest_size(Hash hash);
/// Octets of a cipher's block and IV.
[[nodiscard]] std::size_t block_size(Cipher cipher);
/// Octets of a cipher's key.
[[nodiscard]] std::size_t key_size(Cipher cipher);
/// Octets of a public value in a KE payload: MODP the prime's length, ECP x|y.
[[nodiscard]] std::size_t public_value_size(Group group);

/// Names as the key log writes them: md5, sha1, sha256, sha384, sha512; des-cbc, 3des-cbc,
/// aes128-cbc, aes192-cbc, aes256-cbc; modp768 ... ecp521.
[[nodiscard]] std::string_view name_of(Hash hash);
[[nodiscard]] std::string_view name_of(Cipher cipher);
[[nodiscard]] std::string_view name_of(Group group);
[[nodiscard]] std::optional<Hash> hash_named(std::string_view name);
[[nodiscard]] std::optional<Cipher> cipher_named(std::string_view name);

/// From the numbers of the phase-1 transform (RFC 2409 appendix A); nothing where we have no such
/// algorithm. `key_bits` is the Key Length attribute, 0 where it is absent; AES without one is
/// nothing, since RFC 2409 gives no default.
[[nodiscard]] std::optional<Hash> hash_of_phase1(std::uint64_t number);
[[nodiscard]] std::optional<Cipher> cipher_of_phase1(std::uint64_t number, std::uint64_t key_bits);
[[nodiscard]] std::optional<Group> group_of_phase1(std::uint64_t number);

/// The numbers of a phase-1 transform for our algorithms: the way back. `key_bits` is 0 where the
/// cipher takes no Key Length attribute.
struct CipherNumber {
  std::uint64_t number   = 0;
  std::uint64_t key_bits = 0;
};

[[nodiscard]] CipherNumber phase1_number(Cipher cipher);
[[nodiscard]] std::uint64_t phase1_number(Hash hash);

/// Authentication methods of a phase-1 transform (RFC 2409 appendix A, RFC 4754 section 4).
inline constexpr std::uint16_t kAuthPsk      = 1;
inline constexpr std::uint16_t kAuthDss      = 2;
inline constexpr std::uint16_t kAuthRsa      = 3;
inline constexpr std::uint16_t kAuthEcdsa256 = 9;
inline constexpr std::uint16_t kAuthEcdsa384 = 10;
inline constexpr std::uint16_t kAuthEcdsa521 = 11;

/// "psk", "rsa-sig", "ecdsa-256", "ecdsa-384", "ecdsa-521"; empty for another.
[[nodiscard]] std::string_view name_of_auth(std::uint16_t auth_method);
/// Whether it is one of the four that sign and that we sign with.
[[nodiscard]] bool is_signature(std::uint16_t auth_method);
/// The hash to which a method ties its signature (RFC 2409 section 5.1: DSS and SHA-1; RFC 4754
/// section 4: ECDSA); nothing: HASH_I and HASH_R are the negotiated prf's.
[[nodiscard]] std::optional<Hash> tied_hash(std::uint32_t auth_method);

/// From the numbers of the SA KEK attributes (RFC 6407 sections 5.3.2 to 5.3.5).
[[nodiscard]] std::optional<Cipher> cipher_of_kek(std::uint64_t algorithm, std::uint64_t key_bits);
[[nodiscard]] std::optional<Hash> hash_of_sig(std::uint64_t number);

}  // namespace gdoi::crypto
