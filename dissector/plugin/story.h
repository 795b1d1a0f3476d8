#pragma once

#include "plugin/epan.h"
#include "protocol/exchange/follower.h"
#include "protocol/registration/tracker.h"

#include <unordered_map>

/// What is known of registrations by a frame. It is told while Wireshark reads a file for the first
/// time and kept, so that one pass and two show the same; what only later frames show is for the
/// lists of plugin/registrations.
namespace gdoi::plugin {

/// Of one frame, in the file's memory; texts that are not there are nullptr.
struct Told {
  std::uint32_t registration = 0;        ///< from 1, in the order in which they begin
  const char* state          = nullptr;  ///< after this message
  const char* cause          = nullptr;
  const char* grade          = nullptr;
  const char* diagnosis      = nullptr;
  const char* failure = nullptr;  ///< refused, never answered or given up, as far as can be told
  const char* before  = nullptr;  ///< how the same GM's attempt before this one ended
  bool is_response    = false;
  std::uint32_t response_us = 0;  ///< after the message that it answers
  /// The first answer to it after it; 0: none, or not yet. This alone is told later than the frame.
  std::uint64_t answered_in = 0;
  const Told* repeats       = nullptr;  ///< what is told of the frame that this one repeats
};

/// Follows the registrations of a file.
class Teller {
 public:
  /// A message of the first pass; nullptr for a piece of one.
  [[nodiscard]] const Told* tell(const exchange::Packet& packet,
                                 const exchange::FrameRecord& record, const wire::Tree& tree);

  void late(const exchange::LateMessage& message) { tracker_.on_late(message); }

  [[nodiscard]] const registration::Tracker& tracker() const { return tracker_; }

 private:
  /// Messages kept for what links them with their answers; older ones are forgotten.
  static constexpr std::size_t kMaxMessages = 1'000'000;

  struct Message {
    std::int64_t time_ns = 0;
    Told* told           = nullptr;
    Told* again          = nullptr;  ///< of its last repetition so far
  };

  void link(const exchange::Packet& packet, const exchange::FrameRecord& record, Told& told);
  void registration(std::uint32_t number, const exchange::FrameRecord& record, Told& told);

  registration::Tracker tracker_;
  std::unordered_map<std::uint64_t, Message> messages_;  ///< by frame
};

}  // namespace gdoi::plugin
