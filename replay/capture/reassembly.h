#pragma once

#include "capture/ip_packet.h"

#include <array>
#include <compare>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <vector>

namespace gdoi::capture {

/// Puts IP fragments together, IPv4 (RFC 791 3.2) and IPv6 (RFC 8200 4.5), in a bounded memory.
///
/// One of our own for both families: the rules are the same but for the width of the
/// identification, libtins' IPv4Reassembler knows no IPv6, keeps whatever never becomes whole
/// without a bound, joins overlapping fragments in silence, and wants each fragment as a tree of
/// PDU objects.
///
/// A fragment that repeats an earlier one exactly is ignored; any other overlap spoils the packet,
/// late fragments included (RFC 5722 section 4; for IPv4 hosts do the same since FragmentSmack).
class Reassembler {
 public:
  struct Whole {
    std::uint8_t protocol = 0;  ///< as the first fragment has it (RFC 8200 4.5)
    ByteView payload;           ///< valid until the next add()
  };

  /// A UDP datagram that never became whole, though its first fragment was there.
  struct Lost {
    std::uint64_t frame  = 0;  ///< of the fragment that came first
    std::int64_t time_ns = 0;
    std::uint8_t family  = 4;
    std::array<std::uint8_t, 16> source{};
    std::array<std::uint8_t, 16> destination{};
    std::uint16_t source_port      = 0;
    std::uint16_t destination_port = 0;
  };

  /// `max_octets`: held for all packets together, with an estimate of what the bookkeeping takes;
  /// the oldest packets go first.
  explicit Reassembler(std::size_t max_octets) : max_octets_(max_octets) {}

  /// Takes a packet of kind kFragment in; the whole payload if this fragment completed it.
  [[nodiscard]] std::optional<Whole> add(const IpPacket& fragment, std::int64_t time_ns,
                                         std::uint64_t frame = 0);

  /// Gives up what is still held: no more fragments will come.
  void finish();

  /// Packets given up so far: spoiled, too old, pushed out, or never complete.
  [[nodiscard]] std::uint64_t incomplete() const { return incomplete_; }

  /// The first of those, at most kMaxLost.
  [[nodiscard]] const std::vector<Lost>& lost() const { return lost_; }

  static constexpr std::size_t kMaxLost = 1'024;

 private:
  struct Key {
    std::uint8_t family          = 4;
    std::uint8_t protocol        = 0;  ///< IPv4 only: RFC 8200 4.5 leaves it out
    std::uint32_t identification = 0;
    std::array<std::uint8_t, 16> source{};
    std::array<std::uint8_t, 16> destination{};

    auto operator<=>(const Key&) const = default;
  };

  struct Partial {
    std::int64_t first_seen_ns = 0;
    std::uint64_t first_frame  = 0;
    std::map<std::size_t, Bytes> pieces;  ///< by offset, without overlap
    std::size_t received = 0;             ///< octets in pieces
    std::optional<std::size_t> total;     ///< known once the last fragment came
    std::uint8_t protocol = 0;
    bool spoiled          = false;
    std::size_t held      = 0;  ///< its part of held_
    std::list<Key>::iterator age;
  };

  using Partials = std::map<Key, Partial>;

  [[nodiscard]] static Key key_of(const IpPacket& fragment);
  [[nodiscard]] Partials::iterator find_or_start(const Key& key, std::int64_t time_ns,
                                                 std::uint64_t frame);
  void give_up(const Key& key, const Partial& partial);
  void take(Partial& partial, const IpPacket& fragment);
  void spoil(Partial& partial);
  void hold(Partial& partial, std::size_t octets);
  void remove(Partials::iterator partial);
  void make_room();

  std::size_t max_octets_;
  std::size_t held_         = 0;
  std::uint64_t incomplete_ = 0;
  std::vector<Lost> lost_;
  Partials partials_;
  std::list<Key> oldest_first_;
  Bytes whole_;
};

}  // namespace gdoi::capture
