#include "protocol/base/text.h"
#include "protocol/registration/diagnose.h"
#include "protocol/registration/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gdoi::registration {

namespace {

using exchange::Exchange;
using getvpn::Support;

constexpr std::uint32_t kManyHalfOpen = 10;
constexpr double kMostOfLifetime      = 0.95;
constexpr double kNsPerSecond         = 1e9;
constexpr std::uint16_t kCookieNotify = 4;
constexpr std::int64_t kSoonNs        = 10'000'000'000;

bool is_signature(std::string_view auth) {
  return auth.find("sig") != std::string_view::npos || auth.starts_with("ecdsa") ||
         auth.find("rsa") != std::string_view::npos || auth.find("dss") != std::string_view::npos;
}

// RFC 2408 section 3.14.1.
Fact fact_of_notify(std::uint16_t type) {
  switch (type) {
    case 1:
    case 16:
    case 30:
      return Fact::kNotifyMalformed;
    case kCookieNotify:
      return Fact::kNotifyCookie;
    case 13:
    case 14:
    case 15:
      return Fact::kNotifyProposal;
    case 18:
      return Fact::kNotifyIdentity;
    case 19:
    case 20:
    case 21:
    case 22:
    case 28:
      return Fact::kNotifyCertificate;
    case 23:
    case 24:
    case 25:
      return Fact::kNotifyProof;
    default:
      return Fact::kNotify;
  }
}

std::optional<Fact> fact_of_step(Exchange exchange, std::uint8_t number) {
  const bool main       = exchange == Exchange::kMain;
  const bool aggressive = exchange == Exchange::kAggressive;
  if ((main || aggressive) && number == 1) {
    return Fact::kAtOffer;
  }
  if (main && number == 3) {
    return Fact::kAtKeyExchange;
  }
  if ((main && number == 5) || (aggressive && number == 3)) {
    return Fact::kAtProof;
  }
  if (exchange == Exchange::kPull && (number == 1 || number == 3)) {
    return number == 1 ? Fact::kAtPull1 : Fact::kAtPull3;
  }
  return std::nullopt;
}

/// Whether public sources contradict each other about this feature in the very version.
bool is_disputed(const getvpn::Feature& feature, const getvpn::Version& version) {
  return feature.minimum == version && !feature.remark.empty();
}

class Finder {
 public:
  Finder(const Registration& one, const Context& context, const Before& before)
      : one_(one),
        context_(context),
        before_(before),
        group_(one.group ? context.group(one.ks, *one.group) : nullptr) {}

  Findings find() {
    outcome();
    notify();
    version();
    group();
    key_server();
    path();
    member();
    history();
    return std::move(found_);
  }

 private:
  void add(Fact fact, std::string text = {}, std::vector<std::uint64_t> frames = {}) {
    found_.facts.add(fact);
    found_.evidence.push_back(
        {fact_table()[static_cast<std::size_t>(fact)].name, std::move(text), std::move(frames)});
  }

  [[nodiscard]] bool has(Fact fact) const { return found_.facts.has(fact); }

  void outcome() {
    constexpr std::pair<Outcome, Fact> kOutcomes[] = {
        {Outcome::kRegistered, Fact::kRegistered},
        {Outcome::kRefused,    Fact::kRefused   },
        {Outcome::kNoAnswer,   Fact::kNoAnswer  },
        {Outcome::kIncomplete, Fact::kIncomplete},
    };
    constexpr std::pair<How, Fact> kHows[] = {
        {How::kSilence,       Fact::kSilence   },
        {How::kNotify,        Fact::kNotify    },
        {How::kDelete,        Fact::kDelete    },
        {How::kInformational, Fact::kUnreadable},
    };
    for (const auto& [outcome, fact] : kOutcomes) {
      if (one_.outcome == outcome) {
        add(fact, {}, {signs().frame});
      }
    }
    for (const auto& [how, fact] : kHows) {
      if (one_.how == how) {
        add(fact, {}, {signs().ending_frame != 0 ? signs().ending_frame : signs().frame});
      }
    }
    if (const auto step = fact_of_step(signs().exchange, signs().number)) {
      add(*step);
    }
    if (one_.phase1.auth == "psk") {
      add(Fact::kPsk, "phase 1 uses a pre-shared key");
    } else if (is_signature(one_.phase1.auth)) {
      add(Fact::kSignatures, "phase 1 uses signatures");
    }
    if (signs().exchange == Exchange::kAggressive || one_.step.starts_with("am")) {
      add(Fact::kAggressive);
    }
  }

  void notify() {
    if (one_.how == How::kNotify && one_.notify_type) {
      if (const auto fact = fact_of_notify(*one_.notify_type); fact != Fact::kNotify) {
        add(fact);
      }
    }
    if (signs().ending_proved) {
      add(Fact::kProved, {}, {signs().ending_frame});
    }
    if (signs().sides_differ_frame != 0) {
      add(Fact::kSidesDiffer,
          fmt::format("the key log has one phase-1 key of the GM, which decrypts frame {}, and "
                      "another of the KS",
                      signs().sides_differ_frame),
          {signs().sides_differ_frame});
    }
  }

