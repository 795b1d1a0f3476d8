#pragma once

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/base/secret.h"
#include "protocol/crypto/algorithms.h"

#include <initializer_list>

namespace gdoi::crypto {

/// What this project needs of a cryptographic library; `openssl_suite()` is the one that there is.
/// Algorithms are fetched once, contexts are kept, with the key of the last call in them, so that
/// a message costs little more than its blocks. Hence one object serves everything on one thread,
/// and only there.
class Suite {
 public:
  Suite()                        = default;
  Suite(const Suite&)            = delete;
  Suite& operator=(const Suite&) = delete;
  Suite(Suite&&)                 = delete;
  Suite& operator=(Suite&&)      = delete;
  virtual ~Suite()               = default;

  /// Digest of the concatenation of `parts`: digest_size() octets, or none where this build of
  /// OpenSSL lacks the algorithm (MD5 in a FIPS build), so that nothing compares equal to it.
  [[nodiscard]] virtual Bytes digest(Hash hash, std::initializer_list<ByteView> parts) const = 0;

  /// HMAC under `key` of the concatenation of `parts` (RFC 2409 section 4: prf); empty as above.
  [[nodiscard]] virtual Bytes hmac(Hash hash, ByteView key,
                                   std::initializer_list<ByteView> parts) const = 0;

  /// CBC without padding. Error where sizes do not fit: key and IV those of the cipher, `input` a
  /// multiple of the block.
  [[nodiscard]] virtual Result<Bytes> encrypt(Cipher cipher, ByteView key, ByteView iv,
                                              ByteView plaintext) const  = 0;
  [[nodiscard]] virtual Result<Bytes> decrypt(Cipher cipher, ByteView key, ByteView iv,
                                              ByteView ciphertext) const = 0;
};

/// The suite over OpenSSL 3's default provider, in a library context of its own that reads no
/// configuration file. Each thread that calls has its own, until the thread ends.
[[nodiscard]] const Suite& openssl_suite();

}  // namespace gdoi::crypto
