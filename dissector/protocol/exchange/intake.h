#pragma once

#include "protocol/exchange/floating.h"
#include "protocol/exchange/follower.h"
#include "protocol/exchange/fragments.h"

#include <functional>

namespace gdoi::exchange {

/// The way of datagrams that are read in order: leaves out what is none of ours on port 4500, puts
/// fragments together, follows the messages. Wireshark's plugin does the same in its own steps.
class Intake {
 public:
  /// A datagram (or what its fragment made whole, under the same frame number) as it was followed.
  using OnMessage =
      std::function<void(const Packet& packet, const FrameRecord& record, wire::Tree& tree)>;
  /// An earlier one that can be read now.
  using OnLate = std::function<void(LateMessage& late)>;

  /// Bounds for a reader that keeps no frames: with less than the defaults of a Follower, since
  /// nobody comes back to a phase 1 of long ago.
  static constexpr std::size_t kPhase1s = 10'000;

  explicit Intake(FollowerLimits limits = {.phase1s = kPhase1s}) : follower_(limits) {}

  /// As Follower::read_copies().
  void read_copies(bool wanted) { follower_.read_copies(wanted); }

  /// Secrets, before the first datagram.
  void use(keys::KeyRing ring) { follower_.use(std::move(ring)); }

  /// Takes the next datagram; `unasked`: Floating::admits(). False where it is none of ours.
  bool take(const Packet& packet, bool unasked, const OnMessage& on_message, const OnLate& on_late);

  [[nodiscard]] const Follower& follower() const { return follower_; }

 private:
  /// Whether it was a fragment of a message.
  bool follow(const Packet& packet, const OnMessage& on_message, const OnLate& on_late);

  Floating floating_;
  Fragments fragments_;
  Follower follower_;
  wire::Tree tree_;
};

}  // namespace gdoi::exchange
