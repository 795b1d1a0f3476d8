#pragma once

#include "protocol/keys/key_ring.h"
#include "protocol/wire/tree.h"

#include <cstdint>
#include <string>
#include <vector>

namespace gdoi::exchange {

/// A payload of a message, in clear or decrypted.
struct PayloadView {
  std::uint32_t type = 0;
  wire::NodeId node  = 0;
  ByteView whole;  ///< with its generic header
  ByteView body;   ///< without (`_b` in the RFCs)
};

/// The few values of a decoded message that cryptography, engines and trackers need. Valid as long
/// as the tree.
class MessageView {
 public:
  explicit MessageView(const wire::Tree& tree);

  /// False where there is no whole ISAKMP header of IKEv1.
  [[nodiscard]] bool valid() const { return valid_; }

  [[nodiscard]] const keys::Cookie& initiator_cookie() const { return initiator_; }

  [[nodiscard]] const keys::Cookie& responder_cookie() const { return responder_; }

  [[nodiscard]] std::uint8_t exchange_type() const { return exchange_; }

  [[nodiscard]] std::uint8_t flags() const { return flags_; }

  [[nodiscard]] bool encrypted() const { return (flags_ & 1U) != 0; }

  [[nodiscard]] std::uint32_t message_id() const { return message_id_; }

  /// The 28 octets of the header.
  [[nodiscard]] ByteView header() const { return header_; }

  /// The encrypted octets; empty for a clear message.
  [[nodiscard]] ByteView ciphertext() const { return ciphertext_; }

  /// Top-level payloads: of the plaintext where there is one, else of the clear part.
  [[nodiscard]] const std::vector<PayloadView>& payloads() const { return payloads_; }

  [[nodiscard]] const PayloadView* find(std::uint32_t type) const;

  /// Everything behind the first payload up to the end of the last, padding left out: what HASH(n)
  /// covers (RFC 6407 section 3.2).
  [[nodiscard]] ByteView after_first_payload() const;

  [[nodiscard]] const wire::Tree& tree() const { return *tree_; }

 private:
  const wire::Tree* tree_;
  bool valid_ = false;
  keys::Cookie initiator_{};
  keys::Cookie responder_{};
  std::uint8_t exchange_    = 0;
  std::uint8_t flags_       = 0;
  std::uint32_t message_id_ = 0;
  ByteView header_;
  ByteView ciphertext_;
  std::vector<PayloadView> payloads_;
};

/// What the payloads of a message are, as the Info column and `inspect --messages` say it:
/// "SA, VID x4", "KE, NONCE, NAT-D, NAT-D", "ID, HASH_I", "HASH(2), NONCE, SA: KEK, TEK, TEK",
/// "SEQ 3, SA: TEK, KD: TEK, SIG", "NOTIFY INVALID-COOKIE", "encrypted, 64 octets". `number` is
/// FrameRecord::number, which tells HASH(1) from HASH(2) and HASH_I from HASH_R; with 0 it is
/// "HASH".
[[nodiscard]] std::string payload_summary(const MessageView& message, std::uint8_t number);

}  // namespace gdoi::exchange
