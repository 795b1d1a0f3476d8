#pragma once

#include "protocol/exchange/phase1.h"

#include <memory>

namespace gdoi::exchange {

/// What became of the HASH and the signature of a message.
struct Checked {
  Verdict hash               = Verdict::kAbsent;
  Verdict signature          = Verdict::kAbsent;
  crypto::SignatureForm form = crypto::SignatureForm::kNone;
  bool without_padding       = false;  ///< as FrameRecord::sig_length_without_padding
};

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

/// HASH of a PUSH-ACK under one base key (RFC 8263 section 3.2).
[[nodiscard]] bool push_ack_fits(const crypto::Suite& suite, ByteView base_key,
                                 const MessageView& message);

}  // namespace gdoi::exchange