  void version() {
    const auto& version = one_.gm_version;
    if (version.source != GmVersion::Source::kRule || !version.version) {
      add(Fact::kVersionNone, "the GM's version is " + version.text());
      return;
    }
    for (const auto& feature : getvpn::features()) {
      const auto support = getvpn::support_of(feature, version.version);
      const auto* use    = use_of(feature.name);
      if (support == Support::kUnsupported && use != nullptr) {
        lacks(feature, *use);
      } else if (support == Support::kUnsupported && feature.blocks_registration &&
                 !policy_known()) {
        add(Fact::kVersionLow,
            fmt::format("{}, which cannot do {}; whether the group needs it is not known",
                        announced(), feature.name),
            {version.frame});
      } else if (feature.blocks_registration && is_disputed(feature, *version.version) &&
                 (use != nullptr || !policy_known())) {
        add(Fact::kVersionDisputed,
            fmt::format("{}; the public sources disagree whether that can do {}", announced(),
                        feature.name),
            {version.frame});
      }
    }
  }

  void lacks(const getvpn::Feature& feature, const Use& use) {
    const auto place = static_cast<std::size_t>(&use - group_->uses.data());
    const auto& by   = group_->shown_by[place];
    const auto whose = by.address == one_.gm.address
                           ? fmt::format("frame {}", use.frame)
                           : fmt::format("the registration of GM {}, frame {}",
                                         exchange::address_text(by), use.frame);
    add(feature.blocks_registration ? Fact::kVersionLacks : Fact::kFeatureLacks,
        fmt::format("{}, which cannot do {}; this group's {} ({})", announced(), feature.name,
                    use.text, whose),
        {one_.gm_version.frame, use.frame});
  }

  [[nodiscard]] std::string announced() const {
    return fmt::format("the GM announced {} (frame {})", one_.gm_version.text(),
                       one_.gm_version.frame);
  }

  [[nodiscard]] const Use* use_of(std::string_view feature) const {
    if (group_ == nullptr) {
      return nullptr;
    }
    const auto found = std::ranges::find(group_->uses, feature, &Use::feature);
    return found != group_->uses.end() ? &*found : nullptr;
  }

  /// Whether some GM was shown the policy of the group: what it does not use then is known.
  [[nodiscard]] bool policy_known() const { return group_ != nullptr && !group_->served.empty(); }

  void group() {
    if (group_ != nullptr) {
      for (const auto& use : group_->uses) {
        const auto* feature = getvpn::feature_named(use.feature);
        if (feature != nullptr && feature->blocks_registration) {
          add(Fact::kGroupNeeds, fmt::format("this group's {} (frame {})", use.text, use.frame),
              {use.frame});
        }
      }
      served(*group_);
    }
    if (has(Fact::kGroupServed) || !one_.group || policy_known()) {
      return;
    }
    if (const auto* other = context_.other_group(one_)) {
      add(Fact::kOnlyOthersServed,
          fmt::format("the KS registered {} in another group (frame {}) and nobody in this one",
                      other->gm.address == one_.gm.address
                          ? "the same GM"
                          : "GM " + exchange::address_text(other->gm),
                      other->frame),
          {other->frame});
    }
  }

  // Two versions that nobody can read may differ; two GMs that announce none do not.
  [[nodiscard]] bool is_comparable(const std::string& version) const {
    using Source    = GmVersion::Source;
    const auto& own = one_.gm_version;
    return (own.source == Source::kRule || own.source == Source::kNotAnnounced) &&
           own.text() == version;
  }

  void served(const Context::GroupSeen& group) {
    for (const auto& served : group.served) {
      const auto text = fmt::format("GM {} registered in this group (frame {})",
                                    exchange::address_text(served.gm), served.frame);
      if (served.gm.address != one_.gm.address && !has(Fact::kGroupServed)) {
        add(Fact::kGroupServed, text, {served.frame});
      }
      if (is_comparable(served.version) && !has(Fact::kSameVersionServed)) {
        const bool none = one_.gm_version.source == GmVersion::Source::kNotAnnounced;
        add(Fact::kSameVersionServed,
            fmt::format(
                "{} is no reason: GM {} registered {} (frame {})",
                none ? "that no version was announced" : "the version, " + served.version + ",",
                exchange::address_text(served.gm), none ? "without one too" : "with it",
                served.frame),
            {served.frame});
      }
    }
  }

