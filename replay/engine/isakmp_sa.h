#pragma once

#include "engine/types.h"
#include "protocol/base/result.h"
#include "protocol/crypto/diffie_hellman.h"
#include "protocol/crypto/key_schedule.h"
#include "protocol/exchange/message.h"
#include "protocol/wire/document.h"

#include <map>
#include <string>
#include <vector>

namespace gdoi::engine {

/// The octets of a message without the non-ESP marker that it may have been captured with: markers
/// are the network layer's.
[[nodiscard]] Bytes datagram_of(const wire::Document& document);

/// A phase-1 SA as one of its ends holds it: what was exchanged, the keys, the IV chains. Both
/// roles use it; it knows neither states nor time.
class IsakmpSa {
 public:
  /// Whose it is. The key log names the side until phase 1 is complete: where a PSK is wrong, the
  /// two sides have different secrets.
  keys::Side side = keys::Side::kBoth;
  keys::Cookie initiator{};
  keys::Cookie responder{};
  Phase1Algorithms algorithms;
  Bytes sai_b;  ///< body of the initiator's SA as sent (RFC 2409 section 5)
  Bytes g_xi;
  Bytes g_xr;
  Bytes ni_b;
  Bytes nr_b;

  /// Derives SKEYID, SKEYID_d, _a, _e, the cipher key and the phase-1 IV. All of the above must be
  /// set. `psk` counts where the authentication method is a pre-shared key.
  Status derive(ByteView psk, const Secret& g_xy);

  [[nodiscard]] bool has_keys() const { return !key_.empty(); }

  /// HASH_I and HASH_R over an ID payload's body, with the HMAC of the negotiated hash or, for a
  /// signature that is tied to one, of another.
  [[nodiscard]] Bytes hash_i(ByteView idii_b) const { return hash_i(idii_b, algorithms.hash); }

  [[nodiscard]] Bytes hash_r(ByteView idir_b) const { return hash_r(idir_b, algorithms.hash); }

  [[nodiscard]] Bytes hash_i(ByteView idii_b, crypto::Hash hash) const;
  [[nodiscard]] Bytes hash_r(ByteView idir_b, crypto::Hash hash) const;

  /// HASH(1) of a PULL or Informational, HASH(2), HASH(3) and HASH(4): `rest` is everything behind
  /// the HASH payload.
  [[nodiscard]] Bytes hash_1(std::uint32_t message_id, ByteView rest) const;
  [[nodiscard]] Bytes hash_2(std::uint32_t message_id, ByteView ni_b_pull, ByteView rest) const;
  [[nodiscard]] Bytes hash_3_4(std::uint32_t message_id, ByteView ni_b_pull, ByteView nr_b_pull,
                               ByteView rest) const;

  /// Encodes and encrypts a message whose payloads stand in the document's plaintext, and moves the
  /// IV chain of its exchange on. Padding that a captured message has stays where it still fits the
  /// block; else it becomes zeros up to the block (RFC 2409 appendix B).
  [[nodiscard]] Result<Bytes> seal(wire::Document& document);

  /// Decrypts the message in `tree` (decoded, ciphertext only) into its plaintext. The IV chain
  /// moves on only by `accept`, so that a message that proves wrong leaves it as it was. Error, and
  /// no plaintext, where there are no keys, no whole blocks, or no payloads come out (a wrong key).
  [[nodiscard]] Status open(wire::Tree& tree) const;

  /// The same for another answer to a message of ours that ended with these octets, though the
  /// chain has moved on since.
  [[nodiscard]] Status open_again(wire::Tree& tree, ByteView last_block) const;

  /// The last message opened was right: its last ciphertext block is the next IV.
  void accept(const exchange::MessageView& message);

  /// A message came in clear that its sender had encrypted for itself: moves the IV chain on as the
  /// sender's own has moved. `payloads` is all behind the header.
  [[nodiscard]] Status follow_clear(std::uint32_t message_id, ByteView payloads);

  /// Phase 1 is complete: its last ciphertext block begins the IVs of all later exchanges.
  void complete();

  /// Forgets the IV chain of an exchange.
  void forget(std::uint32_t message_id);

  /// Lines for a key log: PHASE1_KEY, SKEYID, SKEYID_A, PSK where there is one, DH_SECRET.
  [[nodiscard]] std::vector<std::string> key_log() const;

 private:
  [[nodiscard]] Status open_with(wire::Tree& tree, ByteView iv) const;
  [[nodiscard]] Bytes iv_of(std::uint32_t message_id) const;
  [[nodiscard]] Result<Bytes> padded_plaintext(const wire::Document& document) const;

  Secret psk_;
  Secret dh_secret_;
  crypto::Skeyids skeyids_;
  Secret key_;
  Bytes last_block_;                       ///< of phase 1
  std::map<std::uint32_t, Bytes> chains_;  ///< by message ID; 0 is phase 1
};

}  // namespace gdoi::engine
