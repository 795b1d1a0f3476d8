#pragma once

#include "protocol/crypto/suite.h"
#include "protocol/exchange/phase1.h"

#include <vector>

namespace gdoi::exchange {

/// Brings `phase1.keys` up to what is given and what was seen: SKEYID from PSK or DH_SECRET,
/// SKEYID_a and the cipher key from SKEYID and DH_SECRET (RFC 2409 section 5 and appendix B).
/// `given` may be nullptr. Does nothing when called again without more being known.
void refresh_keys(const crypto::Suite& suite, const keys::Phase1Secrets* given, Phase1& phase1);

/// The ciphers that a key may be for: that of phase 1, else what the key log says, else by its
/// length.
[[nodiscard]] std::vector<crypto::Cipher> ciphers_for(const Phase1& phase1,
                                                      const keys::Phase1Key& key);

/// The hash of phase 1, else what the key log says of this key, else all that there are.
[[nodiscard]] std::vector<crypto::Hash> hashes_for(const Phase1& phase1,
                                                   const keys::Phase1Key& key);

/// The hash with digests of this many octets.
[[nodiscard]] std::optional<crypto::Hash> hash_of_size(std::size_t octets);

}  // namespace gdoi::exchange
