#include "engine/verdict.h"

#include <array>

namespace gdoi::engine {

std::string_view name_of(Ending ending) {
  constexpr std::array<std::string_view, kEndings.size()> kNames{
      "accepted", "refused", "diverged", "invalid", "aborted", "withstood", "fooled"};
  return kNames.at(static_cast<std::size_t>(ending));
}

std::string_view name_of(Cause cause) {
  constexpr std::array<std::string_view, kCauses.size()> kNames{"none",
                                                                "no-answer",
                                                                "throttled",
                                                                "retransmissions-used-up",
                                                                "unexpected-message",
                                                                "bad-hash",
                                                                "refused-by-notify",
                                                                "refused-by-informational",
                                                                "delete",
                                                                "silence",
                                                                "fooled",
                                                                "local-error"};
  return kNames.at(static_cast<std::size_t>(cause));
}

Cause cause_of(const Verdict& verdict) {
  switch (verdict.ending) {
    case Ending::kAccepted:
    case Ending::kWithstood:
      return Cause::kNone;
    case Ending::kFooled:
      return Cause::kFooled;
    case Ending::kDiverged:
    case Ending::kInvalid:
      return verdict.bad_proof ? Cause::kBadHash : Cause::kUnexpectedMessage;
    case Ending::kAborted:
      return verdict.local_fault   ? Cause::kLocalError
             : verdict.unreachable ? Cause::kNoAnswer
                                   : Cause::kRetransmissionsUsedUp;
    case Ending::kRefused:
      break;
  }
  switch (verdict.how) {
    case registration::How::kNotify:
      return Cause::kRefusedByNotify;
    case registration::How::kDelete:
      return Cause::kDelete;
    case registration::How::kInformational:
      return Cause::kRefusedByInformational;
    default:
      return Cause::kSilence;
  }
}

}  // namespace gdoi::engine
