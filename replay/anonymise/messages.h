#pragma once

#include "anonymise/fields.h"
#include "protocol/exchange/follower.h"
#include "protocol/exchange/phase1.h"
#include "protocol/keys/key_ring.h"

#include <map>
#include <optional>
#include <vector>

namespace gdoi::anonymise {

/// A message of the capture: what a datagram holds, or what fragments of IKE made whole.
struct Message {
  exchange::Packet packet;  ///< its payload is `real`
  bool unasked = false;     ///< as capture::UdpDatagram::unasked
  Bytes real;
  Bytes made;
  exchange::FrameRecord record;
};

/// Maps messages as whole: their fields, then HASH and signature over what they became, then the
/// encryption under made keys with IVs that follow each other as the real ones do.
class MessageMap {
 public:
  /// `scramble`: what cannot be decrypted becomes random octets, else it stays as it is.
  MessageMap(const exchange::Follower& follower, FieldMap& fields, SecretMap& secrets, Notes& notes,
             bool scramble)
      : follower_(follower),
        fields_(fields),
        secrets_(secrets),
        notes_(notes),
        scramble_(scramble) {}

  /// For every message, before the first map().
  void learn(const Message& message);

  /// In the order in which they were captured.
  [[nodiscard]] Bytes map(const Message& message);

  /// The made secrets of the phase 1s that were seen: with them the made messages can be read as
  /// the real ones could.
  [[nodiscard]] keys::KeyRing made_ring() const;

  /// Frames with something encrypted that could not be read.
  [[nodiscard]] const std::vector<std::uint64_t>& dark() const { return dark_; }

 private:
  struct Passage;

  /// The last octets of a ciphertext, which the next IV comes of.
  struct Tail {
    Bytes real;
    Bytes made;
    bool phase1 = false;
  };

  void prove(Passage& passage, std::size_t buffer, Bytes& octets);
  [[nodiscard]] std::optional<Bytes> made_hash(const Passage& passage, ByteView real) const;
  [[nodiscard]] std::optional<Bytes> made_peer_hash(const Passage& passage, ByteView real) const;
  [[nodiscard]] std::optional<Bytes> made_push_ack(const Passage& passage, ByteView real) const;
  [[nodiscard]] std::optional<Bytes> made_signature(const Passage& passage, ByteView real) const;
  [[nodiscard]] std::optional<Bytes> signed_anew(const Passage& passage, ByteView real_digest,
                                                 ByteView real_signature,
                                                 ByteView made_digest) const;
  [[nodiscard]] bool seal(Passage& passage, ByteView plaintext);
  [[nodiscard]] Bytes made_iv(const Passage& passage, ByteView iv) const;
  void leave(Passage& passage);
  void note_tail(const Passage& passage, std::size_t block);
  [[nodiscard]] Bytes made_id(const Passage& passage) const;
  void note_phase1(const Passage& passage);

  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): live as long
  const exchange::Follower& follower_;
  FieldMap& fields_;
  SecretMap& secrets_;
  Notes& notes_;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
  bool scramble_;
  std::map<keys::Cookie, std::vector<Tail>> tails_;
  std::map<keys::Cookie, Bytes> made_ids_;  ///< IDii_b of aggressive mode
  std::map<Bytes, Bytes> signed_;           ///< messages with a signature, as they were made
  std::map<std::pair<keys::Cookie, std::uint32_t>, const exchange::Phase1*> phase1s_;
  std::vector<std::uint64_t> dark_;
};

}  // namespace gdoi::anonymise
