#pragma once

#include "protocol/base/bytes.h"
#include "protocol/base/secret.h"
#include "protocol/crypto/suite.h"
#include "protocol/exchange/history.h"

#include <utility>

namespace gdoi::exchange {

/// Whether octets can be the plaintext of a message whose first payload is of type `first`: known
/// payloads up to a next payload of 0, then padding shorter than a block or all zero. A first
/// payload that is as it must be (a HASH of a digest's length, a SEQ of 8 octets, an ID as long as
/// its type says) will do too, so that what is malformed behind it can be shown. Garbage passes
/// about once in 2^26.
[[nodiscard]] bool plausible(ByteView plaintext, std::uint8_t first, std::size_t block);

/// One ciphertext under one key, and any number of IVs: CBC needs the IV for the first block only,
/// so the rest is decrypted once.
class Trial {
 public:
  Trial(const crypto::Suite& suite, ByteView ciphertext, std::uint8_t first_payload)
      : suite_(suite), ciphertext_(ciphertext), first_payload_(first_payload) {}

  Trial(const Trial&)            = delete;
  Trial& operator=(const Trial&) = delete;
  Trial(Trial&&)                 = delete;
  Trial& operator=(Trial&&)      = delete;

  ~Trial() { wipe(plaintext_); }

  /// Sets the key; false where its size or the ciphertext's does not fit the cipher.
  [[nodiscard]] bool set_key(crypto::Cipher cipher, ByteView key);
  /// Whether this IV gives a plausible plaintext; it is the plaintext then.
  [[nodiscard]] bool fits(const Block& iv);

  [[nodiscard]] Secret take_plaintext() { return Secret(std::exchange(plaintext_, {})); }

 private:
  const crypto::Suite& suite_;
  ByteView ciphertext_;
  std::uint8_t first_payload_;
  Bytes plaintext_;
  Block head_{};  ///< first block before the IV is added
  std::size_t block_ = 0;
};

}  // namespace gdoi::exchange
