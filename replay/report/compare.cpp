#include "report/compare.h"

#include "protocol/base/hex.h"
#include "protocol/registration/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace gdoi::report {

namespace {

using registration::Registration;

std::string or_none(std::string_view text) {
  return text.empty() ? "none" : std::string(text);
}

std::string lifetimes_text(const registration::Lifetimes& lifetimes) {
  if (!lifetimes.kek && lifetimes.teks.empty()) {
    return "none";
  }
  return fmt::format("KEK {}, TEKs {}", lifetimes.kek ? fmt::to_string(*lifetimes.kek) : "none",
                     or_none(fmt::format("{}", fmt::join(lifetimes.teks, " "))));
}

std::vector<std::string> differences(const Facts& expected, const Facts& found) {
  std::vector<std::string> all;
  for (const auto& [name, text] : expected) {
    if (const auto got = fact(found, name); got != text) {
      all.push_back(fmt::format("{}: expected {}, got {}", name, text, got));
    }
  }
  return all;
}

bool same_exchange(const Facts& a, const Facts& b) {
  return fact(a, "initiator_cookie") == fact(b, "initiator_cookie") &&
         fact(a, "message_id") == fact(b, "message_id");
}

bool needs_keys(const Fact& count) {
  return count.name.ends_with("_good");
}

}  // namespace

bool Comparison::as_expected() const {
  return missing.empty() && counts.empty() &&
         std::ranges::all_of(registrations, [](const auto& each) { return each.empty(); });
}

Facts facts_of(const Registration& found) {
  const auto& best = found.diagnosis.best;
  return {
      {"gm", exchange::address_text(found.gm)},
      {"ks", exchange::address_text(found.ks)},
      {"initiator_cookie", to_hex(found.initiator_cookie)},
      {"message_id", found.message_id ? fmt::format("{:08x}", *found.message_id) : "none"},
      {"first_frame", fmt::to_string(found.first_frame)},
      {"group", found.group ? found.group->text : "none"},
      {"group_octets", found.group ? to_hex(found.group->octets) : "none"},
      {"outcome", std::string(name_of(found.outcome))},
      {"how", or_none(name_of(found.how))},
      {"notify", found.notify_type ? fmt::format("{} {}", *found.notify_type,
       registration::notify_name(*found.notify_type))
                                   : "none"},
      {"step", or_none(found.step)},
      {"gm_version", found.gm_version.text()},
      {"phase1", or_none(found.phase1.chosen)},
      {"attempt", fmt::to_string(found.attempt)},
      {"lifetimes", lifetimes_text(found.lifetimes)},
      {"decrypted", found.decrypted ? "true" : "false"},
      {"cause", best ? std::string(name_of(best->cause)) : "none"},
      {"grade", best ? std::string(name_of(best->grade)) : "none"},
  };
}

Facts facts_of(const registration::Counts& found) {
  return {
      {"messages", fmt::to_string(found.messages)},
      {"retransmissions", fmt::to_string(found.retransmissions)},
      {"phase1_clear", fmt::to_string(found.phase1_clear)},
      {"phase1_encrypted", fmt::to_string(found.phase1_encrypted)},
      {"pull", fmt::to_string(found.pull)},
      {"push", fmt::to_string(found.push)},
      {"informational", fmt::to_string(found.informational)},
      {"hash_good", fmt::format("{}", fmt::join(found.pull_hash_good, " "))},
      {"phase1_auth_good", fmt::to_string(found.phase1_auth_good)},
      {"push_sig_good", fmt::to_string(found.push_sig_good)},
  };
}

Comparison compare(const ManifestCapture& expected, bool with_keys,
                   const registration::Ledger& registrations, const registration::Counts& counts) {
  Comparison result;
  auto open = with_keys ? expected.with_keys : expected.without_keys;
  for (const auto& each : registrations) {
    const auto found = facts_of(each);
    const auto match =
        std::ranges::find_if(open, [&](const Facts& one) { return same_exchange(one, found); });
    if (match == open.end()) {
      result.registrations.push_back({"the manifest does not expect this registration"});
      continue;
    }
    result.registrations.push_back(differences(*match, found));
    open.erase(match);
  }
  for (const auto& each : open) {
    result.missing.push_back(fmt::format(
        "expected and not found: GM {}, initiator cookie {}, message ID {}, frame {}, {}",
        fact(each, "gm"), fact(each, "initiator_cookie"), fact(each, "message_id"),
        fact(each, "first_frame"), fact(each, "outcome")));
  }
  auto wanted = expected.counts;
  if (!with_keys) {
    std::erase_if(wanted, needs_keys);
  }
  result.counts = differences(wanted, facts_of(counts));
  return result;
}

}  // namespace gdoi::report
