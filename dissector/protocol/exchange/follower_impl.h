#pragma once

// What stands behind Follower; not for others.

#include "protocol/exchange/follower.h"
#include "protocol/exchange/kek_table.h"
#include "protocol/exchange/key_store.h"
#include "protocol/exchange/opening.h"
#include "protocol/exchange/phase1.h"
#include "protocol/exchange/verify.h"

#include <array>
#include <set>
#include <unordered_set>
#include <vector>

namespace gdoi::exchange {

/// The ciphertext whose last block the next message needs; none where it may have been cut off.
inline ByteView chained(const MessageView& message) {
  return message.tree().is_cut() ? ByteView{} : message.ciphertext();
}

struct Follower::Impl {
  explicit Impl(const FollowerLimits& bounds)
      : limits(bounds), phase1s(bounds.phase1s), keks(bounds.keks) {}

  /// A message on its way through: `record` and `tree` are what comes out.
  struct Passage {
    const Packet& packet;
    wire::Tree& tree;
    FrameRecord& record;
  };

  // follower.cpp
  FrameRecord follow(const Packet& packet, wire::Tree& tree);
  FrameRecord place(const Packet& packet, wire::Tree& tree);
  void read_again(const FrameRecord& record, wire::Tree& tree) const;
  void repeat(const Seen& seen, Passage& passage) const;
  void informational_in_clear(Passage& passage);
  [[nodiscard]] Phase1* named_by_notify(const MessageView& message);
  [[nodiscard]] Sender guess_sender(const Packet& packet) const;
  void note_server(const Endpoint& server);
  void assign_roles(Phase1& phase1, const Packet& packet, Sender sender, bool sure);
  void guess_roles(Phase1& phase1, const Packet& packet, Sender first);
  void apply(Opening&& opening, const Phase1Keys& keys, Passage& passage);
  void retry(Phase1& phase1);

  // follow_phase1.cpp
  void phase1_message(Passage& passage);
  Phase1& phase1_for(const MessageView& message, const std::vector<Phase1*>& family, Exchange mode);
  Phase1& copy_before(const Phase1& original, std::uint8_t number);
  bool settle_phase1(Phase1& phase1, Passage& passage);

  // follow_conversation.cpp
  void conversation_message(Passage& passage);
  Phase1& phase1_of(const MessageView& message, const std::vector<Phase1*>& family);
  Conversation& conversation_at(Phase1& phase1, std::uint32_t message_id, Exchange exchange);
  bool settle_conversation(Phase1& phase1, Conversation& conversation, Passage& passage);
  void absorb(Conversation& conversation, const MessageView& message, const FrameRecord& record);

  // follow_push.cpp
  void push_message(Passage& passage, const MessageView& message);
  void push_ack_message(Passage& passage);
  void wait_for_kek(KekGroup& group, const Passage& passage) const;
  bool settle_push(KekGroup& group, Passage& passage);
  void learn(const GroupPolicy* policy, const KeyDownload& download, std::uint64_t frame);
  void learn_teks(std::vector<keys::Tek> learned);
  void retry_pushes();

  [[nodiscard]] const keys::Phase1Secrets* given(const Phase1& phase1) const {
    return ring.find_phase1(phase1.initiator);
  }

  FollowerLimits limits;
  bool reads_copies = true;  ///< a PUSH that was read before is decrypted again
  keys::KeyRing ring;
  KeyStore store;
  Phase1Table phase1s;
  KekTable keks;
  std::uint32_t next_pull = 1;
  bool ipsec_seen = false;  ///< a phase 1 for IPsec: its New Group Mode has the PUSH's number
  std::vector<LateMessage> late;
  std::vector<keys::Tek> teks;
  std::unordered_set<std::uint64_t> known_teks;  ///< fingerprints of those that were told
  std::set<std::array<std::uint8_t, 16>> servers;
  std::array<std::uint8_t, 16> last_server{};  ///< noted last
  std::vector<keys::KekSpi> newly_known;       ///< SPIs whose pending PUSHes can be tried again
};

}  // namespace gdoi::exchange
