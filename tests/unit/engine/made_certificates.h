#pragma once

#include "engine/credentials.h"

#include <openssl/types.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

/// Certificates that a test makes as it needs them, with OpenSSL alone.
namespace gdoi::simulation {

/// A certificate and the key that it is for.
struct Made {
  crypto::Certificate certificate;
  std::shared_ptr<EVP_PKEY> key;
};

/// What a certificate is to be like; times in days around the moment of kCalendar.
struct Wish {
  std::string name  = "gm";          ///< CN; the organisation is "Made"
  std::string curve = "prime256v1";  ///< or "ED25519"
  int from          = -1;
  int to            = 1;
  /// Names and values as in openssl's configuration files, in their order.
  std::vector<std::pair<std::string, std::string>> extensions{
      {"subjectAltName", "IP:192.0.2.9"}
  };
};

/// Extensions of an authority.
[[nodiscard]] Wish authority(const std::string& name, const std::string& constraints = "");

/// Signed by `issuer`, or by itself.
[[nodiscard]] Made make_certificate(const Wish& wish, const Made* issuer = nullptr);

/// A revocation list of `issuer` that names `revoked`, valid until `to` days from now.
[[nodiscard]] crypto::Crl make_crl(const Made& issuer, const std::vector<Made>& revoked,
                                   int to = 1);

/// The key of a certificate as an end uses it: RSA, or ECDSA on a curve that IKE knows.
[[nodiscard]] crypto::PrivateKey private_key(const Made& made);

/// Who sends `chain` and signs with the key of its first certificate, and believes `root`.
[[nodiscard]] std::shared_ptr<const engine::Credentials> credentials_of(
    const std::vector<Made>& chain, const Made& root,
    const std::vector<crypto::Crl>& revocations = {});

/// Body of a CERT payload: X.509 for signatures (RFC 2408 section 3.9).
[[nodiscard]] Bytes cert_body(ByteView der);

}  // namespace gdoi::simulation
