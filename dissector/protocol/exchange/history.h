#pragma once

#include "protocol/exchange/follower.h"

#include <array>
#include <vector>

namespace gdoi::exchange {

/// A cipher block or IV; of ciphers with smaller blocks the leading octets.
using Block = std::array<std::uint8_t, crypto::kMaxBlockSize>;

/// Tells messages apart by their octets and by who sent them to whom. Not cryptographic: a
/// collision that someone made by intention only gets his own packet called a retransmission.
struct Fingerprint {
  std::uint64_t first  = 0;
  std::uint64_t second = 0;

  bool operator==(const Fingerprint&) const = default;
};

[[nodiscard]] Fingerprint fingerprint(ByteView octets);
/// Of a datagram: the sender's address counts (not its port, which NAT may change), and with
/// `to_one` the receiver's too.
[[nodiscard]] Fingerprint fingerprint(const Packet& packet, bool to_one);
/// The second from the first: what fingerprint(packet, true) is, given fingerprint(packet, false).
[[nodiscard]] Fingerprint to_one(const Fingerprint& to_any, const Packet& packet);

/// A message that was seen, and the last 16 octets of its ciphertext (or fewer).
struct Seen {
  Fingerprint print;
  FrameRecord record;
  Block tail{};
  std::uint8_t tail_size = 0;
};

/// A message that an earlier one may still make readable.
struct Pending {
  Packet packet;  ///< its payload is `octets`
  Bytes octets;
  FrameRecord record;
};

/// The messages of one exchange, oldest first, no more than a given number.
class History {
 public:
  /// `in_order`: all() is wanted; without it a new one takes the place of the oldest at once.
  explicit History(std::size_t limit, bool in_order = true) : limit_(limit), in_order_(in_order) {}

  /// The message with these octets; nullptr where there is none. Valid until the next add().
  [[nodiscard]] Seen* find(const Fingerprint& print);

  /// Forgets the oldest where there are too many.
  Seen& add(const Fingerprint& print, const FrameRecord& record, ByteView ciphertext);

  [[nodiscard]] const std::vector<Seen>& all() const { return seen_; }

  [[nodiscard]] std::vector<Seen>& all() { return seen_; }

 private:
  /// Room for the next, with its number in `seen_`.
  [[nodiscard]] std::size_t place();

  std::size_t limit_;
  bool in_order_;
  std::size_t oldest_ = 0;  ///< where they are not in order
  std::vector<Seen> seen_;
  std::vector<std::uint64_t> firsts_;  ///< of their fingerprints, side by side to be searched
};

/// Appends a copy of the packet, unless it was cut and can never be read; the oldest goes where
/// there are more than `limit`.
void keep_pending(std::vector<Pending>& list, std::size_t limit, const Packet& packet,
                  const FrameRecord& record);

}  // namespace gdoi::exchange
