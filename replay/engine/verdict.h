#pragma once

#include "engine/types.h"
#include "plan/changes.h"
#include "protocol/registration/registration.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gdoi::engine {

/// How a replayed registration ended.
enum class Ending : std::uint8_t {
  kAccepted,  ///< PULL message 4 came and its HASH is right
  kRefused,   ///< the KS proved alive and ended it: notify, delete or silence
  kDiverged,  ///< the KS answered otherwise than it did in the capture
  kInvalid,   ///< its answer is malformed, or its hash is wrong
  kAborted,   ///< a local or network fault, or loss alone
  // Of captured datagrams sent as they are
  kWithstood,  ///< the KS is alive, and did with them only what it may
  kFooled      ///< it took one of them for new
};

/// All of them, in their order.
inline constexpr std::array kEndings{Ending::kAccepted, Ending::kRefused, Ending::kDiverged,
                                     Ending::kInvalid,  Ending::kAborted, Ending::kWithstood,
                                     Ending::kFooled};

[[nodiscard]] std::string_view name_of(Ending ending);

/// Why a replay was no success: one counter each.
enum class Cause : std::uint8_t {
  kNone,                   ///< it was one: accepted, or withstood
  kNoAnswer,               ///< nothing ever came back
  kThrottled,              ///< so, without an ICMP error, while the KS answered others of the run
  kRetransmissionsUsedUp,  ///< it answered before; loss may be all
  kUnexpectedMessage,      ///< malformed, or otherwise than it may be
  kBadHash,                ///< a HASH or signature of its is wrong
  kRefusedByNotify,
  kRefusedByInformational,  ///< encrypted with other keys
  kDelete,
  kSilence,
  kFooled,  ///< it took captured octets for new
  kLocalError
};

/// All of them, in their order.
inline constexpr std::array kCauses{Cause::kNone,
                                    Cause::kNoAnswer,
                                    Cause::kThrottled,
                                    Cause::kRetransmissionsUsedUp,
                                    Cause::kUnexpectedMessage,
                                    Cause::kBadHash,
                                    Cause::kRefusedByNotify,
                                    Cause::kRefusedByInformational,
                                    Cause::kDelete,
                                    Cause::kSilence,
                                    Cause::kFooled,
                                    Cause::kLocalError};

/// "no-answer", as `--json` has it.
[[nodiscard]] std::string_view name_of(Cause cause);

/// A verdict with what it rests on.
struct Verdict {
  Ending ending         = Ending::kAborted;
  registration::How how = registration::How::kNone;
  std::optional<std::uint16_t> notify_type;
  std::string step;                  ///< "pull1": the message that got no acceptance
  std::string reason;                ///< one sentence
  bool unreachable         = false;  ///< nothing ever came back: exit code 3
  bool icmp_error          = false;  ///< but an ICMP error, which says that it is unreachable
  bool local_fault         = false;  ///< exit code 3
  bool bad_change          = false;  ///< one of the user's changes cannot be made
  bool bad_proof           = false;  ///< a HASH or signature of the KS is wrong
  Time started             = 0;
  Time phase1_complete     = 0;  ///< 0: never
  Time ended               = 0;
  unsigned sent            = 0;
  unsigned retransmissions = 0;
  unsigned received        = 0;
  /// Sender IDs that the KS gave, each with the SPI of the first TEK that they are for: no two GMs
  /// may have the same (RFC 6407 section 3.5).
  std::vector<std::pair<std::uint32_t, std::uint64_t>> sender_ids;
  std::vector<std::pair<std::string, std::pair<std::string, std::string>>>
      map;  ///< name, captured, live; no secrets
  /// What came back to captured datagrams, each kind with how often.
  std::vector<std::pair<std::string, unsigned>> answers;
  std::vector<plan::Altered> altered;  ///< the plan's changes whose messages were made
};

/// By one verdict alone: never `kThrottled`.
[[nodiscard]] Cause cause_of(const Verdict& verdict);

}  // namespace gdoi::engine
