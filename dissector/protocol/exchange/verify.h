#pragma once

#include "protocol/exchange/phase1.h"

#include <memory>

namespace gdoi::exchange {

/// What became of the HASH and the signature of a message.
struct Checked {
  Verdict hash               = Verdict::kAbsent;
  Verdict signature          = Verdict::kAbsent;
  crypto::SignatureForm form = crypto::SignatureForm::kNone;
  bool without_padding       = false;      ///< as FrameRecord::sig_length_without_padding
  std::optional<crypto::Hash> sig_hash{};  ///< that a good signature covers
};

/// HASH_I or HASH_R, as message `number` of a phase 1 must have it under one SKEYID (RFC 2409
/// section 5); SIG_I and SIG_R cover the same. `id_b` is the body of the sender's ID payload.
[[nodiscard]] Bytes peer_hash(const crypto::Suite& suite, const Phase1& phase1, std::uint8_t number,
                              ByteView id_b, crypto::Hash hash, ByteView skeyid);

/// HASH(1) to HASH(4) as a message of a PULL must have it under one SKEYID_a (RFC 6407 section
/// 3.2). Empty where a nonce that it covers was not seen.
[[nodiscard]] Bytes pull_hash(const crypto::Suite& suite, const Conversation& conversation,
                              std::uint8_t number, crypto::Hash hash, ByteView skeyid_a,
                              const MessageView& message);

/// HASH(1) as an Informational must have it under one SKEYID_a (RFC 2409 section 5.7).
[[nodiscard]] Bytes informational_hash(const crypto::Suite& suite, crypto::Hash hash,
                                       ByteView skeyid_a, const MessageView& message);

/// Body of the ID that HASH_I or HASH_R of a phase-1 message covers.
[[nodiscard]] ByteView peer_id(const Phase1& phase1, std::uint8_t number,
                               const MessageView& message);

/// The hash of a phase 1, or that with digests of this many octets.
[[nodiscard]] crypto::Hash negotiated_hash(const Phase1& phase1, std::size_t digest_size);

/// What the signature of a PUSH covers (RFC 6407 section 4); `without_padding`: with the Length
/// that its header has before padding.
[[nodiscard]] Bytes signed_digest(const crypto::Suite& suite, crypto::Hash hash,
                                  const MessageView& message, bool without_padding);

/// HASH_I, HASH_R, SIG_I or SIG_R of a phase-1 message (RFC 2409 section 5). A signature is checked
/// with an X.509 certificate in the same message; whether anyone should trust that is not asked.
[[nodiscard]] Checked verify_phase1(const crypto::Suite& suite, const Phase1& phase1,
                                    std::uint8_t number, const MessageView& message);

/// HASH(1) to HASH(4) of a PULL (RFC 6407 section 3.2).
[[nodiscard]] Checked verify_pull(const crypto::Suite& suite, const Phase1& phase1,
                                  const Conversation& conversation, std::uint8_t number,
                                  const MessageView& message);

/// HASH(1) of an Informational (RFC 2409 section 5.7).
[[nodiscard]] Checked verify_informational(const crypto::Suite& suite, const Phase1& phase1,
                                           const MessageView& message);

/// The key that a PUSH's signature is checked with.
struct SignatureKey {
  const crypto::PublicKey* key = nullptr;  ///< nullptr: not known
  std::optional<crypto::Hash> hash;        ///< nothing: each is tried
  bool without_padding_first = false;      ///< which Length is tried first
};

/// SIG of a PUSH (RFC 6407 section 4). Which Length its header has is not said there: that on the
/// wire and that before padding are tried.
[[nodiscard]] Checked verify_push(const crypto::Suite& suite, const SignatureKey& key,
                                  const MessageView& message);

/// HASH of a PUSH-ACK under one base key (RFC 8263 section 3.2), whose length L is told in bits.
[[nodiscard]] Bytes push_ack_hash(const crypto::Suite& suite, ByteView base_key, std::uint16_t bits,
                                  const MessageView& message);

/// The L with which a base key makes the HASH of a PUSH-ACK; nothing: with none, it is wrong.
[[nodiscard]] std::optional<std::uint16_t> push_ack_bits(const crypto::Suite& suite,
                                                         ByteView base_key,
                                                         const MessageView& message);

}  // namespace gdoi::exchange
