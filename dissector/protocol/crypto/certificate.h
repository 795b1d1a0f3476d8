#pragma once

#include "protocol/crypto/signature.h"

#include <openssl/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// X.509 certificates (RFC 5280) as IKE uses them (RFC 4945).
namespace gdoi::crypto {

/// Bounds of what is read: a certificate in a payload has at most 65,530 octets anyway.
inline constexpr std::size_t kMaxCertificateSize = 65'535;
inline constexpr std::size_t kMaxPemSize         = 1'048'576;
inline constexpr std::size_t kMaxChain           = 8;  ///< certificates, the end's own counted

/// What an ID payload says, without protocol and port (RFC 2407 section 4.6.2.1).
struct Identity {
  std::uint8_t type = 0;
  Bytes data;

  auto operator<=>(const Identity&) const = default;
};

/// A DER Name as RFC 4514 writes it, without control characters, cut where it is long; empty where
/// it is none.
[[nodiscard]] std::string dn_text(ByteView der);

/// ID types that a certificate can confirm (RFC 2407 section 4.6.2.1).
inline constexpr std::uint8_t kIdIpv4     = 1;
inline constexpr std::uint8_t kIdFqdn     = 2;
inline constexpr std::uint8_t kIdUserFqdn = 3;
inline constexpr std::uint8_t kIdIpv6     = 5;
inline constexpr std::uint8_t kIdDn       = 9;

/// A certificate; copies share it.
class Certificate {
 public:
  /// Error: no X.509 in DER, octets behind it, or over kMaxCertificateSize.
  [[nodiscard]] static Result<Certificate> from_der(ByteView der);
  /// All certificates of a PEM text, in their order. `name` is what errors call it.
  [[nodiscard]] static Result<std::vector<Certificate>> from_pem(ByteView text,
                                                                 std::string_view name);

  [[nodiscard]] Bytes der() const;
  /// The subject as RFC 4514 writes it, without control characters; "no subject" where it is empty.
  [[nodiscard]] std::string subject() const;
  /// DER Name: the data of an ID payload of type 9, and of a CERTREQ for this authority.
  [[nodiscard]] Bytes subject_der() const;

  /// Whether it confirms an identity: a DN by its subject, everything else by its subjectAltName
  /// (RFC 4945 section 3.1). Names compare without regard to case, but for the local part of
  /// user@name; there are no wildcards. Subnets, ranges and key IDs are confirmed by none.
  [[nodiscard]] bool confirms(std::uint8_t id_type, ByteView data) const;

  /// The first identity of this type that it confirms.
  [[nodiscard]] std::optional<Identity> identity_of_type(std::uint8_t id_type) const;
  /// The subject, or the first subjectAltName where that is empty.
  [[nodiscard]] std::optional<Identity> first_identity() const;

  /// Whether its key usage allows signatures (RFC 4945 section 5.1.3.2).
  [[nodiscard]] bool may_sign() const;

  [[nodiscard]] Result<PublicKey> public_key() const;

  /// The public key as SubjectPublicKeyInfo in DER.
  [[nodiscard]] Bytes spki() const;

  /// For this folder.
  [[nodiscard]] X509* handle() const { return x509_.get(); }

 private:
  explicit Certificate(std::shared_ptr<X509> x509) : x509_(std::move(x509)) {}

  std::shared_ptr<X509> x509_;
};

/// Revocations of one authority; copies share them.
class Crl {
 public:
  [[nodiscard]] static Result<std::vector<Crl>> from_pem(ByteView text, std::string_view name);

  /// For this folder.
  [[nodiscard]] X509_CRL* handle() const { return crl_.get(); }

 private:
  explicit Crl(std::shared_ptr<X509_CRL> crl) : crl_(std::move(crl)) {}

  std::shared_ptr<X509_CRL> crl_;
};

/// A private key for RSA or ECDSA signatures. OpenSSL wipes it when it goes; copies share it.
class PrivateKey {
 public:
  /// Error: no key in it, one under a passphrase, one of another kind. No error quotes it.
  [[nodiscard]] static Result<PrivateKey> from_pem(const Secret& text, std::string_view name);

  /// A new key of the kind, size and parameters of a public one (SubjectPublicKeyInfo in DER): RSA
  /// or ECDSA. Error: no such key, or one too large to be made in a few seconds.
  [[nodiscard]] static Result<PrivateKey> made_like(ByteView spki);

  [[nodiscard]] SignatureKind kind() const { return kind_; }

  [[nodiscard]] unsigned bits() const;

  /// Its public key as SubjectPublicKeyInfo in DER.
  [[nodiscard]] Bytes spki() const;

  /// "RSA 2048", "ECDSA P-256"
  [[nodiscard]] std::string text() const;

  /// Whether it is the one that a certificate certifies.
  [[nodiscard]] bool belongs_to(const Certificate& certificate) const;

  /// Whether it makes signatures of an authentication method: RSA of 3, ECDSA on its curve of 9, 10
  /// and 11 (RFC 4754 section 4).
  [[nodiscard]] bool fits(std::uint16_t auth_method) const;

  /// Octets of a signature.
  [[nodiscard]] std::size_t signature_size() const;

  /// Signs a digest as it is: RSA with PKCS#1 type 1 and no DigestInfo (RFC 2409 section 5.1),
  /// ECDSA as r|s, each as long as the group's order (RFC 4754 section 7). Error where the modulus
  /// has no room for the digest.
  [[nodiscard]] Result<Bytes> sign(ByteView hash_value) const;

  /// Signs a digest in one of the forms that PublicKey::verify() tells.
  [[nodiscard]] Result<Bytes> sign(SignatureForm form, Hash hash, ByteView hash_value) const;

  /// A certificate that it signs itself, of exactly so many octets in DER. `subject` is a DER Name.
  [[nodiscard]] Result<Bytes> certificate_of_size(ByteView subject, std::size_t size) const;

 private:
  PrivateKey(std::shared_ptr<EVP_PKEY> key, SignatureKind kind)
      : key_(std::move(key)), kind_(kind) {}

  std::shared_ptr<EVP_PKEY> key_;
  SignatureKind kind_;
};

}  // namespace gdoi::crypto
