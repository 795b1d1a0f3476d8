#include "scenario/case_reader.h"

#include "plan/changes.h"
#include "plan/compare_rules.h"
#include "plan/settings.h"
#include "protocol/base/text_file.h"
#include "protocol/registration/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gdoi::scenario {
namespace {

using getvpn::YamlMap;
using Node = YAML::Node;

namespace fs = std::filesystem;

constexpr std::uint32_t kMostNumber    = 1'000'000;
constexpr std::uint16_t kLastErrorType = 16'383;  // RFC 2408 section 3.14.1
constexpr std::uint32_t kMostRetries   = 100;

constexpr std::array<std::string_view, 0> kNone{};
constexpr std::array<std::string_view, 5> kExpect{"verdict", "answers", "step", "within", "match"};

constexpr std::array<std::pair<std::string_view, Wanted>, 5> kWanted{
    {{"as-captured", Wanted::kAsCaptured},
     {"accepted", Wanted::kAccepted},
     {"refused", Wanted::kRefused},
     {"same", Wanted::kSame},
     {"not-accepted", Wanted::kNotAccepted}}
};

}  // namespace

std::string CaseReader::optional_text(const YamlMap& map, std::string_view key) {
  const auto* const node = map.find(key);
  return node == nullptr ? std::string() : yaml_.text(*node, key);
}

std::string CaseReader::file(const Node& node, std::string_view key) {
  const auto text = yaml_.text(node, key);
  const fs::path path(text);
  const auto found = path.is_absolute() ? path : folder_ / path;
  auto plain       = found.lexically_normal().string();
  if (const auto may = may_be_read(plain); !yaml_.failed() && !may) {
    yaml_.fail(node, fmt::format("'{}': {}", key, may.error().text));
  }
  return plain;
}

double CaseReader::seconds(const Node& node, std::string_view key) {
  const auto found = plan::seconds_of(yaml_.text(node, key));
  if (!found || *found <= 0) {
    yaml_.fail(node, fmt::format("'{}' is a number of seconds, such as 2.5", key));
  }
  return found.value_or(1);
}

void CaseReader::common(const YamlMap& map, Case& one) {
  if (const auto* node = map.find("capture")) {
    one.capture = file(*node, "capture");
  }
  if (const auto* node = map.find("policy")) {
    one.policy = file(*node, "policy");
  }
  if (const auto* node = map.find("compare")) {
    one.compare = file(*node, "compare");
  }
  if (const auto* node = map.find("registration")) {
    one.registration = yaml_.number(*node, "registration", 1, kMostNumber);
  }
  if (const auto* node = map.find("keys")) {
    one.keys.clear();
    yaml_.list(*node, "keys", kMostMembers,
               [&](const Node& each) { one.keys.push_back(file(each, "keys")); });
  }
  if (const auto* node = map.find("psk")) {
    one.psk = yaml_.text(*node, "psk");
  }
  for (const auto& [key, path] : engine::kCredentialFiles) {
    if (const auto* node = map.find(key)) {
      one.credentials.*path = file(*node, key);
    }
  }
  if (const auto* node = map.find("timeout")) {
    one.timeout = seconds(*node, "timeout");
  }
  if (const auto* node = map.find("retries")) {
    one.retries = yaml_.number(*node, "retries", 0, kMostRetries);
  }
  settings(map, one);
  changes(map, one);
  if (const auto* node = map.find("expect")) {
    one.expect = expectation(*node);
  }
}

void CaseReader::settings(const YamlMap& map, Case& one) {
  const auto* const node = map.find("set");
  if (node == nullptr) {
    return;
  }
  if (!node->IsMap()) {
    yaml_.fail(*node, "'set' must be a map of names and values, as --set has them");
    return;
  }
  for (const auto& entry : *node) {
    const auto name  = yaml_.text(entry.first, "set");
    const auto value = yaml_.text(entry.second, name);
    check_setting(entry.first, name, value);
    put(one, name, value);
  }
}

