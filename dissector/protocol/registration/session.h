#pragma once

#include "protocol/exchange/follower.h"
#include "protocol/registration/contents.h"
#include "protocol/registration/registration.h"

#include <array>
#include <optional>
#include <vector>

/// What the tracker remembers while a registration may still change.
namespace gdoi::registration {

/// Highest message number of an exchange that we follow.
inline constexpr std::size_t kMaxStep = 6;

/// Frames of repetitions that a reason may name; more are only counted.
inline constexpr std::size_t kMaxNamedRepeats = 6;

/// Octets that an unreadable PULL message 4 must have more than message 3 (a HASH) to pass for a
/// KD: one TEK of AES-128 takes 37, a NOTIFY without SPI 12, both before padding.
inline constexpr std::uint32_t kLeastKeyDownload = 24;

/// Closed phase 1s whose late messages are still told from those of a phase 1 that nobody saw.
inline constexpr std::size_t kMaxClosedPhase1s = 20'000;

/// PULLs kept open under one phase 1; of more the oldest is judged and closed.
inline constexpr std::size_t kMaxOpenPulls = 64;

/// One message of an exchange, with its repetitions.
struct StepSeen {
  std::uint64_t frame   = 0;  ///< 0: not seen
  std::int64_t first_ns = 0;
  std::int64_t last_ns  = 0;
  std::uint32_t octets  = 0;  ///< of the datagram, also where the capture has not all
  std::uint32_t repeats = 0;
  std::array<std::uint64_t, kMaxNamedRepeats> repeat_frames{};
};

/// By what the KS may have ended an exchange.
struct Ending {
  How how                   = How::kNone;
  std::uint16_t notify_type = 0;
  std::uint64_t frame       = 0;
  std::uint8_t step         = 0;  ///< highest message number at that time
  bool clear                = false;
  bool proved               = false;  ///< encrypted, and its HASH holds
};

/// A main mode, aggressive mode or PULL.
struct Conversation {
  exchange::Exchange exchange = exchange::Exchange::kUnknown;
  std::array<StepSeen, kMaxStep + 1> steps{};  ///< by number
  std::vector<std::uint64_t> frames;
  std::uint64_t first_frame = 0;
  std::int64_t first_ns     = 0;
  std::int64_t last_ns      = 0;
  std::uint32_t encrypted   = 0;
  std::uint32_t decrypted   = 0;
  std::uint32_t ks_messages = 0;
  Ending ending;
  Ending gm_notice;               ///< the first error NOTIFY or DELETE of the GM
  std::optional<Outcome> told{};  ///< what Tracker::ended() said of it

  /// Highest message number seen; 0: none.
  [[nodiscard]] std::uint8_t highest() const;
  /// Takes a frame in that belongs to this exchange, whatever its number.
  void add_frame(const exchange::Packet& packet, const exchange::FrameRecord& record);
  /// Takes message `record.number` in, or counts its repetition.
  void add_step(const exchange::Packet& packet, const exchange::FrameRecord& record);
  /// Number of the last message of the GM; without one that of the last message at all.
  [[nodiscard]] std::uint8_t last_of_gm() const;
  /// Corrects the number of a frame that became readable later.
  void renumber(std::uint64_t frame, std::uint8_t number);
};

struct Pull : Conversation {
  std::uint32_t registration = 0;  ///< Registration::number
  std::uint32_t number       = 0;  ///< as FrameRecord::pull
  std::uint32_t message_id   = 0;
  std::optional<Group> group;
  Lifetimes lifetimes;
  std::vector<Use> uses;
  RekeyStart rekey;
  std::optional<KeyDownload> download;
  bool last_read = false;  ///< message 4 was readable

