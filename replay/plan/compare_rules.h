#pragma once

#include "plan/address.h"
#include "protocol/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// How each field of a reply is compared with the captured one.
namespace gdoi::plan {

enum class Rule : std::uint8_t {
  kExact,   ///< the same value; an address of one of the two ends stands for that end
  kMapped,  ///< another value of the same size, and always the same one for the same captured one
  kFresh,   ///< other octets each time, of the same size
  kIgnored  ///< not compared; of a structure: nothing in it either
};

/// "exact", "mapped", "fresh", "ignored".
[[nodiscard]] std::string_view name_of(Rule rule);

/// A rule for all places that a pattern matches: "pull2/**/key_lifetime". The first step is the
/// message; "*" is any one step, "**" any number of them, also none. A step without a number is
/// any of its name.
struct CompareRule {
  Address pattern;
  Rule rule = Rule::kExact;
  std::string reason;  ///< why, in the user's words; empty: none
};

/// Rules in order: the last one that matches counts.
class CompareRules {
 public:
  /// Those that hold without --compare: exact but for what a session chooses or follows from that.
  CompareRules();

  /// Adds the rules of a YAML text ("rules:" with "address", "rule" and perhaps "reason"). Errors
  /// have NAME:LINE:COLUMN; a message or field that there is not is one.
  [[nodiscard]] Status add(std::string_view yaml, std::string_view name);

  /// A pattern alone. Error: it names a message, structure or field that there is not.
  [[nodiscard]] static Result<Address> parse_pattern(std::string_view text);

  /// For the place `path` of a message ("pull2").
  [[nodiscard]] Rule rule_for(std::string_view message, const std::vector<AddressStep>& path) const;

  [[nodiscard]] const std::vector<CompareRule>& rules() const { return rules_; }

 private:
  std::vector<CompareRule> rules_;
};

/// Whether a pattern fits the place `path` of a message.
[[nodiscard]] bool matches(const Address& pattern, std::string_view message,
                           const std::vector<AddressStep>& path);

}  // namespace gdoi::plan