void CaseReader::check_setting(const Node& node, const std::string& name,
                               const std::string& value) {
  plan::Settings ignored;
  if (yaml_.failed()) {
    return;
  }
  if (const auto status = plan::set(ignored, name + "=" + value); !status) {
    yaml_.fail(node, status.error().text);
  }
}

void put(Case& one, const std::string& name, const std::string& value) {
  const auto found =
      std::ranges::find(one.settings, name, &std::pair<std::string, std::string>::first);
  if (found == one.settings.end()) {
    one.settings.emplace_back(name, value);
  } else {
    found->second = value;
  }
}

// "mm1: cut 40" is a map of one member to YAML.
void CaseReader::changes(const YamlMap& map, Case& one) {
  const auto* const node = map.find("changes");
  if (node == nullptr) {
    return;
  }
  yaml_.list(*node, "changes", kMostMembers, [&](const Node& each) {
    std::string text;
    if (each.IsMap() && each.size() == 1) {
      const auto only = each.begin();
      text = yaml_.text(only->first, "changes") + ": " + yaml_.text(only->second, "changes");
    } else {
      text = yaml_.text(each, "changes");
    }
    if (yaml_.failed()) {
      return;
    }
    if (const auto change = plan::parse_change(text); !change) {
      yaml_.fail(each, change.error().text);
    }
    one.changes.push_back(std::move(text));
  });
}

Expectation CaseReader::expectation(const Node& node) {
  Expectation made;
  const auto map = yaml_.map(node, "expect", kNone, kExpect);
  if (const auto* verdict = map.find("verdict")) {
    made.verdict = yaml_.choice(*verdict, "verdict", kWanted);
  }
  if (const auto* answers = map.find("answers")) {
    yaml_.list(*answers, "answers", kMostMembers,
               [&](const Node& each) { made.answers.push_back(answer(each)); });
  }
  if (const auto* step = map.find("step")) {
    if (step->IsSequence()) {
      yaml_.list(*step, "step", kMostMembers,
                 [&](const Node& each) { made.steps.push_back(step_name(each)); });
    } else {
      made.steps.push_back(step_name(*step));
    }
  }
  if (const auto* within = map.find("within")) {
    made.within = seconds(*within, "within");
  }
  if (const auto* match = map.find("match")) {
    yaml_.list(*match, "match", kMostMembers, [&](const Node& each) {
      const auto text = yaml_.text(each, "match");
      auto pattern    = plan::CompareRules::parse_pattern(text);
      if (pattern) {
        made.match.push_back(std::move(pattern).value());
      } else {
        yaml_.fail(each, pattern.error().text);
      }
    });
  }
  for (const auto* key : {"answers", "step"}) {
    if (const auto* refusal = map.find(key);
        refusal != nullptr && made.verdict == Wanted::kAccepted) {
      yaml_.fail(
          *refusal,
          fmt::format("'{}' is of a refusal, and 'verdict' is accepted; leave one out", key));
    }
  }
  return made;
}

std::string CaseReader::step_name(const Node& node) {
  auto name = yaml_.text(node, "step");
  if (!yaml_.failed() && !plan::is_message_of_gm(name)) {
    yaml_.fail(node,
               fmt::format(
                   "'{}' is no message of a GM; there are mm1, mm3, mm5, am1, am3, pull1 and pull3",
                   name));
  }
  return name;
}

Answer CaseReader::answer(const Node& node) {
  using registration::How;
  const auto text = yaml_.text(node, "answers");
  if (text == "silence" || text == "delete" || text == "notify") {
    return {text == "silence"  ? How::kSilence
            : text == "delete" ? How::kDelete
                               : How::kNotify,
            std::nullopt};
  }
  for (std::uint16_t type = 1; type <= kLastErrorType; ++type) {
    if (registration::notify_name(type) == text || fmt::to_string(type) == text) {
      return {How::kNotify, type};
    }
  }
  yaml_.fail(
      node,
      fmt::format(
          "'{}' is no answer: silence, delete, notify, or the name or number of an error NOTIFY",
          text));
  return {};
}

}  // namespace gdoi::scenario
