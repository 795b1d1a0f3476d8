#pragma once

#include "protocol/crypto/certificate.h"

#include <memory>
#include <vector>

namespace gdoi::crypto {

/// Why a chain is not trusted.
struct Distrust {
  enum class Kind : std::uint8_t {
    kAuthority,  ///< no chain to an authority that is known: another one's, self-signed, too long
    kExpired,    ///< or not valid yet
    kRevoked,
    kUnusable  ///< everything else: signature, extensions, key usage
  };
  Kind kind = Kind::kUnusable;
  std::string text;  ///< names the certificate; one sentence without its period
};

/// The authorities that one end believes, and what they have revoked.
class TrustStore {
 public:
  TrustStore() = default;

  /// Where there are CRLs, the end's own certificate must have one of its issuer, and each
  /// authority of the chain is looked up where its issuer has one.
  [[nodiscard]] static Result<TrustStore> of(std::vector<Certificate> authorities,
                                             const std::vector<Crl>& revocations);

  /// Whether a chain leads to one of the authorities at this time (seconds since 1970, UTC). The
  /// first certificate is the end's own; the others help in any order. Bounded: kMaxChain
  /// certificates, loops are none.
  [[nodiscard]] Result<std::monostate, Distrust> check(const std::vector<Certificate>& chain,
                                                       std::int64_t unix_seconds) const;

  [[nodiscard]] const std::vector<Certificate>& authorities() const { return authorities_; }

 private:
  std::vector<Certificate> authorities_;
  std::shared_ptr<X509_STORE> store_;
  bool revocations_ = false;
};

}  // namespace gdoi::crypto
