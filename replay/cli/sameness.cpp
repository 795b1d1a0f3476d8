#include "cli/sameness.h"

#include "protocol/base/text_file.h"
#include "protocol/getvpn/strict_yaml.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

namespace gdoi::cli {

namespace {

using engine::Ending;
using registration::How;
using registration::Outcome;

std::string ending_text(const engine::Verdict& live) {
  std::string text(live.ending == Ending::kAccepted ? "registered" : name_of(live.ending));
  if (live.ending == Ending::kAccepted || live.step.empty()) {
    return text;
  }
  text += fmt::format(" at {}", live.step);
  if (live.how != How::kNone) {
    text += fmt::format(" by {}", name_of(live.how));
  }
  if (live.notify_type) {
    text += fmt::format(" {}", *live.notify_type);
  }
  return text;
}

/// An encrypted Informational without a key is a NOTIFY or a DELETE.
bool same_how(const registration::Registration& captured, const engine::Verdict& live) {
  if (captured.how == How::kInformational) {
    return live.how == How::kNotify || live.how == How::kDelete;
  }
  return captured.how == live.how && captured.notify_type == live.notify_type;
}

bool same_ending(const registration::Registration& captured, const engine::Verdict& live) {
  switch (captured.outcome) {
    case Outcome::kRegistered:
      return live.ending == Ending::kAccepted;
    case Outcome::kRefused:
      return live.ending == Ending::kRefused && captured.step == live.step &&
             same_how(captured, live);
    case Outcome::kNoAnswer:
      return live.unreachable;
    case Outcome::kIncomplete:
      break;
  }
  return true;
}

}  // namespace

Sameness compare_with_captured(const registration::Registration& captured,
                               const plan::Conversation& said, const plan::Heard& live,
                               const engine::Verdict& verdict, const plan::CompareRules& rules) {
  Sameness made{
      said, live.said,
      plan::compare({captured, said}, {live.story, live.said}, rules, plan::Sides::kKeyServer)};
  if (!same_ending(captured, verdict)) {
    made.comparison.differences.push_back(
        {"outcome", plan::outcome_text(captured), ending_text(verdict), "exact"});
  }
  return made;
}

Result<plan::CompareRules> read_rules(const std::string& path) {
  plan::CompareRules rules;
  if (path.empty()) {
    return rules;
  }
  const auto text = read_text_file(path);
  if (!text) {
    return text.error();
  }
  if (const auto status = rules.add(*text, path); !status) {
    return status.error();
  }
  return rules;
}

std::string difference_text(const plan::Difference& one, std::string_view first,
                            std::string_view second) {
  return fmt::format("{}: {} {}, {} {}", one.address, first, one.captured, second, one.live);
}

}  // namespace gdoi::cli
