#include "engine/isakmp_sa.h"
#include "engine/proposal.h"
#include "keyserver/messages.h"
#include "plan/capture_plan.h"
#include "plan/edits.h"
#include "plan/rebind.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/compose.h"
#include "protocol/wire/decode.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace gdoi::plan {
namespace {

namespace payload = exchange::payload;
using tables::row;
using wire::Document;
using wire::Part;

constexpr std::uint8_t kMainMode      = 2;
constexpr std::uint8_t kPullExchange  = 32;
constexpr std::uint32_t kMadeUpId     = 1;  // rebound to a live one
constexpr std::uint64_t kPreSharedKey = 1;  // RFC 2409 appendix A
constexpr std::uint32_t kDefaultLife  = 86'400;
constexpr std::size_t kNonceSize      = 20;
constexpr std::uint32_t kAuth         = 3;  // RFC 2409 appendix A

std::vector<engine::Transform> offers_of(const Document& mm1) {
  const auto octets = engine::datagram_of(mm1);
  wire::Tree tree;
  wire::decode(tables::schema(), octets, {}, tree);
  return engine::transforms_of(exchange::MessageView(tree));
}

bool offers_psk(const Template& mm1) {
  return std::ranges::any_of(offers_of(mm1.document), [](const engine::Transform& offer) {
    return offer.number(kAuth) == kPreSharedKey;
  });
}

/// The group of the other registrations, where they name one only.
std::optional<Bytes> group_of_others(const CapturedRegistration& captured, const CapturePlan& all) {
  std::set<std::pair<std::uint8_t, Bytes>> same_gm;
  std::set<std::pair<std::uint8_t, Bytes>> any_gm;
  for (const auto& other : all.registrations) {
    if (const auto& group = other.story.group) {
      any_gm.emplace(group->id_type, group->octets);
      if (other.story.gm == captured.story.gm) {
        same_gm.emplace(group->id_type, group->octets);
      }
    }
  }
  const auto& found = same_gm.size() == 1 ? same_gm : any_gm;
  if (found.size() != 1) {
    return std::nullopt;
  }
  return id_body({found.begin()->first, found.begin()->second});
}

/// Builds one plan. Each step does its part of it; the first that fails is the error.
class Maker {
 public:
  Maker(const CapturedRegistration& captured, const Settings& settings, const CapturePlan& all)
      : captured_(captured),
        settings_(settings),
        pull1_usable_(has(captured.pull1, row("payload.id")) && has(captured.pull1, row("hash")) &&
                      has(captured.pull1, row("nonce"))),
        needs_mm1_(!captured.mm1 || !has(captured.mm1, row("payload.sa")) ||
                   !offers_psk(*captured.mm1)) {
    if (!settings.group && !pull1_usable_) {
      others_group_ = group_of_others(captured, all);
    }
  }

  Result<Plan> run() {
    if (auto missing = what_is_missing(); !missing.empty()) {
      return Error{std::move(missing)};
    }
    auto mm1   = main_mode_1();
    auto mm3   = main_mode_3();
    auto mm5   = main_mode_5();
    auto pull1 = pull_1();
    auto pull3 = pull_3();
    for (auto* const each : {&mm1, &mm3, &mm5, &pull1, &pull3}) {
      if (!*each) {
        return Error{
            fmt::format("registration {}: {}", captured_.story.number, each->error().text)};
      }
    }
    if (!composed_.empty()) {
      altered_.insert(altered_.begin(),
                      fmt::format("not captured or not readable, so made anew: {}",
                                  fmt::join(composed_, ", ")));
    }
    return Plan{captured_.story.number,
                bound(),
                std::move(mm1).value(),
                std::move(mm3).value(),
                std::move(mm5).value(),
                std::move(pull1).value(),
                std::move(pull3).value(),
                settings_.psk ? settings_.psk->clone() : captured_.gm_psk->clone(),
                std::move(altered_)};
  }

 private:
  static bool has(const std::optional<Template>& message, wire::RowId field) {
    return message && message->document.find(field).has_value();
  }

  [[nodiscard]] std::string what_is_missing() const {
    std::vector<std::string> needs;
    std::vector<std::string> since;
    if (!settings_.psk && !captured_.gm_psk) {
      needs.emplace_back("--psk");
      if (!captured_.dark) {
        since.emplace_back("the keys hold no pre-shared key for it");
      }
    }
    if (!settings_.group && !pull1_usable_ && !others_group_) {
      needs.emplace_back("--set group=...");
      if (!captured_.dark) {
        since.emplace_back("no PULL message 1 was captured");
      }
    }
    if (needs_mm1_ && !settings_.cipher) {
      needs.emplace_back("--set cipher=...");
      since.emplace_back(captured_.aggressive ? "its phase 1 is aggressive mode and the replay is "
                                                "main mode"
                         : captured_.mm1      ? "its phase 1 offers no pre-shared key"
                                              : "main mode message 1 was not captured");
    }
    if (needs.empty()) {
      return {};
    }
    if (captured_.dark) {
      since.insert(since.begin(),
                   "messages 5 and later are encrypted and no key log is there that reads them");
    }
    return fmt::format("registration {} needs {}, since {}", captured_.story.number,
                       fmt::join(needs, " and "), fmt::join(since, ", and "));
  }

  [[nodiscard]] Captured bound() const {
    Captured bound;
    bound.initiator  = captured_.story.initiator_cookie;
    bound.responder  = captured_.responder.value_or(keys::Cookie{});
    bound.message_id = captured_.story.message_id;
    bound.gm         = captured_.story.gm;
    bound.ks         = captured_.story.ks;
    bound.outcome    = captured_.story.outcome;
    bound.how        = captured_.story.how;
    bound.step       = captured_.story.step;
    return bound;
  }

