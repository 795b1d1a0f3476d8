#pragma once

#include "protocol/exchange/follower.h"
#include "protocol/getvpn/version.h"
#include "protocol/registration/group_view.h"
#include "protocol/registration/ledger.h"
#include "protocol/registration/registration.h"

#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace gdoi::registration {

/// Counts over all messages, as captures/README.md tabulates them.
struct Counts {
  std::uint64_t datagrams        = 0;  ///< handed to the tracker
  std::uint64_t messages         = 0;  ///< ISAKMP messages, retransmissions included
  std::uint64_t retransmissions  = 0;
  std::uint64_t phase1_clear     = 0;
  std::uint64_t phase1_encrypted = 0;
  std::uint64_t pull             = 0;
  std::uint64_t informational    = 0;
  std::uint64_t push             = 0;
  std::uint64_t push_ack         = 0;
  std::uint64_t decrypted        = 0;
  std::uint64_t undecrypted      = 0;
  std::array<std::uint64_t, 4>
      pull_hash_good{};  ///< HASH(1) to HASH(4), retransmissions not counted again
  std::uint64_t informational_hash_good = 0;
  std::uint64_t phase1_auth_good        = 0;  ///< HASH_I, HASH_R, SIG_I, SIG_R
  std::uint64_t push_sig_good           = 0;
  std::uint64_t bad                     = 0;  ///< hashes and signatures that are bad
  std::uint64_t unverified              = 0;
  std::uint64_t probes = 0;  ///< phase 1s that are no registration by their own word
};

/// Phase 1s kept open; of more the one that was silent longest is judged and closed, and what comes
/// later under it belongs to no registration.
inline constexpr std::size_t kMaxOpenPhase1s = 10'000;

/// Turns what the follower says of each message into registrations with outcome and reason.
class Tracker {
 public:
  explicit Tracker(getvpn::VersionRules rules = {}, std::size_t max_open_phase1s = kMaxOpenPhase1s);
  Tracker(Tracker&&) noexcept;
  Tracker& operator=(Tracker&&) noexcept;
  ~Tracker();

  /// Collects what take_groups() gives; before the first message.
  void collect_groups();

  /// Takes a message. Returns the number of the registration that it belongs to (0: none yet, or
  /// none at all).
  std::uint32_t on_message(const exchange::Packet& packet, const exchange::FrameRecord& record,
                           const wire::Tree& tree);

  /// A message that became readable only now.
  void on_late(const exchange::LateMessage& message);

  /// Time has come to `now_ns`, as packets count it, whether packets come or not. Returns the
  /// registrations that have ended since the last call: registered, refused aloud, or silent since
  /// (the GM began anew, or nothing came for kSilenceNs); and those that turned out otherwise.
  [[nodiscard]] std::vector<Registration> ended(std::int64_t now_ns);

  /// A datagram of which not all fragments came; it has no payload.
  void on_lost(const exchange::Packet& packet);

  /// The capture is at its end: judges what is still open. Calls after it change nothing.
  void finish();

  /// All registrations by number. Before finish() as far as they can be told by then, with those
  /// that turn out to be none in their places (`registrations()[number - 1]`).
  [[nodiscard]] const Ledger& registrations() const;

  /// The same GM's registration before that one, as registrations() told it last; before finish().
  [[nodiscard]] std::optional<Registration> earlier(const Registration& one) const;

  /// All registrations as finish() would leave them if the capture ended here.
  [[nodiscard]] Ledger as_if_finished() const;

  /// registrations(), moved out; after finish().
  [[nodiscard]] Ledger take_registrations();

  /// The groups, in the order of their IDs; after finish() and before take_registrations().
  [[nodiscard]] std::vector<GroupView> take_groups();

  [[nodiscard]] const Counts& counts() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gdoi::registration
