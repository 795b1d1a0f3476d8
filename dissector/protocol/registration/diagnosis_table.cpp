#include "protocol/registration/diagnosis_table.h"

#include <algorithm>

namespace gdoi::registration {

namespace {

// RFC 2408 section 3.14.1 has the numbers of the NOTIFYs.
constexpr std::array kFacts{
    FactInfo{Fact::kRegistered,        "registered",          "PULL message 4 came"                                  },
    FactInfo{Fact::kRefused,           "refused",             "the KS ended it"                                      },
    FactInfo{Fact::kNoAnswer,          "no-answer",           "the KS never answered anything"                       },
    FactInfo{Fact::kIncomplete,        "incomplete",          "neither of these can be told"                         },
    FactInfo{Fact::kSilence,           "silence",             "the KS answered earlier messages and not this one"    },
    FactInfo{Fact::kNotify,            "notify",              "an error NOTIFY of the KS ended it"                   },
    FactInfo{Fact::kDelete,            "delete",              "a DELETE of the KS ended it"                          },
    FactInfo{Fact::kUnreadable,        "unreadable",
             "an encrypted Informational of the KS ended it, which cannot be read"                                   },
    FactInfo{Fact::kAtOffer,           "at-offer",            "it ended at message 1 of phase 1"                     },
    FactInfo{Fact::kAtKeyExchange,     "at-key-exchange",     "it ended at main mode message 3"                      },
    FactInfo{Fact::kAtProof,           "at-proof",
             "it ended at main mode message 5 or aggressive mode message 3"                                          },
    FactInfo{Fact::kAtPull1,           "at-pull1",            "it ended at PULL message 1, which names the group"    },
    FactInfo{Fact::kAtPull3,           "at-pull3",            "it ended at PULL message 3"                           },
    FactInfo{Fact::kPsk,               "psk",                 "phase 1 with a pre-shared key"                        },
    FactInfo{Fact::kSignatures,        "signatures",          "phase 1 with signatures"                              },
    FactInfo{Fact::kAggressive,        "aggressive",
             "aggressive mode, whose message 3 no message answers"                                                   },
    FactInfo{Fact::kProved,            "proved",              "the NOTIFY or DELETE was encrypted and its HASH holds"},
    FactInfo{Fact::kNotifyProposal,    "notify-proposal",
             "NO-PROPOSAL-CHOSEN (14), ATTRIBUTES-NOT-SUPPORTED (13) or BAD-PROPOSAL-SYNTAX (15)"                    },
    FactInfo{Fact::kNotifyProof,       "notify-proof",
             "INVALID-HASH-INFORMATION (23), AUTHENTICATION-FAILED (24) or INVALID-SIGNATURE (25)"                   },
    FactInfo{Fact::kNotifyMalformed,   "notify-malformed",
             "INVALID-PAYLOAD-TYPE (1), PAYLOAD-MALFORMED (16) or UNEQUAL-PAYLOAD-LENGTHS (30)"                      },
    FactInfo{Fact::kNotifyCertificate, "notify-certificate",
             "a NOTIFY about certificates: 19 to 22, CERTIFICATE-UNAVAILABLE (28)"                                   },
    FactInfo{Fact::kNotifyIdentity,    "notify-identity",     "INVALID-ID-INFORMATION (18)"                          },
    FactInfo{Fact::kNotifyCookie,      "notify-cookie",       "INVALID-COOKIE (4) of the KS"                         },
    FactInfo{Fact::kSidesDiffer,       "sides-differ",
             "the key log has different phase-1 keys of the two sides"                                               },
    FactInfo{
             Fact::kVersionLacks,      "version-lacks",
             "the GM's version cannot do a feature that the group uses and that is documented to block "
        "registrations"                                                                                              },
    FactInfo{Fact::kFeatureLacks,      "feature-lacks",
             "the GM's version cannot do another feature that the group uses"                                        },
    FactInfo{
             Fact::kVersionLow,        "version-low",
             "the GM's version cannot do a feature that is documented to block registrations; whether "
        "the group uses it is not known"                                                                             },
    FactInfo{Fact::kVersionDisputed,   "version-disputed",
             "the public sources disagree whether the GM's version can do such a feature"                            },
    FactInfo{Fact::kVersionNone,       "version-none",        "the GM announced no version that could be read"       },
    FactInfo{Fact::kGroupNeeds,        "group-needs",
             "the group uses a feature that is documented to block registrations"                                    },
    FactInfo{Fact::kSameVersionServed, "same-version-served",
             "a GM that announced the same version registered in this group; or one without any, "
             "as this one, but not one whose version could not be read"                                              },
    FactInfo{Fact::kGroupServed,       "group-served",
             "another GM registered in this group with this KS"                                                      },
    FactInfo{Fact::kOnlyOthersServed,  "only-others-served",
             "GMs registered with this KS, in other groups only"                                                     },
    FactInfo{Fact::kKsAlive,           "ks-alive",
             "the KS sent something to somebody while the message was unanswered"                                    },
    FactInfo{Fact::kHalfOpen,          "half-open",
             "the KS had 10 phase 1s or more open that were not complete when this one began"                        },
    FactInfo{Fact::kLate,              "late",                "an answer of the KS took more than 5 s"               },
    FactInfo{Fact::kAnswerIgnored,     "answer-ignored",
             "the KS answered, and the GM went on repeating its message, twice or more"                              },
    FactInfo{Fact::kAnswerIgnoredOnce, "answer-ignored-once", "the same, once"                                       },
    FactInfo{Fact::kPortsChanged,      "ports-changed",
             "the GM's UDP port changed in mid-exchange, not from 848 to 4500 (RFC 3947)"                            },
    FactInfo{Fact::kFragmentsLost,     "fragments-lost",
             "of a message between the two, in fragments of IP or IKE, not all came, and none was "
             "new since"                                                                                             },
    FactInfo{Fact::kGmNotice,          "gm-notice",           "the GM sent an error NOTIFY or a DELETE"              },
    FactInfo{Fact::kGmNoticeProved,    "gm-notice-proved",    "it was encrypted and its HASH holds"                  },
    FactInfo{Fact::kGmCookieNotice,    "gm-cookie-notice",
             "it was INVALID-COOKIE (4): the GM does not know the phase 1 any more"                                  },
    FactInfo{Fact::kGmStopped,         "gm-stopped",
             "the KS waited for the GM's next message, 30 s or until the GM began anew"                              },
    FactInfo{Fact::kBeganAnew,         "began-anew",          "the GM began a new phase 1 after it"                  },
    FactInfo{Fact::kBeganSoon,         "began-soon",          "less than 10 s after the last message"                },
    FactInfo{Fact::kSameStepBefore,    "same-step-before",
             "the GM's attempt before this one ended with the same message"                                          },
    FactInfo{Fact::kCameBack,          "came-back",
             "the GM had registered in this group with this KS before"                                               },
    FactInfo{Fact::kInitialContact,    "initial-contact",
             "INITIAL-CONTACT: the GM says that it has no other SA with the KS"                                      },
    FactInfo{Fact::kLifetimeOver,      "lifetime-over",
             "95 % or more of the shortest lifetime of its last registration had passed"                             },
    FactInfo{Fact::kPushSince,         "push-since",          "the KS sent a PUSH since that registration"           },
    FactInfo{Fact::kPushMissing,       "push-missing",
             "by its SEQ the KS sent the GM a PUSH since that registration which the capture does "
             "not have"                                                                                              },
    FactInfo{Fact::kKekUnseen,         "kek-unseen",
             "the KS has another KEK for the group since that registration, and no PUSH of the "
             "capture brings it"                                                                                     },
};

constexpr auto kCertain  = Grade::kCertain;
constexpr auto kLikely   = Grade::kLikely;
constexpr auto kPossible = Grade::kPossible;

using F = Fact;
using C = Cause;

// clang-format off
constexpr std::array kRules{
    Rule{C::kVersionRefusal, kLikely, 7, {F::kRefused, F::kAtPull1, F::kVersionLacks}, {F::kSameVersionServed, F::kNotifyCookie, F::kFragmentsLost}},
    Rule{C::kVersionRefusal, kPossible, 8, {F::kRefused, F::kAtPull1, F::kVersionLacks}, {F::kSameVersionServed, F::kNotifyCookie}},
    Rule{C::kVersionRefusal, kPossible, 8, {F::kRefused, F::kAtPull1, F::kFeatureLacks}, {F::kSameVersionServed, F::kNotifyCookie}},
    Rule{C::kVersionRefusal, kPossible, 7, {F::kRefused, F::kAtPull1, F::kVersionLow}, {F::kSameVersionServed, F::kNotifyCookie}},
    Rule{C::kVersionRefusal, kPossible, 7, {F::kRefused, F::kAtPull1, F::kVersionDisputed}, {F::kSameVersionServed, F::kNotifyCookie}},
    Rule{C::kVersionRefusal, kPossible, 7, {F::kRefused, F::kAtPull1, F::kVersionNone, F::kGroupNeeds}, {F::kSameVersionServed, F::kNotifyCookie}},
    Rule{C::kVersionRefusal, kPossible, 4, {F::kRefused, F::kAtPull1, F::kVersionNone}, {F::kSameVersionServed, F::kNotifyCookie}},

    Rule{C::kUnknownGroup, kLikely, 6, {F::kRefused, F::kAtPull1, F::kNotifyIdentity, F::kProved}, {F::kGroupServed, F::kVersionLacks, F::kVersionLow, F::kVersionDisputed}},
    Rule{C::kUnknownGroup, kLikely, 5, {F::kRefused, F::kAtPull1, F::kOnlyOthersServed}, {F::kVersionLow, F::kVersionDisputed, F::kNotifyCookie, F::kFragmentsLost}},
    Rule{C::kUnknownGroup, kPossible, 6, {F::kRefused, F::kAtPull1}, {F::kGroupServed, F::kNotifyCookie}},

    Rule{C::kNotAuthorised, kCertain, 5, {F::kRefused, F::kAtProof, F::kNotifyIdentity, F::kProved}, {}},
    Rule{C::kNotAuthorised, kLikely, 6, {F::kRefused, F::kAtPull1, F::kGroupServed, F::kSameVersionServed}, {F::kNotifyCookie, F::kFragmentsLost}},
    Rule{C::kNotAuthorised, kLikely, 5, {F::kRefused, F::kAtProof, F::kNotifyIdentity}, {F::kProved}},
    Rule{C::kNotAuthorised, kLikely, 5, {F::kRefused, F::kAtProof, F::kPsk, F::kNotifyProof, F::kProved}, {}},
    Rule{C::kNotAuthorised, kPossible, 5, {F::kRefused, F::kAtPull1}, {F::kNotifyCookie}},
    Rule{C::kNotAuthorised, kPossible, 4, {F::kRefused, F::kAtProof}, {F::kNotifyMalformed, F::kNotifyCertificate, F::kNotifyCookie}},
    Rule{C::kNotAuthorised, kPossible, 4, {F::kNoAnswer, F::kAtOffer, F::kKsAlive}, {}},

    Rule{C::kWrongPsk, kCertain, 9, {F::kAtProof, F::kPsk, F::kSidesDiffer}, {F::kRegistered}},
    Rule{C::kWrongPsk, kLikely, 6, {F::kRefused, F::kAtProof, F::kPsk, F::kNotifyMalformed}, {}},
    Rule{C::kWrongPsk, kLikely, 6, {F::kRefused, F::kAtProof, F::kPsk, F::kNotifyProof}, {F::kProved}},
    Rule{C::kWrongPsk, kLikely, 5, {F::kRefused, F::kAtProof, F::kPsk, F::kSilence}, {F::kPortsChanged, F::kFragmentsLost}},
    Rule{C::kWrongPsk, kPossible, 5, {F::kRefused, F::kAtProof, F::kPsk, F::kSilence}, {}},
    Rule{C::kWrongPsk, kPossible, 6, {F::kRefused, F::kAtProof, F::kPsk, F::kUnreadable}, {}},
    Rule{C::kWrongPsk, kPossible, 5, {F::kRefused, F::kAtProof, F::kPsk, F::kDelete}, {F::kProved}},
    Rule{C::kWrongPsk, kPossible, 3, {F::kRefused, F::kAtPull1, F::kPsk, F::kAggressive, F::kSilence}, {}},

    Rule{C::kCertificate, kCertain, 6, {F::kRefused, F::kAtProof, F::kNotifyCertificate, F::kProved}, {}},
    Rule{C::kCertificate, kLikely, 6, {F::kRefused, F::kAtProof, F::kNotifyCertificate}, {F::kProved}},
    Rule{C::kCertificate, kLikely, 5, {F::kRefused, F::kAtProof, F::kSignatures, F::kNotifyProof}, {}},
    Rule{C::kCertificate, kLikely, 5, {F::kRefused, F::kAtProof, F::kSignatures, F::kSilence}, {F::kPortsChanged, F::kFragmentsLost}},
    Rule{C::kCertificate, kPossible, 5, {F::kRefused, F::kAtProof, F::kSignatures, F::kSilence}, {}},
    Rule{C::kCertificate, kPossible, 6, {F::kRefused, F::kAtProof, F::kSignatures, F::kUnreadable}, {}},
    Rule{C::kCertificate, kPossible, 5, {F::kRefused, F::kAtProof, F::kSignatures, F::kDelete}, {}},
    Rule{C::kCertificate, kPossible, 3, {F::kRefused, F::kAtPull1, F::kSignatures, F::kAggressive, F::kSilence}, {}},

    Rule{C::kNoProposal, kLikely, 8, {F::kRefused, F::kAtOffer, F::kNotifyProposal}, {}},
    Rule{C::kNoProposal, kPossible, 5, {F::kNoAnswer, F::kAtOffer, F::kKsAlive}, {}},

    Rule{C::kKsUnreachable, kLikely, 7, {F::kNoAnswer}, {F::kKsAlive, F::kHalfOpen}},
    Rule{C::kKsUnreachable, kPossible, 3, {F::kNoAnswer, F::kHalfOpen}, {F::kKsAlive}},

    Rule{C::kOneWayPath, kLikely, 7, {F::kAnswerIgnored}, {F::kRegistered, F::kPortsChanged}},
    Rule{C::kOneWayPath, kPossible, 5, {F::kAnswerIgnoredOnce}, {F::kRegistered, F::kPortsChanged}},
    Rule{C::kOneWayPath, kPossible, 4, {F::kNoAnswer}, {}},
    Rule{C::kOneWayPath, kPossible, 3, {F::kGmStopped}, {F::kGmNotice}},

    Rule{C::kFragmentsLost, kLikely, 8, {F::kFragmentsLost}, {F::kRegistered}},

    Rule{C::kThrottled, kLikely, 8, {F::kNoAnswer, F::kAtOffer, F::kHalfOpen, F::kKsAlive}, {}},
    Rule{C::kThrottled, kLikely, 7, {F::kSilence, F::kAtKeyExchange, F::kHalfOpen}, {}},
    Rule{C::kThrottled, kPossible, 6, {F::kNoAnswer, F::kAtOffer, F::kHalfOpen}, {F::kKsAlive}},

    Rule{C::kKsBusy, kLikely, 6, {F::kLate}, {}},
    Rule{C::kKsBusy, kPossible, 4, {F::kSilence, F::kAtPull3}, {F::kLate}},
    Rule{C::kKsBusy, kPossible, 3, {F::kSilence, F::kAtKeyExchange}, {F::kLate}},

    Rule{C::kNatPorts, kLikely, 8, {F::kPortsChanged}, {F::kRegistered}},

    Rule{C::kGmGaveUp, kCertain, 5, {F::kIncomplete, F::kGmNotice, F::kGmNoticeProved}, {F::kGmCookieNotice}},
    Rule{C::kGmGaveUp, kLikely, 6, {F::kIncomplete, F::kGmNotice}, {F::kGmNoticeProved, F::kGmCookieNotice}},
    Rule{C::kGmGaveUp, kLikely, 7, {F::kGmStopped, F::kSameStepBefore}, {}},
    Rule{C::kGmGaveUp, kPossible, 5, {F::kGmStopped}, {}},

    Rule{C::kGmRestarted, kLikely, 7, {F::kIncomplete, F::kGmCookieNotice}, {}},
    Rule{C::kGmRestarted, kLikely, 6, {F::kGmStopped, F::kBeganAnew, F::kBeganSoon}, {F::kGmNotice}},
    Rule{C::kGmRestarted, kPossible, 4, {F::kGmStopped, F::kBeganAnew}, {F::kGmNotice}},
    Rule{C::kGmRestarted, kLikely, 6, {F::kRegistered, F::kCameBack, F::kInitialContact}, {F::kLifetimeOver}},
    Rule{C::kGmRestarted, kPossible, 6, {F::kRegistered, F::kCameBack}, {F::kLifetimeOver}},
    Rule{C::kGmRestarted, kPossible, 6, {F::kRegistered, F::kCameBack, F::kInitialContact, F::kLifetimeOver}, {}},
    Rule{C::kGmRestarted, kPossible, 4, {F::kRegistered, F::kCameBack, F::kLifetimeOver}, {}},

    Rule{C::kKsRestarted, kLikely, 8, {F::kRefused, F::kNotifyCookie}, {}},

    Rule{C::kLifetimesOver, kLikely, 6, {F::kRegistered, F::kCameBack, F::kLifetimeOver}, {F::kPushSince}},
    Rule{C::kLifetimesOver, kPossible, 5, {F::kRegistered, F::kCameBack, F::kLifetimeOver, F::kPushSince}, {}},

    Rule{C::kMissedRekey, kLikely, 7, {F::kRegistered, F::kCameBack, F::kLifetimeOver, F::kPushMissing}, {F::kInitialContact}},
    Rule{C::kMissedRekey, kPossible, 7, {F::kRegistered, F::kCameBack, F::kPushMissing}, {}},
    Rule{C::kMissedRekey, kPossible, 5, {F::kRegistered, F::kCameBack, F::kKekUnseen}, {}},
};

// clang-format on

constexpr bool facts_in_order() {
  for (std::size_t i = 0; i < kFacts.size(); ++i) {
    if (static_cast<std::size_t>(kFacts[i].fact) != i) {
      return false;
    }
  }
  return kFacts.size() == kFactCount;
}

static_assert(facts_in_order());

bool is_heavier(const Rule& one, const Rule& other) {
  return one.grade != other.grade ? one.grade > other.grade : one.weight > other.weight;
}

}  // namespace

std::span<const FactInfo> fact_table() {
  return kFacts;
}

std::span<const Rule> rule_table() {
  return kRules;
}

std::vector<const Rule*> decide(Facts facts) {
  std::vector<const Rule*> found;
  for (const auto& rule : kRules) {
    if (!facts.has_all(rule.evidence) || facts.has_any(rule.contrary)) {
      continue;
    }
    const auto same = std::ranges::find(found, rule.cause, &Rule::cause);
    if (same == found.end()) {
      found.push_back(&rule);
    } else if (is_heavier(rule, **same)) {
      *same = &rule;
    }
  }
  std::ranges::stable_sort(
      found, [](const Rule* one, const Rule* other) { return is_heavier(*one, *other); });
  return found;
}

}  // namespace gdoi::registration