  static Template copy(const Template& from) {
    return {from.document.clone(), from.captured_frame};
  }

  [[nodiscard]] keyserver::Header header(std::uint8_t exchange, bool encrypted) const {
    keyserver::Header made;
    made.initiator  = captured_.story.initiator_cookie;
    made.exchange   = exchange;
    made.message_id = exchange == kMainMode ? 0 : kMadeUpId;
    made.encrypted  = encrypted;
    return made;
  }

  Result<Template> compose(const keyserver::Header& with, std::vector<Part> parts,
                           std::string_view name) {
    auto document = keyserver::message(with, std::move(parts));
    if (!document) {
      return document.error();
    }
    if (!name.empty()) {
      composed_.emplace_back(name);
    }
    return Template{std::move(document).value(), 0};
  }

  // The captured message with the suite that was asked for; vendor IDs and order stay.
  Result<Template> with_suite() {
    auto sa        = sa_of(*settings_.cipher, settings_.lifetime.value_or(kDefaultLife));
    auto parts     = captured_.mm1 ? payloads_of(captured_.mm1->document) : std::vector<Part>{};
    const auto old = std::ranges::find(parts, payload::kSa, &Part::type);
    if (old != parts.end()) {
      *old = std::move(sa);
    } else {
      parts.insert(parts.begin(), std::move(sa));
    }
    auto made = compose(header(kMainMode, false), std::move(parts),
                        captured_.mm1 ? "" : "main mode message 1");
    if (made && captured_.mm1) {
      made->captured_frame = captured_.mm1->captured_frame;
    }
    altered_.push_back(fmt::format("phase-1 proposal {}", settings_.cipher->text()));
    return made;
  }

  Result<Template> main_mode_1() {
    auto made = settings_.cipher ? with_suite() : Result<Template>(copy(*captured_.mm1));
    if (!made) {
      return made;
    }
    if (settings_.lifetime) {
      const auto changed = set_lifetime(made->document, *settings_.lifetime);
      if (!changed || *changed == 0) {
        return changed ? Error{"--set lifetime: main mode message 1 has no life duration in "
                               "seconds"}
                       : changed.error();
      }
      altered_.push_back(fmt::format("phase-1 lifetime {} s", *settings_.lifetime));
    }
    if (settings_.gm_version) {
      const auto vendor_id = getvpn::synthetic_vendor_id(*settings_.gm_version);
      const auto replaced  = replace_version(made->document, vendor_id);
      if (!replaced) {
        return replaced.error();
      }
      if (!*replaced) {
        if (const auto status = append_vendor_id(made->document, vendor_id); !status) {
          return status.error();
        }
      }
      altered_.push_back(fmt::format(
          "GETVPN version {} as this project's vendor ID, {}", settings_.gm_version->text(),
          *replaced ? "in place of the captured one" : "added to main mode message 1"));
    }
    return made;
  }

  Result<Template> main_mode_3() {
    if (has(captured_.mm3, row("key_exchange.data")) && has(captured_.mm3, row("nonce"))) {
      return copy(*captured_.mm3);
    }
    return compose(header(kMainMode, false),
                   {octets_of(payload::kKe, row("key_exchange.data"), 1),
                    octets_of(payload::kNonce, row("nonce"), kNonceSize)},
                   "main mode message 3");
  }

  Result<Template> main_mode_5() {
    if (settings_.id) {
      altered_.push_back(fmt::format("phase-1 identity {}", settings_.id->text));
    }
    if (has(captured_.mm5, row("payload.id")) && has(captured_.mm5, row("hash"))) {
      auto made = copy(*captured_.mm5);
      if (settings_.id) {
        if (const auto status = replace_id(made.document, id_body(settings_.id->value)); !status) {
          return status.error();
        }
      }
      return made;
    }
    return compose(header(kMainMode, true),
                   {keyserver::payload_of(payload::kId, settings_.id ? id_body(settings_.id->value)
                                                                     : keyserver::address_identity(
                                                                           captured_.story.gm)),
                    octets_of(payload::kHash, row("hash"), 1)},
                   "main mode message 5");
  }

  Result<Template> pull_1() {
    if (settings_.group) {
      altered_.push_back(fmt::format("group {}", settings_.group->text));
    }
    if (pull1_usable_) {
      auto made = copy(*captured_.pull1);
      if (settings_.group) {
        if (const auto status = replace_id(made.document, id_body(settings_.group->value));
            !status) {
          return status.error();
        }
      }
      return made;
    }
    if (others_group_) {
      altered_.emplace_back("group: that of the capture's other registrations");
    }
    return compose(
        header(kPullExchange, true),
        {octets_of(payload::kHash, row("hash"), 1),
         octets_of(payload::kNonce, row("nonce"), kNonceSize),
         keyserver::payload_of(payload::kId,
                               settings_.group ? id_body(settings_.group->value) : *others_group_)},
        "PULL message 1");
  }

  Result<Template> pull_3() {
    if (has(captured_.pull3, row("hash"))) {
      return copy(*captured_.pull3);
    }
    return compose(header(kPullExchange, true), {octets_of(payload::kHash, row("hash"), 1)},
                   "PULL message 3");
  }

  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
  const CapturedRegistration& captured_;
  const Settings& settings_;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
  bool pull1_usable_;
  bool needs_mm1_;
  std::optional<Bytes> others_group_;
  std::vector<std::string> composed_;
  std::vector<std::string> altered_;
};

}  // namespace

Result<Plan> make_plan(const CapturedRegistration& captured, const Settings& settings,
                       const CapturePlan& all) {
  return Maker(captured, settings, all).run();
}

std::optional<Bytes> group_body(const Plan& plan) {
  return body_of(plan.pull1.document, row("payload.id"));
}

}  // namespace gdoi::plan
