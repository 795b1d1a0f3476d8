#pragma once

#include "protocol/crypto/signature.h"
#include "protocol/exchange/message.h"
#include "protocol/exchange/packet.h"
#include "protocol/exchange/script.h"
#include "protocol/keys/key_ring.h"
#include "protocol/wire/decode.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gdoi::exchange {

/// How far a message can be read.
enum class Crypt : std::uint8_t {
  kClear,  ///< was not encrypted
  kDecrypted,
  kNoKey,     ///< nobody gave a key for its cookie (or KEK SPI)
  kNoIv,      ///< there is a key, but the messages that its IV depends on were not seen
  kWrongKey,  ///< there are keys, none gives a plaintext that makes sense
  kDamaged    ///< no whole number of cipher blocks, or empty
};

/// Verdict on a HASH or signature, as Wireshark's checksum status has it.
enum class Verdict : std::uint8_t {
  kAbsent,  ///< the message has none that can be checked
  kGood,
  kBad,
  kUnverified  ///< there is one, but a secret, certificate or earlier message is missing
};

/// Where a key came from.
enum class KeyOrigin : std::uint8_t { kNone, kGiven, kLearned };

/// What a frame is and how to read it again. Kept for each frame by the plugin, so it is small and
/// holds no octets of the message.
struct FrameRecord {
  std::uint64_t frame = 0;
  Exchange exchange   = Exchange::kUnknown;
  std::uint8_t number = 0;  ///< message number in the exchange; 0: cannot be told
  Sender sender       = Sender::kUnknown;
  bool cut            = false;  ///< the capture has not all of its octets
  bool guessed = false;  ///< the number is told from order and direction alone: still encrypted

  Crypt crypt             = Crypt::kClear;
  crypto::Cipher cipher   = crypto::Cipher::kAes128Cbc;
  std::uint32_t key_index = 0;  ///< in the follower's key store; only where kDecrypted
  std::array<std::uint8_t, crypto::kMaxBlockSize> iv{};
  KeyOrigin key_origin    = KeyOrigin::kNone;
  std::uint64_t key_frame = 0;  ///< frame whose KD taught the key; 0: given by the user
  keys::Side key_side     = keys::Side::kBoth;
  bool sides_differ       = false;  ///< a different phase-1 key of the other side was given, too

  Verdict hash                   = Verdict::kAbsent;
  Verdict signature              = Verdict::kAbsent;
  crypto::SignatureForm sig_form = crypto::SignatureForm::kNone;
  std::optional<crypto::Hash> sig_hash{};   ///< that a good signature covers
  bool sig_length_without_padding = false;  ///< the PUSH signature covers the Length before padding

  std::uint32_t phase1            = 0;  ///< number of the phase 1, from 1; 0: none known
  std::uint32_t pull              = 0;  ///< number of the PULL (over all phase 1s), from 1; 0: none
  std::uint64_t retransmission_of = 0;  ///< frame with the same octets before it; 0: none
  /// Frame that this one answers: the message before it in its exchange, the other side's last one
  /// before an error NOTIFY, the GM's before a DELETE that the KS sends in place of an answer, the
  /// PUSH of a PUSH-ACK; 0: none or not seen.
  std::uint64_t answers = 0;
};

/// How a datagram is decoded.
[[nodiscard]] wire::DecodeOptions decoding_of(const Packet& packet);

struct Phase1;

/// A message that could only be decrypted once a later frame had come.
struct LateMessage {
  Packet packet;  ///< its payload is `octets`
  Bytes octets;
  FrameRecord record;
  wire::Tree tree;
};

/// Bounds on what the follower remembers; the oldest goes first.
struct FollowerLimits {
  std::size_t phase1s      = 100'000;
  std::size_t pulls_each   = 64;  ///< under one phase 1
  std::size_t pending_each = 8;   ///< undecrypted messages of one exchange
  std::size_t keks         = 4'096;
};

/// Follows ISAKMP and GDOI passively: which exchange, message, key and IV a datagram belongs to.
/// Copes with messages that are lost, duplicated, retransmitted or out of order, with captures that
/// begin in the middle, several PULLs under one phase 1, responder cookies that repeat and KEKs
/// that KDs teach and PUSHes replace.
class Follower {
 public:
  explicit Follower(FollowerLimits limits = {});
  Follower(Follower&&) noexcept;
  Follower& operator=(Follower&&) noexcept;
  ~Follower();

  /// Secrets given by the user, in place of those given before; before the first packet.
  void use(keys::KeyRing ring);

  /// Whether a PUSH that was read before, from the same KS to whichever GM, is decrypted each time
  /// (as it is unless this is called), or only its record tells what it is.
  void read_copies(bool wanted);

  /// Takes the next datagram: decodes it into `tree`, decrypted where that can be done, and says
  /// what it is. `tree` refers to `packet.payload`.
  [[nodiscard]] FrameRecord follow(const Packet& packet, wire::Tree& tree);

  /// Messages before this one that the last `follow` made readable, oldest first; empties the list.
  /// The next `follow` drops what was not taken. Their records replace those that `follow` gave.
  [[nodiscard]] std::vector<LateMessage> take_late();

  /// Decodes a frame again by its record, in any order and without changing anything.
  void decode_again(const FrameRecord& record, ByteView payload, bool nat_port,
                    wire::Tree& tree) const;

  /// The key that decrypted a message; empty where it was not. Not to be kept, logged or shown.
  [[nodiscard]] ByteView key_of(const FrameRecord& record) const;

  /// The phase 1 that a message was told to belong to, as it is known by now; nullptr: none, or it
  /// was forgotten. Valid until the next `follow`.
  [[nodiscard]] const Phase1* phase1_of(const FrameRecord& record,
                                        const keys::Cookie& initiator) const;

  /// One sentence: why the message cannot be read ("encrypted, no key for initiator cookie ..."),
  /// or what is worth saying about its key; empty where there is nothing to say.
  [[nodiscard]] std::string key_remark(const FrameRecord& record, const wire::Tree& tree) const;

  /// TEKs that KDs taught since the last call, for the data plane.
  [[nodiscard]] std::vector<keys::Tek> take_learned_teks();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// "GROUPKEY-PULL 2/4", "Main mode 5/6", "Informational", "GROUPKEY-PUSH": the first part of an
/// Info line. With `guessed`: "GROUPKEY-PULL, probably 2/4".
[[nodiscard]] std::string message_title(const FrameRecord& record);

}  // namespace gdoi::exchange