  void key_server() {
    const auto until = signs().asked_ns + std::max(signs().watched_ns, kSilenceNs);
    if (const auto alive = context_.alive(one_.ks, signs().asked_ns, until)) {
      add(Fact::kKsAlive,
          fmt::format("meanwhile the KS sent frame {} to {}", alive->frame,
                      exchange::address_text(alive->gm)),
          {alive->frame});
    }
    if (signs().half_open >= kManyHalfOpen) {
      add(Fact::kHalfOpen,
          fmt::format("the KS had {} phase 1s open that were not complete", signs().half_open));
    }
    if (signs().late_frame != 0) {
      add(Fact::kLate,
          fmt::format("the KS took {} for the answer in frame {}", span_text(signs().late_ns),
                      signs().late_frame),
          {signs().late_frame});
    }
  }

  void path() {
    if (signs().repeats_after != 0) {
      add(signs().repeats_after > 1 ? Fact::kAnswerIgnored : Fact::kAnswerIgnoredOnce,
          fmt::format("the KS answered in frame {}, and the GM repeated its message {} more (from "
                      "frame {} on)",
                      signs().answer_frame,
                      signs().repeats_after == 1 ? std::string("once")
                                                 : fmt::format("{} times", signs().repeats_after),
                      signs().repeated_frame),
          {signs().answer_frame, signs().repeated_frame});
    }
    if (signs().port_frame != 0) {
      add(Fact::kPortsChanged,
          fmt::format("the GM's UDP port changed from {} to {} in frame {}", signs().port_before,
                      signs().port_after, signs().port_frame),
          {signs().port_frame});
    }
    if (signs().lost_fragments_frame != 0) {
      add(Fact::kFragmentsLost,
          fmt::format("of a message in fragments (frame {}) not all came",
                      signs().lost_fragments_frame),
          {signs().lost_fragments_frame});
    }
  }

  void member() {
    if (signs().notice_frame != 0) {
      const bool cookie = signs().notice_type == kCookieNotify;
      add(Fact::kGmNotice,
          cookie ? std::string{}
                 : fmt::format("the GM sent {} in frame {}",
                               signs().notice_type == 0 ? "a DELETE" : "an error NOTIFY",
                               signs().notice_frame),
          {signs().notice_frame});
      if (signs().notice_proved) {
        add(Fact::kGmNoticeProved, {}, {signs().notice_frame});
      }
      if (cookie) {
        add(Fact::kGmCookieNotice,
            fmt::format("the GM sent INVALID-COOKIE in frame {}: it does not know this phase 1",
                        signs().notice_frame),
            {signs().notice_frame});
      }
    }
    if (signs().gm_stopped) {
      add(Fact::kGmStopped, "the GM did not go on", {signs().frame});
    }
    if (signs().restart_frame != 0) {
      add(Fact::kBeganAnew, fmt::format("it began anew in frame {}", signs().restart_frame),
          {signs().restart_frame});
    }
    if (signs().restart_gap_ns != 0 && signs().restart_gap_ns < kSoonNs) {
      add(Fact::kBeganSoon,
          fmt::format("that was {} after its last message", span_text(signs().restart_gap_ns)));
    }
    if (signs().initial_contact_frame != 0) {
      add(Fact::kInitialContact,
          fmt::format("the GM says that it has no other SA (INITIAL-CONTACT, frame {})",
                      signs().initial_contact_frame),
          {signs().initial_contact_frame});
    }
  }

  void history() {
    if (before_.attempts != 0 && before_.step == one_.step && !one_.step.empty()) {
      add(Fact::kSameStepBefore,
          fmt::format("its attempt before ended with the same message (frame {})",
                      before_.step_frame),
          {before_.step_frame});
    }
    if (!before_.served || !one_.group) {
      return;
    }
    const auto passed = one_.started_ns - before_.served_ns;
    add(Fact::kCameBack,
        fmt::format("the GM had registered {} before (frame {})", span_text(passed),
                    before_.served_frame),
        {before_.served_frame});
    const auto seconds = static_cast<double>(passed) / kNsPerSecond;
    if (before_.lifetime != 0 &&
        seconds >= kMostOfLifetime * static_cast<double>(before_.lifetime)) {
      add(Fact::kLifetimeOver,
          fmt::format("its shortest lifetime was {} s", grouped(before_.lifetime)));
    }
    if (const auto push = context_.push_after(one_.ks, before_.served_ns, one_.started_ns)) {
      add(Fact::kPushSince, fmt::format("a PUSH followed in frame {}", push->frame), {push->frame});
    }
    for (auto& each : rekey_facts(one_, context_.rekeys(), before_)) {
      add(each.fact, std::move(each.text), std::move(each.frames));
    }
  }

  [[nodiscard]] const Signs& signs() const { return one_.signs; }

  const Registration& one_;
  const Context& context_;
  const Before& before_;
  const Context::GroupSeen* group_;
  Findings found_;
};

}  // namespace

Findings find_facts(const Registration& one, const Context& context, const Before& before) {
  return Finder(one, context, before).find();
}

}  // namespace gdoi::registration
