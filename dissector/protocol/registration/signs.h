#pragma once

#include "protocol/exchange/script.h"
#include "protocol/getvpn/feature.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What the wire showed around a registration, beyond its outcome: what its diagnosis rests on.
namespace gdoi::registration {

/// Answers that take longer than this are late; the implementations known repeat after 7 to 15 s.
inline constexpr std::int64_t kLateNs = 5'000'000'000;

/// A feature that the SA of PULL message 2 shows the group to use.
struct Use {
  std::string_view feature;  ///< as getvpn::Feature::name
  std::string text;          ///< "KEK lifetime is 604,800 s"
  std::uint64_t frame = 0;
};

/// Frames of 0: not seen. Times in nanoseconds.
struct Signs {
  exchange::Exchange exchange = exchange::Exchange::kUnknown;
  std::uint8_t number         = 0;  ///< message that got no acceptance, or the last one seen
  std::uint64_t frame         = 0;  ///< of that message
  std::int64_t asked_ns       = 0;  ///< when it came first
  std::int64_t watched_ns     = 0;  ///< how long it is known to have had no answer
  std::uint32_t sent          = 0;  ///< how often it came
  std::uint32_t octets        = 0;
  bool gm_stopped             = false;  ///< the KS waited for the GM, long enough to tell

  std::uint64_t ending_frame = 0;      ///< NOTIFY, DELETE or Informational of the KS
  bool ending_proved         = false;  ///< encrypted, and its HASH holds

  std::uint64_t notice_frame = 0;  ///< error NOTIFY or DELETE of the GM
  std::uint16_t notice_type  = 0;  ///< 0: a DELETE
  bool notice_proved         = false;

  std::uint64_t answer_frame    = 0;  ///< answer of the KS that the GM repeated its message after
  std::uint64_t repeated_frame  = 0;  ///< the first such repetition
  std::uint32_t repeats_after   = 0;
  std::uint64_t restart_frame   = 0;  ///< the GM's next phase 1
  std::int64_t restart_gap_ns   = 0;  ///< from the last message to it, where the GM stopped
  std::uint64_t one_sided_frame = 0;  ///< has a responder cookie, but no message of the KS came

  std::uint64_t port_frame  = 0;  ///< the GM's port was another than before
  std::uint16_t port_before = 0;
  std::uint16_t port_after  = 0;

  std::uint64_t late_frame = 0;  ///< slowest answer of the KS
  std::int64_t late_ns     = 0;  ///< after the GM's first such message
  std::uint8_t late_number = 0;

  std::uint64_t sides_differ_frame    = 0;  ///< GM's message; the two sides have different keys
  std::uint64_t initial_contact_frame = 0;
  std::uint64_t lost_fragments_frame  = 0;  ///< a fragment of a message that never became whole
  std::uint32_t half_open             = 0;  ///< phase 1s that the KS had open when this one began
};

}  // namespace gdoi::registration
