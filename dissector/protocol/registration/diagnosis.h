#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Why a registration failed, or came again: dissector/DIAGNOSIS.md.
namespace gdoi::registration {

enum class Cause : std::uint8_t {
  kVersionRefusal,
  kUnknownGroup,
  kNotAuthorised,
  kWrongPsk,
  kCertificate,
  kNoProposal,
  kKsUnreachable,
  kOneWayPath,
  kFragmentsLost,
  kThrottled,
  kKsBusy,
  kNatPorts,
  kGmGaveUp,
  kGmRestarted,
  kKsRestarted,
  kLifetimesOver,
  kMissedRekey,
  kCount
};

/// How far the evidence carries.
enum class Grade : std::uint8_t {
  kPossible,  ///< fits, as others do
  kLikely,    ///< speaks for this one; nothing on the wire proves it
  kCertain    ///< said in an authenticated message, or proved by keys
};

/// "version-refusal"; as in `inspect --json`.
[[nodiscard]] std::string_view name_of(Cause cause);
/// "Version or feature refusal".
[[nodiscard]] std::string_view title_of(Cause cause);
/// "possible", "likely", "certain".
[[nodiscard]] std::string_view name_of(Grade grade);

/// A fact that a diagnosis rests on.
struct Evidence {
  std::string_view fact;  ///< its name in the table of facts: "version-lacks"
  std::string text;       ///< a clause with its values; empty where the first sentence tells it
  std::vector<std::uint64_t> frames;
};

struct Explanation {
  Cause cause = Cause::kVersionRefusal;
  Grade grade = Grade::kPossible;
};

struct Diagnosis {
  std::optional<Explanation> best;        ///< nothing where no cause can be told or none is asked
  std::vector<Explanation> alternatives;  ///< the heaviest first; none beside a certain one
  std::vector<Evidence> evidence;         ///< of the best
  std::string seen;  ///< what happened, in words; empty where there is nothing to explain
  std::string why;   ///< the evidence, the cause with its grade, the alternatives
};

}  // namespace gdoi::registration
