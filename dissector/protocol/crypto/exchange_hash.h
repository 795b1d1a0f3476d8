#pragma once

#include "protocol/crypto/suite.h"

namespace gdoi::crypto {

/// What HASH_I and HASH_R cover (RFC 2409 section 5). Public values are padded to the group's
/// length; `_b` is a payload's body without its generic header.
struct Phase1Transcript {
  ByteView g_xi;
  ByteView g_xr;
  ByteView cky_i;
  ByteView cky_r;
  ByteView sai_b;
};

/// HASH_I = prf(SKEYID, g^xi | g^xr | CKY-I | CKY-R | SAi_b | IDii_b).
[[nodiscard]] Bytes hash_i(const Suite& suite, Hash hash, ByteView skeyid,
                           const Phase1Transcript& transcript, ByteView idii_b);

/// HASH_R = prf(SKEYID, g^xr | g^xi | CKY-R | CKY-I | SAi_b | IDir_b).
[[nodiscard]] Bytes hash_r(const Suite& suite, Hash hash, ByteView skeyid,
                           const Phase1Transcript& transcript, ByteView idir_b);

/// HASH(1) of a PULL and of an Informational: prf(SKEYID_a, M-ID | rest); `rest` is everything
/// after the HASH payload, generic headers included, padding not (RFC 6407 section 3.2, RFC 2409
/// section 5.7).
[[nodiscard]] Bytes hash_1(const Suite& suite, Hash hash, ByteView skeyid_a, ByteView message_id,
                           ByteView rest);

/// HASH(2) of a PULL: prf(SKEYID_a, M-ID | Ni_b | rest).
[[nodiscard]] Bytes hash_2(const Suite& suite, Hash hash, ByteView skeyid_a, ByteView message_id,
                           ByteView ni_b, ByteView rest);

/// HASH(3) and HASH(4) of a PULL: prf(SKEYID_a, M-ID | Ni_b | Nr_b | rest).
[[nodiscard]] Bytes hash_3_4(const Suite& suite, Hash hash, ByteView skeyid_a, ByteView message_id,
                             ByteView ni_b, ByteView nr_b, ByteView rest);

/// The key of a GROUPKEY-PUSH-ACK: prf(base_key, "GROUPKEY-PUSH ACK\0" | CKY-I | CKY-R | L), L in
/// bits as 2 octets (RFC 8263 section 3.2; which L is meant is ambiguous there, the caller tries).
[[nodiscard]] Secret push_ack_key(const Suite& suite, Hash hash, ByteView base_key, ByteView cky_i,
                                  ByteView cky_r, std::uint16_t length_bits);

/// HASH of a GROUPKEY-PUSH-ACK: prf(ack_key, SEQ | ID), both with their generic headers.
[[nodiscard]] Bytes push_ack_hash(const Suite& suite, Hash hash, ByteView ack_key,
                                  ByteView seq_and_id);

}  // namespace gdoi::crypto
