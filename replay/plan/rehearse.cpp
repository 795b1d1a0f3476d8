#include "plan/rehearse.h"

#include "plan/alter.h"
#include "protocol/exchange/script.h"
#include "protocol/wire/encode.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace gdoi::plan {
namespace {

constexpr std::uint64_t kSeed = 0;  // of what only a live message has

Status rehearse_message(const Plan& plan, std::string_view message, wire::Document& document,
                        std::vector<Altered>& altered) {
  engine::SeededRandom random(kSeed);
  for (const auto stage : {Stage::kBeforeProof, Stage::kBehindProof, Stage::kHeader}) {
    const auto status =
        alter(document, message, plan.changes, stage, {plan.captured.initiator, random}, altered);
    if (!status) {
      return status;
    }
  }
  return success();
}

/// Of the first message, whose size is known beforehand.
Status rehearse_datagram(const Plan& plan, std::string_view message, const wire::Document& document,
                         std::vector<Altered>& altered) {
  auto datagram = wire::encode(document);
  return alter_datagram(datagram, document, message, plan.changes, altered);
}

Status check_messages(const Plan& plan) {
  const auto messages = messages_of(plan);
  for (const auto& one : plan.changes) {
    const auto of = std::ranges::find(messages, one.address.message,
                                      [](const auto& each) { return each.first; });
    if (of == messages.end()) {
      std::vector<std::string> names;
      names.reserve(messages.size());
      for (const auto& [name, message] : messages) {
        names.push_back(name);
      }
      return Error{fmt::format("{}: this registration has no {}; its GM sends {}", one.text(),
                               one.address.message, fmt::join(names, ", "))};
    }
    if (one.operation == Operation::kClear && of->second->document.plaintext() == wire::kNoRef) {
      return Error{fmt::format("{}: it is not encrypted anyway", one.text())};
    }
  }
  return success();
}

}  // namespace

std::vector<std::pair<std::string, const Template*>> messages_of(const Plan& plan) {
  std::vector<std::pair<std::string, const Template*>> all;
  for (const auto& step : exchange::script(plan.mode)) {
    if (step.sender == exchange::Sender::kGm) {
      all.emplace_back(step.short_name, &plan.phase1_message(step.number));
    }
  }
  all.emplace_back("pull1", &plan.pull1);
  all.emplace_back("pull3", &plan.pull3);
  return all;
}

Result<std::vector<Altered>> rehearse(Plan& plan) {
  if (auto status = check_messages(plan); !status) {
    return status.error();
  }
  std::vector<Altered> altered;
  std::vector<Template*> templates;
  templates.reserve(plan.phase1.size() + 2);
  for (auto& one : plan.phase1) {
    templates.push_back(&one);
  }
  templates.push_back(&plan.pull1);
  templates.push_back(&plan.pull3);
  const auto messages = messages_of(plan);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    auto status = rehearse_message(plan, messages[i].first, templates.at(i)->document, altered);
    if (!status) {
      return status.error();
    }
  }
  // With the datagram, or with the sending.
  for (std::size_t i = 0; i < plan.changes.size(); ++i) {
    if (std::ranges::find(altered, i, &Altered::change) == altered.end()) {
      altered.push_back({i, plan.changes[i].text(), true});
    }
  }
  std::ranges::stable_sort(altered, {}, &Altered::change);
  return altered;
}

Status check_changes(const Plan& plan) {
  if (auto status = check_messages(plan); !status) {
    return status;
  }
  std::vector<Altered> altered;
  const auto messages = messages_of(plan);
  for (const auto& [name, from] : messages) {
    if (concerns(plan.changes, name)) {
      auto document = from->document.clone();
      auto status   = rehearse_message(plan, name, document, altered);
      if (status && name == messages.front().first) {
        status = rehearse_datagram(plan, name, document, altered);
      }
      if (!status) {
        return status;
      }
    }
  }
  return success();
}

std::vector<std::pair<std::string, std::string>> addresses_of(std::string_view message,
                                                              const Template& from) {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& place : places_of(from.document)) {
    if (is(from.document, place.node, Target::kField)) {
      all.emplace_back(fmt::format("{}/{}", message, place.text()),
                       value_text(from.document, place));
    }
  }
  return all;
}

}  // namespace gdoi::plan
