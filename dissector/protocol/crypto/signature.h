#pragma once

#include "protocol/crypto/suite.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace gdoi::crypto {

enum class SignatureKind : std::uint8_t { kRsa, kDss, kEcdsa };

/// Which of the readings of an ambiguous standard made a signature good.
enum class SignatureForm : std::uint8_t {
  kNone,           ///< not good
  kRsaBareHash,    ///< PKCS#1 type 1 over the hash alone (RFC 2409 section 5.1, RFC 3547)
  kRsaDigestInfo,  ///< EMSA-PKCS1-v1_5 with DigestInfo (RFC 6407 section 5.3.6.1)
  kEcdsaDirect,    ///< ECDSA over the prf output as it is (RFC 4754)
  kEcdsaRehashed,  ///< ECDSA over the hash of the prf output
  kDss,
};

struct SignatureCheck {
  enum class Verdict : std::uint8_t { kGood, kBad, kUnverifiable };
  Verdict verdict    = Verdict::kUnverifiable;
  SignatureForm form = SignatureForm::kNone;
  std::string reason;  ///< why it could not be verified; empty otherwise
};

/// A public key, from a certificate or a SubjectPublicKeyInfo in DER.
class PublicKey {
 public:
  [[nodiscard]] static Result<PublicKey> from_certificate(ByteView der);
  [[nodiscard]] static Result<PublicKey> from_spki(ByteView der);
  PublicKey(const PublicKey&)            = delete;
  PublicKey& operator=(const PublicKey&) = delete;
  PublicKey(PublicKey&& other) noexcept;
  PublicKey& operator=(PublicKey&& other) noexcept;
  ~PublicKey();

  [[nodiscard]] SignatureKind kind() const;
  [[nodiscard]] unsigned bits() const;

  /// Whether signatures of an authentication method can be its own: RSA of 3, ECDSA on its curve of
  /// 9, 10 and 11 (RFC 4754 section 4).
  [[nodiscard]] bool fits(std::uint16_t auth_method) const;

  /// Checks `signature` over the digest `hash_value`, in every form that the kind of key allows.
  /// RSA: raw octets; ECDSA and DSS: r|s, each half of the signature. `hash` names the algorithm of
  /// `hash_value` (for DigestInfo and rehashing). kBad: the signature is none over this value, for
  /// its size too; kUnverifiable: the value has not the hash's length, or OpenSSL takes no such
  /// key.
  [[nodiscard]] SignatureCheck verify(Hash hash, ByteView hash_value, ByteView signature) const;

 private:
  struct Impl;
  explicit PublicKey(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Kind of a SubjectPublicKeyInfo by its algorithm alone: a fiftieth of from_spki's time. Nothing
/// where it has none, or another; a kind does not mean that the key in it is sound.
[[nodiscard]] std::optional<SignatureKind> kind_of_spki(ByteView der);

/// Digest that the signature of a GROUPKEY-PUSH covers: hash("rekey" | HDR | payloads before SIG),
/// HDR with `length` in its Length field. RFC 6407 section 4 does not say whether that Length
/// counts the padding: the caller tries both. `header` is the 28 octets of the wire; of another
/// size the digest is empty.
[[nodiscard]] Bytes push_digest(const Suite& suite, Hash hash, ByteView header,
                                std::uint32_t length, ByteView payloads);

}  // namespace gdoi::crypto
