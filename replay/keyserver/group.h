#pragma once

#include "keyserver/policy.h"
#include "protocol/exchange/message.h"
#include "protocol/keys/key_ring.h"
#include "protocol/wire/compose.h"

#include <set>
#include <string>
#include <vector>

namespace gdoi::keyserver {

/// GMs that a group remembers; of more the later ones are granted keys, but not remembered.
inline constexpr std::size_t kMaxRegistered = 20'000;
/// Sender IDs that one PULL can get.
inline constexpr std::uint32_t kMaxSenderIds = 256;

/// A group with the SPIs and keys that were made for it, which stay as they are while the KS lives.
class Group {
 public:
  Group(GroupPolicy policy, engine::Random& random);

  [[nodiscard]] const GroupPolicy& policy() const { return policy_; }

  /// Whether the body of an ID payload names this group.
  [[nodiscard]] bool is_named_by(ByteView id_body) const;

  [[nodiscard]] bool admits(const exchange::Endpoint& gm) const;

  /// The SA payload of PULL message 2 (RFC 6407 section 5.2).
  [[nodiscard]] wire::Part sa(const exchange::Endpoint& ks, const exchange::Endpoint& gm) const;

  /// SEQ (with a KEK) and KD of PULL message 4, with these sender IDs (RFC 6407 sections 5.6, 5.7).
  [[nodiscard]] std::vector<wire::Part> keys(const std::vector<std::uint32_t>& sender_ids) const;

  /// Sender IDs for one PULL: one, or as many as were asked for (RFC 6407 sections 3.5, 5.4.2).
  /// Nothing, and no change, where not so many are left; none where no TEK needs them.
  [[nodiscard]] std::optional<std::vector<std::uint32_t>> allot(std::uint32_t asked_for);

  /// Notes a registration that was granted.
  void add_member(const exchange::Endpoint& gm);

  /// As if nobody had ever registered: sender IDs are given out from the first again.
  void forget_members();

  [[nodiscard]] std::size_t member_count() const { return members_.size(); }

  /// KEK and TEK lines.
  [[nodiscard]] std::vector<std::string> key_log() const;

 private:
  struct Tek {
    std::uint32_t spi = 0;
    Secret key;
    Secret authentication_key;
  };

  void make_kek(engine::Random& random);
  [[nodiscard]] wire::Part sak(const exchange::Endpoint& ks, const exchange::Endpoint& gm) const;
  [[nodiscard]] wire::Part gap() const;

  GroupPolicy policy_;
  keys::KekSpi kek_spi_{};
  Secret kek_iv_;
  Secret kek_key_;
  Bytes public_key_;  ///< DER SubjectPublicKeyInfo
  std::vector<Tek> teks_;
  std::uint32_t sequence_       = 0;  ///< last used in a PUSH
  std::uint64_t next_sender_id_ = 0;
  std::set<exchange::Endpoint> members_;
};

}  // namespace gdoi::keyserver
