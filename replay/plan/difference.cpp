#include "plan/difference.h"

#include "protocol/base/hex.h"
#include "protocol/getvpn/vendor_ids.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/encode.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace gdoi::plan {
namespace {

using exchange::Sender;
using wire::Document;
using wire::Kind;

constexpr std::string_view kAbsent = "not there";
// Shorter values repeat by chance.
constexpr std::size_t kTellingSize = 8;

/// The octets of an endpoint's address.
ByteView octets_of(const exchange::Endpoint& endpoint) {
  constexpr std::size_t kIpv4 = 4;
  const ByteView all(endpoint.address);
  return endpoint.family == 4 ? all.first(kIpv4) : all;
}

/// Follows from what is compared anyway.
bool is_bookkeeping(Kind kind) {
  return kind == Kind::kNext || kind == Kind::kLength || kind == Kind::kValueLength ||
         kind == Kind::kSize || kind == Kind::kCount;
}

std::string whole_address(std::string_view message, const Place& place) {
  return place.path.empty() ? std::string(message) : fmt::format("{}/{}", message, place.text());
}

/// Numbered throughout, so that the second of two finds the second of three.
std::string key_of(const Place& place, std::size_t steps) {
  std::string key;
  for (std::size_t i = 0; i < steps; ++i) {
    key += fmt::format("/{}[{}]", place.path[i].name, place.path[i].number.value_or(1));
  }
  return key;
}

class Comparer {
 public:
  Comparer(const Party& captured, const Party& live, const CompareRules& rules)
      : captured_(captured),
        live_(live),
        rules_(rules),
        same_session_(captured.story.initiator_cookie == live.story.initiator_cookie) {
    ends_ = {
        std::pair{octets_of(captured.story.gm), octets_of(live.story.gm)},
        std::pair{octets_of(captured.story.ks), octets_of(live.story.ks)}
    };
  }

  Comparison run(Sides sides) {
    std::set<std::string> names;
    for (const auto* said : {&captured_.said, &live_.said}) {
      for (const auto& [name, one] : *said) {
        if (sides == Sides::kBoth || one.sender == Sender::kKs) {
          names.insert(name);
        }
      }
    }
    const bool cut_short = captured_.story.outcome == registration::Outcome::kIncomplete;
    for (const auto& name : names) {
      const auto* const captured = find(captured_, name);
      const auto* const live     = find(live_, name);
      if (rules_.rule_for(name, {}) == Rule::kIgnored) {
        continue;
      }
      if (captured != nullptr && live != nullptr) {
        compare(name, *captured, *live);
      } else if (!cut_short || captured != nullptr) {
        add(name, captured == nullptr ? std::string(kAbsent) : "sent",
            live == nullptr ? std::string(kAbsent) : "sent", Rule::kExact);
        break;  // what comes behind it follows from that
      }
    }
    return std::move(made_);
  }

 private:
  static const Said* find(const Party& party, const std::string& name) {
    const auto found = party.said.find(name);
    return found == party.said.end() ? nullptr : &found->second;
  }

  void add(std::string address, std::string captured, std::string live, Rule why) {
    made_.differences.push_back(
        {std::move(address), std::move(captured), std::move(live), std::string(name_of(why))});
  }

  void compare(const std::string& name, const Said& captured, const Said& live) {
    if ((captured.sealed == 0) != (live.sealed == 0)) {
      const auto text = [](const Said& one) { return one.sealed == 0 ? "in clear" : "encrypted"; };
      add(name, text(captured), text(live), Rule::kExact);
      return;
    }
    if (captured.readable && live.readable) {
      compare(name, captured.message->document, live.message->document);
      return;
    }
    made_.unread.push_back(
        fmt::format("{}: encrypted, and no key reads {}; only the sizes were compared", name,
                    captured.readable ? "the live one"
                    : live.readable   ? "the captured one"
                                      : "either"));
    if (captured.sealed != live.sealed) {
      add(name, fmt::format("{} encrypted octets", captured.sealed),
          fmt::format("{} encrypted octets", live.sealed), Rule::kExact);
    }
  }

  void compare(const std::string& name, const Document& captured, const Document& live) {
    const auto of_captured = places_of(captured);
    const auto of_live     = places_of(live);
    std::map<std::string, const Place*> by_key;
    for (const auto& place : of_live) {
      by_key.emplace(key_of(place, place.path.size()), &place);
    }
    std::set<std::string> seen;
    std::set<std::string> settled;  // missing or ignored: nothing below is looked at
    for (const auto& place : of_captured) {
      const auto key = key_of(place, place.path.size());
      seen.insert(key);
      if (is_below(settled, place)) {
        continue;
      }
      const auto rule  = rules_.rule_for(name, place.path);
      const auto other = by_key.find(key);
      if (rule == Rule::kIgnored) {
        settled.insert(key);
      } else if (other == by_key.end()) {
        settled.insert(key);
        missing(name, captured, place, true);
      } else {
        const auto before = made_.differences.size();
        compare(name, captured, place, live, *other->second, rule);
        if (made_.differences.size() != before) {
          settled.insert(key);  // the form of an attribute that has another value is no news
        }
      }
    }
    for (const auto& place : of_live) {
      const auto key = key_of(place, place.path.size());
      if (seen.contains(key) || is_below(settled, place)) {
        continue;
      }
      settled.insert(key);
      if (rules_.rule_for(name, place.path) != Rule::kIgnored) {
        missing(name, live, place, false);
      }
    }
  }

