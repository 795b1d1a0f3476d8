#include "plan/compare_rules.h"

#include "protocol/exchange/script.h"
#include "protocol/getvpn/strict_yaml.h"
#include "protocol/tables/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace gdoi::plan {
namespace {

using exchange::Exchange;

constexpr std::size_t kMostRules          = 10'000;
constexpr std::string_view kAnyStep       = "*";
constexpr std::string_view kAnySteps      = "**";
constexpr std::string_view kUnknownNumber = "attribute_";

constexpr std::array<std::pair<std::string_view, Rule>, 4> kNames{
    {{"exact", Rule::kExact},
     {"mapped", Rule::kMapped},
     {"fresh", Rule::kFresh},
     {"ignored", Rule::kIgnored}}
};

struct Default {
  std::string_view pattern;
  Rule rule;
};

// What a session chooses, and what follows from that.
constexpr std::array kDefaults = {
    Default{"**",                     Rule::kExact  },
    Default{"*/ispi",                 Rule::kMapped }, // RFC 2408 section 2.5.3
    Default{"*/rspi",                 Rule::kMapped },
    Default{"*/messageid",            Rule::kMapped }, // RFC 2408 section 3.1
    Default{"**/spi",                 Rule::kMapped }, // SA KEK, SA TEK, KD, proposals, NOTIFY, DELETE
    Default{"**/ke/data",             Rule::kFresh  }, // RFC 2409 section 5
    Default{"**/nonce/nonce",         Rule::kFresh  },
    Default{"**/hash/hash",           Rule::kFresh  },
    Default{"**/sig/sig",             Rule::kFresh  },
    Default{"**/nat_hash",            Rule::kFresh  }, // RFC 3947 section 3.2: over the cookies
    Default{"**/seq/seq",             Rule::kIgnored}, // RFC 6407 section 5.7: counts PUSHes
    Default{"**/packet/value",        Rule::kIgnored}, // RFC 6407 section 5.6.4.2: SID_VALUE
    Default{"**/algorithm_key",       Rule::kMapped }, // RFC 6407 sections 5.6.1 and 5.6.2
    Default{"**/integrity_key",       Rule::kMapped },
    Default{"**/source_auth_key",     Rule::kMapped },
    Default{"**/sig_algorithm_key",   Rule::kMapped },
    Default{"**/download/key/**",     Rule::kMapped }, // LKH arrays: RFC 6407 section 5.6.3
    Default{"**/update/key/**",       Rule::kMapped },
    Default{"**/notify/dpd_sequence", Rule::kIgnored}, // RFC 3706 section 5.3
    Default{"**/padding",             Rule::kIgnored}
};

bool is_message(std::string_view name) {
  if (name == kAnyStep || name == kAnySteps) {
    return true;
  }
  constexpr std::array kFollowed{Exchange::kMain, Exchange::kAggressive, Exchange::kPull};
  return std::ranges::any_of(kFollowed, [&](Exchange exchange) {
    return std::ranges::any_of(exchange::script(exchange),
                               [&](const exchange::Step& step) { return step.short_name == name; });
  });
}

bool is_part(std::string_view name) {
  if (name == kAnyStep || name == kAnySteps || name == "proposal" || name == "transform" ||
      name.starts_with(kUnknownNumber)) {
    return true;
  }
  return std::ranges::any_of(tables::kRows, [&](const auto& row) {
    return row.filter == name || (row.filter.size() > name.size() && row.filter.ends_with(name) &&
                                  row.filter[row.filter.size() - name.size() - 1] == '.');
  });
}

bool fits(const AddressStep& pattern, const AddressStep& step) {
  return (pattern.name == kAnyStep || pattern.name == step.name) &&
         (!pattern.number || *pattern.number == step.number.value_or(1));
}

bool matches(std::span<const AddressStep> pattern, std::span<const AddressStep> path) {
  if (pattern.empty()) {
    return path.empty();
  }
  if (pattern.front().name == kAnySteps) {
    for (std::size_t skipped = 0; skipped <= path.size(); ++skipped) {
      if (matches(pattern.subspan(1), path.subspan(skipped))) {
        return true;
      }
    }
    return false;
  }
  return !path.empty() && fits(pattern.front(), path.front()) &&
         matches(pattern.subspan(1), path.subspan(1));
}

/// "**" as the first part is any message and any path.
std::vector<AddressStep> steps_of(const Address& pattern) {
  std::vector<AddressStep> steps{
      {pattern.message, std::nullopt}
  };
  steps.insert(steps.end(), pattern.steps.begin(), pattern.steps.end());
  return steps;
}

}  // namespace

std::string_view name_of(Rule rule) {
  return std::ranges::find(kNames, rule, &std::pair<std::string_view, Rule>::second)->first;
}

CompareRules::CompareRules() {
  for (const auto& one : kDefaults) {
    rules_.push_back({Address::parse(one.pattern).value(), one.rule, {}});
  }
}

Result<Address> CompareRules::parse_pattern(std::string_view text) {
  auto pattern = Address::parse(text);
  if (!pattern) {
    return pattern;
  }
  if (!is_message(pattern->message)) {
    return Error{
        fmt::format("there is no message {}; there are mm1 to mm6, am1 to am3, pull1 to pull4, * "
                    "for any of them and ** for anything",
                    pattern->message)};
  }
  const auto unknown = std::ranges::find_if_not(
      pattern->steps, [](const AddressStep& step) { return is_part(step.name); });
  if (unknown != pattern->steps.end()) {
    return Error{fmt::format("no structure and no field is called {}", unknown->name)};
  }
  return pattern;
}

Status CompareRules::add(std::string_view yaml, std::string_view name) {
  constexpr std::array<std::string_view, 1> kTop{"rules"};
  constexpr std::array<std::string_view, 2> kKeys{"address", "rule"};
  constexpr std::array<std::string_view, 1> kOptional{"reason"};
  std::vector<CompareRule> added;
  getvpn::StrictYaml reader(name);
  auto status = reader.read(yaml, [&](const YAML::Node& top) {
    const auto map = reader.map(top, "a file of comparison rules", kTop);
    reader.list(map.at("rules"), "rules", kMostRules, [&](const YAML::Node& node) {
      const auto one     = reader.map(node, "a rule", kKeys, kOptional);
      const auto text    = reader.text(one.at("address"), "address");
      const auto rule    = reader.choice(one.at("rule"), "rule", kNames);
      const auto* reason = one.find("reason");
      const auto why     = reason == nullptr ? std::string() : reader.text(*reason, "reason");
      if (reader.failed()) {
        return;
      }
      auto pattern = parse_pattern(text);
      if (!pattern) {
        reader.fail(one.at("address"), pattern.error().text);
        return;
      }
      added.push_back({std::move(pattern).value(), rule, why});
    });
  });
  if (status) {
    rules_.insert(rules_.end(), std::make_move_iterator(added.begin()),
                  std::make_move_iterator(added.end()));
  }
  return status;
}

bool matches(const Address& pattern, std::string_view message,
             const std::vector<AddressStep>& path) {
  std::vector<AddressStep> whole{
      {std::string(message), std::nullopt}
  };
  whole.insert(whole.end(), path.begin(), path.end());
  return matches(steps_of(pattern), whole);
}

Rule CompareRules::rule_for(std::string_view message, const std::vector<AddressStep>& path) const {
  const auto found = std::find_if(rules_.rbegin(), rules_.rend(), [&](const CompareRule& one) {
    return matches(one.pattern, message, path);
  });
  return found == rules_.rend() ? Rule::kExact : found->rule;
}

}  // namespace gdoi::plan
