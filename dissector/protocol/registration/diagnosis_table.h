#pragma once

#include "protocol/registration/diagnosis.h"

#include <array>
#include <initializer_list>
#include <span>

/// The decision table. dissector/DIAGNOSIS.md is its readable copy; a test compares the two.
namespace gdoi::registration {

/// What can be told of a registration.
enum class Fact : std::uint8_t {
  kRegistered,
  kRefused,
  kNoAnswer,
  kIncomplete,
  kSilence,
  kNotify,
  kDelete,
  kUnreadable,
  kAtOffer,
  kAtKeyExchange,
  kAtProof,
  kAtPull1,
  kAtPull3,
  kPsk,
  kSignatures,
  kAggressive,
  kProved,
  kNotifyProposal,
  kNotifyProof,
  kNotifyMalformed,
  kNotifyCertificate,
  kNotifyIdentity,
  kNotifyCookie,
  kSidesDiffer,
  kVersionLacks,
  kFeatureLacks,
  kVersionLow,
  kVersionDisputed,
  kVersionNone,
  kGroupNeeds,
  kSameVersionServed,
  kGroupServed,
  kOnlyOthersServed,
  kKsAlive,
  kHalfOpen,
  kLate,
  kAnswerIgnored,
  kAnswerIgnoredOnce,
  kPortsChanged,
  kFragmentsLost,
  kGmNotice,
  kGmNoticeProved,
  kGmCookieNotice,
  kGmStopped,
  kBeganAnew,
  kBeganSoon,
  kSameStepBefore,
  kCameBack,
  kInitialContact,
  kLifetimeOver,
  kPushSince,
  kPushMissing,
  kKekUnseen,
  kCount
};

inline constexpr std::size_t kFactCount = static_cast<std::size_t>(Fact::kCount);

struct FactInfo {
  Fact fact;
  std::string_view name;
  std::string_view meaning;
};

/// A set of facts.
class Facts {
 public:
  constexpr Facts() = default;

  constexpr Facts(std::initializer_list<Fact> facts) {
    for (const auto fact : facts) {
      add(fact);
    }
  }

  constexpr void add(Fact fact) { bits_ |= bit(fact); }

  [[nodiscard]] constexpr bool has(Fact fact) const { return (bits_ & bit(fact)) != 0; }

  [[nodiscard]] constexpr bool has_all(Facts others) const {
    return (bits_ & others.bits_) == others.bits_;
  }

  [[nodiscard]] constexpr bool has_any(Facts others) const { return (bits_ & others.bits_) != 0; }

 private:
  static constexpr std::uint64_t bit(Fact fact) {
    return std::uint64_t{1} << static_cast<unsigned>(fact);
  }

  std::uint64_t bits_ = 0;
};

static_assert(kFactCount <= 64, "a set is one word");

/// Where all of `evidence` and nothing of `contrary` holds, `cause` is an explanation.
struct Rule {
  Cause cause         = Cause::kVersionRefusal;
  Grade grade         = Grade::kPossible;
  std::uint8_t weight = 0;  ///< among explanations of one grade
  Facts evidence;
  Facts contrary;
};

[[nodiscard]] std::span<const FactInfo> fact_table();
[[nodiscard]] std::span<const Rule> rule_table();

/// The rules that hold: of each cause the best one, the heaviest first.
[[nodiscard]] std::vector<const Rule*> decide(Facts facts);

}  // namespace gdoi::registration