  static bool is_below(const std::set<std::string>& settled, const Place& place) {
    for (std::size_t steps = 1; steps <= place.path.size(); ++steps) {
      if (settled.contains(key_of(place, steps))) {
        return true;
      }
    }
    return false;
  }

  void missing(const std::string& name, const Document& document, const Place& place,
               bool in_live) {
    if (is_bookkeeping(document.row(place.node).kind)) {
      return;
    }
    const auto value = is(document, place.node, Target::kField) ? value_text(document, place)
                                                                : std::string("there");
    add(whole_address(name, place), in_live ? value : std::string(kAbsent),
        in_live ? std::string(kAbsent) : value, Rule::kExact);
  }

  void compare(const std::string& name, const Document& captured, const Place& place,
               const Document& live, const Place& other, Rule rule) {
    const auto node       = value_of(captured, place.node);
    const auto live_node  = value_of(live, other.node);
    const auto& row       = captured.row(node);
    const bool same_shape = captured.value(node).row == live.value(live_node).row;
    if (captured.is_group(node) || is_bookkeeping(row.kind)) {
      return;
    }
    made_.fields.push_back({name, place.path});
    if (row.show == wire::Show::kSecret) {
      if (!same_shape || captured.size(node) != live.size(live_node)) {
        add(whole_address(name, place), value_text(captured, place), value_text(live, other), rule);
      }
      return;
    }
    const auto was    = wire::encode(captured, node);
    const auto is_now = wire::encode(live, live_node);
    const auto holds  = [&] {
      switch (rule) {
        case Rule::kExact:
          return is_exact(row.kind, node, captured, was, is_now);
        case Rule::kMapped:
          return is_mapped(was, is_now);
        case Rule::kFresh:
          return was.size() == is_now.size() &&
                 (same_session_ || was.size() < kTellingSize || was != is_now);
        case Rule::kIgnored:
          break;
      }
      return true;
    };
    const auto address = whole_address(name, place);
    auto before        = value_text(captured, place);
    auto after         = value_text(live, other);
    if (!same_shape || !holds()) {
      if (before == after && same_shape) {
        after += was == is_now ? " (the same octets again)" : " (other octets)";
      }
      add(address, std::move(before), std::move(after), rule);
    } else if (rule == Rule::kMapped && was != is_now) {
      made_.map.emplace_back(address, std::pair(std::move(before), std::move(after)));
    }
  }

  // In captured space: the address of an end stands for that end; a vendor ID that is masked with
  // its sender's cookie is what it is without it.
  [[nodiscard]] bool is_exact(Kind kind, wire::NodeRef node, const Document& captured,
                              const Bytes& was, const Bytes& is_now) const {
    if (was == is_now) {
      return true;
    }
    if (kind == Kind::kIpv4 || kind == Kind::kIpv6) {
      return std::ranges::any_of(ends_, [&](const auto& end) {
        return equal(end.first, was) && equal(end.second, is_now);
      });
    }
    if (captured.value(node).row == tables::row("vid_bytes") && was.size() == is_now.size()) {
      return std::ranges::any_of(
          std::array{tables::row("ispi"), tables::row("rspi")}, [&](wire::RowId cookie) {
            const auto at = captured.find(cookie);
            if (!at) {
              return false;
            }
            const auto octets = wire::encode(captured, *at);
            const auto known  = to_live_.find(to_hex(octets));
            const auto of_live =
                known == to_live_.end() ? std::optional(octets) : from_hex(known->second);
            return of_live && getvpn::is_masked_cisco_ios(was, octets) &&
                   getvpn::is_masked_cisco_ios(is_now, *of_live);
          });
    }
    return false;
  }

  bool is_mapped(const Bytes& was, const Bytes& is_now) {
    if (was.size() != is_now.size()) {
      return false;
    }
    const auto captured       = to_hex(was);
    const auto live           = to_hex(is_now);
    const auto [forth, first] = to_live_.try_emplace(captured, live);
    const auto [back, second] = to_captured_.try_emplace(live, captured);
    return forth->second == live && back->second == captured;
  }

  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
  const Party& captured_;
  const Party& live_;
  const CompareRules& rules_;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
  bool same_session_;
  std::array<std::pair<ByteView, ByteView>, 2> ends_;  ///< captured and live: GM, KS
  std::map<std::string, std::string> to_live_;         ///< hex digits
  std::map<std::string, std::string> to_captured_;
  Comparison made_;
};

}  // namespace

Comparison compare(const Party& captured, const Party& live, const CompareRules& rules,
                   Sides sides) {
  return Comparer(captured, live, rules).run(sides);
}

std::string outcome_text(const registration::Registration& story) {
  std::string text(name_of(story.outcome));
  if (story.outcome == registration::Outcome::kRegistered || story.step.empty()) {
    return text;
  }
  text += fmt::format(" at {}", story.step);
  if (story.how != registration::How::kNone) {
    text += fmt::format(" by {}", name_of(story.how));
  }
  if (story.notify_type) {
    text += fmt::format(" {}", *story.notify_type);
  }
  return text;
}

}  // namespace gdoi::plan
