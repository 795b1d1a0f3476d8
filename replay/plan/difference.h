#pragma once

#include "plan/compare_rules.h"
#include "plan/conversation.h"

#include <string>
#include <utility>
#include <vector>

/// One registration against another: what a KS said then and what it says now.
namespace gdoi::plan {

/// A place where the two are not the same. Values as people read them; key octets are not in them.
struct Difference {
  std::string address;   ///< "pull2/sa/sak/key_lifetime"; a message, or "outcome"
  std::string captured;  ///< "not there" where there is none
  std::string live;
  std::string why;  ///< the rule that is broken: "exact", "mapped", "fresh"
};

/// Messages of whom are compared.
enum class Sides : std::uint8_t { kKeyServer, kBoth };

struct Comparison {
  std::vector<Difference> differences;  ///< in the order of the messages
  /// Messages that could not be read on both sides, with why; only their sizes were compared.
  std::vector<std::string> unread;
  std::vector<Address> fields;  ///< that were compared
  /// Values that a session chose: address, captured, live; no keys.
  std::vector<std::pair<std::string, std::pair<std::string, std::string>>> map;

  /// Everything was read and nothing differs.
  [[nodiscard]] bool same() const { return differences.empty() && unread.empty(); }
};

/// A registration that is to be compared.
struct Party {
  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
  const registration::Registration& story;
  const Conversation& said;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
};

/// Compares what was said, message by message and field by field, under the rules. Where the
/// captured one is incomplete, what it lacks behind its end is no difference. The outcomes are the
/// caller's.
[[nodiscard]] Comparison compare(const Party& captured, const Party& live,
                                 const CompareRules& rules, Sides sides);

/// "registered", "refused at pull1 by notify 18".
[[nodiscard]] std::string outcome_text(const registration::Registration& story);

}  // namespace gdoi::plan
