#include "protocol/registration/diagnosis.h"

#include "protocol/registration/diagnose.h"
#include "protocol/tables/registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace gdoi::registration {

namespace {

struct CauseName {
  std::string_view name;
  std::string_view title;
};

constexpr std::array<CauseName, static_cast<std::size_t>(Cause::kCount)> kCauses{
    CauseName{"version-refusal", "Version or feature refusal"           },
    CauseName{"unknown-group",   "Unknown group"                        },
    CauseName{"not-authorised",  "GM not authorised (identity)"         },
    CauseName{"wrong-psk",       "Wrong pre-shared key"                 },
    CauseName{"certificate",     "Certificate trouble"                  },
    CauseName{"no-proposal",     "No proposal chosen"                   },
    CauseName{"ks-unreachable",  "KS unreachable"                       },
    CauseName{"one-way-path",    "One-way path"                         },
    CauseName{"fragments-lost",  "Fragments lost"                       },
    CauseName{"throttled",       "KS throttles (many half-open)"        },
    CauseName{"ks-busy",         "KS busy (late answers)"               },
    CauseName{"nat-ports",       "NAT changed the ports in mid-exchange"},
    CauseName{"gm-gave-up",      "GM gave up"                           },
    CauseName{"gm-restarted",    "GM restarted"                         },
    CauseName{"ks-restarted",    "KS restarted"                         },
    CauseName{"lifetimes-over",  "Lifetimes ran out"                    },
    CauseName{"missed-rekey",    "GM missed a rekey"                    },
};

constexpr std::array<std::string_view, 10> kOrdinals = {
    "zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"};

std::string ordinal(std::uint32_t number) {
  return number < kOrdinals.size() ? std::string(kOrdinals.at(number))
                                   : fmt::format("{}th", number);
}

std::string step_name(const Signs& signs) {
  const auto* step = exchange::step_of(signs.exchange, signs.number);
  return fmt::format("{} (frame {})", step != nullptr ? step->name : "a message", signs.frame);
}

std::string upper_first(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  }
  return text;
}

/// What was seen, before any cause.
std::string observation(const Registration& one, const Before& before) {
  const auto at = step_name(one.signs);
  switch (one.outcome) {
    case Outcome::kRegistered:
      return (before.served ? "The GM registered again with " : "The GM registered with ") + at;
    case Outcome::kNoAnswer:
      return "The KS answered nothing to " + at;
    case Outcome::kIncomplete:
      return "It stands at " + at;
    case Outcome::kRefused:
      break;
  }
  const auto frame = one.signs.ending_frame;
  switch (one.how) {
    case How::kNotify: {
      const auto* names = tables::kRows[tables::row("notify.msgtype")].names;
      const auto type   = one.notify_type.value_or(0);
      return fmt::format("The KS answered {} with NOTIFY {} ({}) in frame {}", at,
                         wire::name_of(names, type), type, frame);
    }
    case How::kDelete:
      return fmt::format("The KS answered {} with a DELETE in frame {}", at, frame);
    case How::kInformational:
      return fmt::format(
          "The KS answered {} with an encrypted Informational, which cannot be read, in frame {}",
          at, frame);
    default:
      return "The KS stopped after " + at;
  }
}

std::string attempts(const Registration& one, const Before& before) {
  if (one.outcome == Outcome::kRegistered || one.attempt < 2 || before.attempts == 0) {
    return {};
  }
  return fmt::format(", {} attempt in {}", ordinal(one.attempt),
                     span_text(one.ended_ns - before.first_attempt_ns));
}

std::vector<Evidence> evidence_of(const Findings& findings, const Rule& rule) {
  std::vector<Evidence> found;
  for (std::size_t i = 0; i < kFactCount; ++i) {
    if (!rule.evidence.has(static_cast<Fact>(i))) {
      continue;
    }
    const auto at = std::ranges::find(findings.evidence, fact_table()[i].name, &Evidence::fact);
    if (at != findings.evidence.end()) {
      found.push_back(*at);
    }
  }
  return found;
}

std::string also(const std::vector<Explanation>& alternatives) {
  std::vector<std::string> items;
  items.reserve(alternatives.size());
  for (const auto& [cause, grade] : alternatives) {
    items.push_back(fmt::format("{} ({})", title_of(cause), name_of(grade)));
  }
  return items.empty() ? std::string{} : fmt::format(" Else: {}.", fmt::join(items, ", "));
}

bool wants_explanation(const Registration& one, const std::vector<const Rule*>& rules) {
  return one.outcome != Outcome::kRegistered || !rules.empty();
}

}  // namespace

std::string_view name_of(Cause cause) {
  return kCauses.at(static_cast<std::size_t>(cause)).name;
}

std::string_view title_of(Cause cause) {
  return kCauses.at(static_cast<std::size_t>(cause)).title;
}

std::string_view name_of(Grade grade) {
  switch (grade) {
    case Grade::kCertain:
      return "certain";
    case Grade::kLikely:
      return "likely";
    case Grade::kPossible:
      break;
  }
  return "possible";
}

std::string span_text(std::int64_t ns) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour   = 3'600;
  const auto seconds             = std::max<std::int64_t>(ns, 0) / kSecond;
  if (seconds >= kHour) {
    return fmt::format("{} h {} min", seconds / kHour, seconds % kHour / kMinute);
  }
  if (seconds >= kMinute) {
    return fmt::format("{} min {} s", seconds / kMinute, seconds % kMinute);
  }
  return fmt::format("{:.1f} s", static_cast<double>(std::max<std::int64_t>(ns, 0)) /
                                     static_cast<double>(kSecond));
}

void diagnose(Registration& one, const Context& context, const Before& before) {
  one.diagnosis       = {};
  const auto findings = find_facts(one, context, before);
  const auto rules    = decide(findings.facts);
  if (!wants_explanation(one, rules)) {
    return;
  }
  auto& out = one.diagnosis;
  out.seen  = observation(one, before) + attempts(one, before) + ".";
  if (rules.empty()) {
    out.why = "No cause can be told.";
    return;
  }
  const auto& best = *rules.front();
  out.best         = {best.cause, best.grade};
  out.evidence     = evidence_of(findings, best);
  for (const auto& each : out.evidence) {
    out.why += each.text.empty() ? "" : upper_first(each.text) + ". ";
  }
  out.why += fmt::format("{}: {}.", title_of(best.cause), name_of(best.grade));
  if (best.grade != Grade::kCertain) {
    for (const auto* rule : rules) {
      if (rule != rules.front()) {
        out.alternatives.push_back({rule->cause, rule->grade});
      }
    }
    out.why += also(out.alternatives);
  }
}

}  // namespace gdoi::registration
