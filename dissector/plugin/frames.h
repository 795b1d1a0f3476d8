#pragma once

#include "plugin/data_plane.h"
#include "plugin/epan.h"
#include "plugin/story.h"
#include "protocol/exchange/follower.h"

#include <optional>
#include <type_traits>

/// What is kept for each file and each frame. State changes only while Wireshark reads a file for
/// the first time; whatever it shows later, in any order, comes from these records.
namespace gdoi::plugin {

/// One datagram of a file, kept in the file's memory: small, without octets and destructors.
struct Frame {
  exchange::FrameRecord record;
  bool esp_full = false;  ///< it taught more TEKs than Wireshark's ESP dissector takes
  /// The message that this fragment made whole, in the file's memory; nullptr: none.
  const std::uint8_t* whole = nullptr;
  std::uint32_t whole_size  = 0;
  const Told* told = nullptr;  ///< of its registration, in the file's memory; nullptr: none
};

static_assert(std::is_trivially_destructible_v<Frame>, "the file's memory runs no destructors");

/// The datagram that Wireshark wants dissected.
struct Datagram {
  exchange::Packet packet;
  bool nat_port    = false;  ///< one of the ports is 4500
  bool reassembled = false;  ///< put together from fragments; the last one came in this frame
};

[[nodiscard]] Datagram datagram_of(const packet_info* pinfo, ByteView payload,
                                   std::uint32_t claimed_length, bool reassembled = false);

/// When the frame came, nanoseconds since 1970.
[[nodiscard]] std::int64_t time_of(const packet_info* pinfo);

/// A new file begins, or the same again: forgets everything, reads the keys and says what is wrong
/// with them.
void start_file();
void end_file();

/// Keys that stand in the capture itself, in the key log format; before the first packet.
void add_embedded_keys(std::string_view text);

/// Reads a datagram into `tree` and returns what is known of it. On the first pass the follower
/// sees it and the result is kept; later the message is only decoded again.
[[nodiscard]] Frame read_datagram(packet_info* pinfo, int protocol, const Datagram& datagram,
                                  wire::Tree& tree);

/// Whether a datagram on a port of GDOI is the first of its phase 1; on the first pass only.
[[nodiscard]] bool begins_phase1(const Datagram& datagram);

/// Whether a datagram on port 4500 carries on a phase 1 that was seen on a port of GDOI before.
[[nodiscard]] bool carries_on(packet_info* pinfo, int protocol, const Datagram& datagram);

/// The file's registrations as they stand after the messages so far.
[[nodiscard]] const registration::Ledger& registrations_by_now();

/// The same by all that is known, as if the file ended here.
[[nodiscard]] const registration::Ledger& registrations_in_the_end();

/// One of those; nothing where it turned out to be no registration.
[[nodiscard]] std::optional<registration::Registration> registration_in_the_end(
    std::uint32_t number);

/// Why a message is not decrypted, or what is worth saying about its key.
[[nodiscard]] std::string key_remark(const Frame& frame, const wire::Tree& tree);

/// TEKs that the messages so far have taught and Wireshark's ESP dissector does not have yet.
[[nodiscard]] std::span<const EspKey> take_esp_keys();

}  // namespace gdoi::plugin
