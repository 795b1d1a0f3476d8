#include "scenario/judge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace gdoi::scenario {
namespace {

using engine::Ending;
using registration::Outcome;

std::string live_text(const engine::Verdict& live) {
  auto text = std::string(name_of(live.ending));
  if (live.ending != Ending::kAccepted && !live.step.empty()) {
    text += fmt::format(" at {}", live.step);
  }
  if (live.how != registration::How::kNone) {
    text += fmt::format(" by {}", Answer{live.how, live.notify_type}.text());
  }
  return text;
}

Judgement failed(std::string why) {
  return {CaseResult::kFailed, std::move(why)};
}

Judgement inconclusive(std::string why) {
  return {CaseResult::kInconclusive, std::move(why)};
}

/// What a case wants of the ending; a pass where it has it.
Judgement judge_ending(Wanted wanted, const registration::Registration& captured,
                       const engine::Verdict& live) {
  auto ending = Ending::kAccepted;
  if (wanted == Wanted::kRefused) {
    ending = Ending::kRefused;
  } else if (wanted == Wanted::kAsCaptured || wanted == Wanted::kSame) {
    if (captured.outcome != Outcome::kRegistered && captured.outcome != Outcome::kRefused) {
      return inconclusive(
          fmt::format("the captured registration is {}: it says nothing about what "
                      "the key server should do",
                      name_of(captured.outcome)));
    }
    ending = captured.outcome == Outcome::kRefused ? Ending::kRefused : Ending::kAccepted;
  }
  if (wanted == Wanted::kNotAccepted) {
    return live.ending == Ending::kAccepted
               ? failed("not to be accepted was expected, and it was accepted")
               : Judgement{CaseResult::kPassed, {}};
  }
  return live.ending == ending ? Judgement{CaseResult::kPassed, {}}
                               : failed(fmt::format("{} was expected, and it was {}",
                                                    name_of(ending), live_text(live)));
}

Judgement judge_refusal(const Expectation& expect, const engine::Verdict& live) {
  if (live.ending != Ending::kRefused) {
    return {CaseResult::kPassed, {}};
  }
  const auto listed = std::ranges::any_of(
      expect.answers, [&](const Answer& answer) { return answer.allows(live); });
  if (!expect.answers.empty() && !listed) {
    std::vector<std::string> texts;
    texts.reserve(expect.answers.size());
    for (const auto& answer : expect.answers) {
      texts.push_back(answer.text());
    }
    return failed(fmt::format("a refusal by {} was expected, and it was {}",
                              fmt::join(texts, " or "), live_text(live)));
  }
  if (!expect.steps.empty() && std::ranges::find(expect.steps, live.step) == expect.steps.end()) {
    return failed(fmt::format("a refusal at {} was expected, and it was {}",
                              fmt::join(expect.steps, " or "), live_text(live)));
  }
  return {CaseResult::kPassed, {}};
}

std::string pair_text(const plan::Difference& one) {
  return fmt::format("{}: captured {}, live {}", one.address, one.captured, one.live);
}

/// Whether a pattern means a place, or a structure that the place is in.
bool means(const plan::Address& pattern, const plan::Address& place) {
  auto above = place.steps;
  for (; !plan::matches(pattern, place.message, above); above.pop_back()) {
    if (above.empty()) {
      return false;
    }
  }
  return true;
}

/// Empty: each pattern has something that was compared.
std::string matches_nothing(const Expectation& expect, const plan::Comparison& comparison) {
  const auto idle = std::ranges::find_if(expect.match, [&](const auto& pattern) {
    return std::ranges::none_of(comparison.fields,
                                [&](const auto& field) { return means(pattern, field); });
  });
  return idle == expect.match.end()
             ? ""
             : fmt::format("match: {} matches nothing that was compared, so it says nothing",
                           idle->text());
}

Judgement judge_fields(const Case& one, const plan::Comparison* comparison) {
  const bool all = one.expect.verdict == Wanted::kSame;
  if (!all && one.expect.match.empty()) {
    return {CaseResult::kPassed, {}};
  }
  if (comparison == nullptr) {
    return inconclusive("nothing came that could be compared");
  }
  const auto concerned = [&](const std::string& text) {
    const auto address = plan::Address::parse(text);
    return all || (address && std::ranges::any_of(one.expect.match, [&](const auto& pattern) {
                     return means(pattern, *address) ||
                            (address->steps.empty() && pattern.message == address->message);
                   }));
  };
  for (const auto& difference : comparison->differences) {
    if (concerned(difference.address)) {
      return failed("not as captured: " + pair_text(difference));
    }
  }
  for (const auto& unread : comparison->unread) {
    if (concerned(unread.substr(0, unread.find(':')))) {
      return inconclusive("not compared: " + unread);
    }
  }
  const auto idle = matches_nothing(one.expect, *comparison);
  return idle.empty() ? Judgement{CaseResult::kPassed, {}} : inconclusive(idle);
}

}  // namespace

std::string_view name_of(CaseResult result) {
  constexpr std::array<std::string_view, 5> kNames{"passed", "failed", "inconclusive",
                                                   "expected failure", "unexpected pass"};
  return kNames.at(static_cast<std::size_t>(result));
}

Judgement judge(const Case& one, const registration::Registration& captured,
                const engine::Verdict& live, const plan::Comparison* comparison) {
  if (live.ending == Ending::kAborted) {
    return inconclusive(live.reason);
  }
  auto found = judge_ending(one.expect.verdict, captured, live);
  if (found.result == CaseResult::kPassed) {
    found = judge_refusal(one.expect, live);
  }
  if (found.result == CaseResult::kPassed) {
    found = judge_fields(one, comparison);
  }
  const auto took =
      static_cast<double>(live.ended - live.started) / static_cast<double>(engine::kSecond);
  if (found.result == CaseResult::kPassed && one.expect.within && took > *one.expect.within) {
    found = failed(
        fmt::format("it took {:.3f} s, and {} s were expected at most", took, *one.expect.within));
  }
  return found;
}

Judgement with_unmade(Judgement judgement, const std::string& unmade, const engine::Verdict& live) {
  if (unmade.empty() || live.ending == Ending::kAborted) {
    return judgement;
  }
  return inconclusive(fmt::format(
      "the change was not made, so it was not tested: {} (the registration was {} before that)",
      unmade, live_text(live)));
}

Judgement with_xfail(const Case& one, Judgement judgement) {
  if (one.xfail.empty()) {
    return judgement;
  }
  if (judgement.result == CaseResult::kFailed) {
    return {CaseResult::kExpectedFailure, fmt::format("{}; known: {}", judgement.why, one.xfail)};
  }
  if (judgement.result == CaseResult::kPassed) {
    return {CaseResult::kUnexpectedPass,
            fmt::format("it passed, and was known to fail: {}", one.xfail)};
  }
  return judgement;
}

}  // namespace gdoi::scenario