  /// Whether message 4 came: with a KD where it can be read, else long enough for one.
  [[nodiscard]] bool is_registered() const;
};

/// Fragments of IKE that one side sent of a message that is not whole yet. Frame 0: none.
struct Pieces {
  std::uint64_t last_frame = 0;
  std::int64_t last_ns     = 0;
  std::uint64_t lost_frame = 0;  ///< last one of an earlier attempt
  std::int64_t whole_ns    = 0;  ///< when a message became whole; 0: none
};

/// A phase 1 with its PULLs.
struct Session {
  /// Registration::number, which the first PULL takes over; 0: of a probe.
  std::uint32_t registration = 0;
  std::uint64_t key          = 0;
  std::uint32_t pulls_seen   = 0;
  exchange::Endpoint gm;
  exchange::Endpoint ks;
  keys::Cookie cookie{};
  std::uint64_t answered_by_cookie = 0;      ///< first frame with a responder cookie
  bool quick                       = false;  ///< a Quick mode came: no GDOI
  bool probe                       = false;  ///< says of itself that no registration follows
  bool dirty                       = false;  ///< messages came after it was judged
  bool told_silent = false;  ///< no message came since it was judged for its silence
  /// Of the GM's last message: its port, and the one that it went to.
  std::uint16_t gm_port       = 0;
  std::uint16_t ks_port       = 0;
  std::uint64_t port_frame    = 0;  ///< the GM's port was another than before
  std::uint16_t port_before   = 0;
  std::uint16_t port_after    = 0;
  std::uint32_t half_open     = 0;  ///< other phase 1s that the KS had open when this one began
  std::uint64_t sides_differ  = 0;  ///< GM's message; the key log has other keys of the KS
  std::uint64_t first_contact = 0;  ///< GM's INITIAL-CONTACT
  std::uint64_t lost_frame = 0;  ///< fragment of a datagram between the two that never became whole
  Pieces pieces_of_gm;
  Pieces pieces_of_ks;
  Conversation phase1;
  Phase1 proposal;
  GmVersion version;
  std::vector<Pull> pulls;  ///< oldest first
  /// The same GM's next phase 1; 0: none.
  std::uint64_t restart_frame = 0;
  std::int64_t restart_ns     = 0;

  /// Of its last message.
  [[nodiscard]] std::int64_t last_ns() const;
  [[nodiscard]] Pull* find_pull(std::uint32_t number);
  /// Whether it is no registration: a phase 1 of IPsec, or a probe that went as far as it said.
  [[nodiscard]] bool is_none() const;
  [[nodiscard]] bool is_probe() const;
  /// The exchange that a NOTIFY or DELETE of the KS would end: the last PULL not answered to its
  /// end, or phase 1 where there was no PULL; nullptr: none.
  [[nodiscard]] Conversation* open_exchange();
  /// Notes a datagram that was lost between the two in their time.
  bool watch_loss(const exchange::Packet& packet);
  /// A message shows who is who, after all: where the capture begins in the middle, the one who
  /// sends first is taken for the GM.
  void correct_sides(const exchange::Packet& packet, exchange::Sender sender);
  /// Takes a fragment of a message.
  void add_piece(const exchange::Packet& packet);
  /// The message that `packet` completes is whole, if it came in fragments.
  void complete(const exchange::Packet& packet);
  /// The frame of a fragment, IP's or IKE's, of which the others were lost by that time, and which
  /// no new message of the two followed: one that did shows that the loss was made good. 0: none.
  [[nodiscard]] std::uint64_t lost_fragment(std::int64_t end_ns) const;
  /// The frame of the last message that was new; 0: none.
  [[nodiscard]] std::uint64_t last_new() const;
  /// Watches the GM's port (RFC 3947 section 4 lets it change once, to 4500).
  void watch_port(const exchange::Packet& packet, const exchange::FrameRecord& record);
};

/// Who sends message `number`; unknown where the exchange has no such message.
[[nodiscard]] exchange::Sender sender_of(exchange::Exchange exchange, std::uint8_t number);

}  // namespace gdoi::registration
