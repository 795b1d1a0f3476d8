#pragma once

#include "plan/difference.h"
#include "scenario/scenario.h"

#include <string>
#include <string_view>

namespace gdoi::scenario {

/// What became of a case.
enum class CaseResult : std::uint8_t {
  kPassed,
  kFailed,
  kInconclusive,     ///< it could not be told; never counts as passed
  kExpectedFailure,  ///< failed, and is known to
  kUnexpectedPass    ///< passed, though it is known to fail
};

/// "passed", "failed", "inconclusive", "expected failure", "unexpected pass".
[[nodiscard]] std::string_view name_of(CaseResult result);

/// Whether a CI job may go on.
[[nodiscard]] constexpr bool is_good(CaseResult result) {
  return result == CaseResult::kPassed || result == CaseResult::kExpectedFailure;
}

struct Judgement {
  CaseResult result = CaseResult::kInconclusive;
  std::string why;  ///< of anything but a pass: one sentence
};

/// Judges one replayed registration of a case. `comparison`: with the captured one, nullptr where
/// there is none.
[[nodiscard]] Judgement judge(const Case& one, const registration::Registration& captured,
                              const engine::Verdict& live, const plan::Comparison* comparison);

/// The judgement of a case of which the change `unmade` never came to be made, since its message
/// was not sent: whatever the key server did, it did not do it because of that. Empty: there is
/// none.
[[nodiscard]] Judgement with_unmade(Judgement judgement, const std::string& unmade,
                                    const engine::Verdict& live);

/// The judgement of a case that is known to fail.
[[nodiscard]] Judgement with_xfail(const Case& one, Judgement judgement);

}  // namespace gdoi::scenario
