#pragma once

#include "protocol/registration/session.h"

/// From what was seen to outcome and reason.
namespace gdoi::registration {

/// The GM waited for an answer if it repeated the message, or began anew, this long after it. Less
/// is a frame that was captured twice, or a GM that did not wait.
inline constexpr std::int64_t kPatienceNs = 1'000'000'000;

/// One repetition without an answer is a lost datagram as easily as silence.
inline constexpr std::uint32_t kPatientRepeats = 2;

/// An answer that has not come by then, while the capture goes on, counts as refused by silence
/// though the GM did not repeat. The implementations known repeat after 7 to 15 s.
inline constexpr std::int64_t kSilenceNs = 30'000'000'000;

/// A NOTIFY, DELETE or unreadable Informational that comes later after the GM's last message is not
/// its answer.
inline constexpr std::int64_t kAnswerNs = 60'000'000'000;

/// What silence rests on.
enum class Waited : std::uint8_t { kNo, kRepeated, kBeganAnew, kCaptureWentOn };

/// How the exchange stands.
struct Judgement {
  Outcome outcome     = Outcome::kIncomplete;
  How how             = How::kNone;
  std::uint8_t step   = 0;  ///< message number; 0: none
  Waited waited       = Waited::kNo;
  std::int64_t for_ns = 0;  ///< how long the GM's message is known to have had no answer
  std::int64_t end_ns = 0;  ///< of the capture
  bool one_sided = false;   ///< the KS answered, by its cookie, but the capture has nothing of it
};

/// Judges a PULL of the session, or its phase 1 where `pull` is nullptr. `end_ns` is the time of
/// the last packet of the capture.
[[nodiscard]] Judgement judge(const Session& session, const Pull* pull, std::int64_t end_ns);

/// The same as a registration; attempt is left to the tracker.
[[nodiscard]] Registration registration_of(const Session& session, const Pull* pull,
                                           std::int64_t end_ns);

}  // namespace gdoi::registration
