#pragma once

#include "protocol/crypto/suite.h"

#include <memory>

namespace gdoi::crypto {

/// An ephemeral key pair of one phase 1.
class DhKeyPair {
 public:
  /// The key pair with a given private value (big-endian). Error where it is not in 0 < x < p-1
  /// (MODP) or 0 < x < n (ECP).
  [[nodiscard]] static Result<DhKeyPair> from_private(Group group, ByteView private_value);
  DhKeyPair(const DhKeyPair&)            = delete;
  DhKeyPair& operator=(const DhKeyPair&) = delete;
  DhKeyPair(DhKeyPair&& other) noexcept;
  DhKeyPair& operator=(DhKeyPair&& other) noexcept;
  ~DhKeyPair();

  /// The KE payload's data: exactly public_value_size() octets, padded on the left.
  [[nodiscard]] Bytes public_value() const;

  /// g^xy, padded to the prime's length (MODP), or x alone (ECP, RFC 5903 section 9). Error where
  /// the peer's value is of the wrong length, not in 1 < y < p-1, or off the curve.
  [[nodiscard]] Result<Secret> shared_secret(ByteView peer_public) const;

 private:
  struct Domain;
  struct Impl;
  explicit DhKeyPair(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gdoi::crypto
