#pragma once

#include "protocol/crypto/suite.h"

namespace gdoi::crypto {

/// The keying material of a phase 1 (RFC 2409 section 5).
struct Skeyids {
  Secret skeyid;
  Secret skeyid_d;
  Secret skeyid_a;
  Secret skeyid_e;
};

/// SKEYID with a pre-shared key: prf(psk, Ni_b | Nr_b).
[[nodiscard]] Secret skeyid_from_psk(const Suite& suite, Hash hash, ByteView psk, ByteView ni_b,
                                     ByteView nr_b);

/// SKEYID with signatures: prf(Ni_b | Nr_b, g^xy).
[[nodiscard]] Secret skeyid_from_signature(const Suite& suite, Hash hash, ByteView ni_b,
                                           ByteView nr_b, ByteView g_xy);

/// SKEYID_d, _a and _e of a SKEYID. Cookies are 8 octets each.
[[nodiscard]] Skeyids derive_skeyids(const Suite& suite, Hash hash, ByteView skeyid, ByteView g_xy,
                                     ByteView cky_i, ByteView cky_r);

/// The cipher key Ka from SKEYID_e, expanded where that is too short (RFC 2409 appendix B).
[[nodiscard]] Secret cipher_key(const Suite& suite, Hash hash, Cipher cipher, ByteView skeyid_e);

/// IV of the first encrypted phase-1 message: leading octets of hash(g^xi | g^xr).
[[nodiscard]] Bytes phase1_iv(const Suite& suite, Hash hash, Cipher cipher, ByteView g_xi,
                              ByteView g_xr);

/// IV of the first message of a phase-2 or Informational exchange: leading octets of
/// hash(last phase-1 ciphertext block | M-ID). `message_id` is 4 octets in header order.
[[nodiscard]] Bytes phase2_iv(const Suite& suite, Hash hash, Cipher cipher, ByteView last_block,
                              ByteView message_id);

}  // namespace gdoi::crypto
