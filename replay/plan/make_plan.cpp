#include "keyserver/messages.h"
#include "plan/capture_plan.h"
#include "plan/edits.h"
#include "plan/phase1_messages.h"
#include "plan/rebind.h"
#include "plan/rehearse.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/compose.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace gdoi::plan {
namespace {

namespace payload = exchange::payload;
using tables::row;
using wire::Part;

constexpr std::uint32_t kMadeUpId = 1;  // rebound to a live one
constexpr std::size_t kNonceSize  = 20;

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
        auth_method_(auth_method_of(captured, settings)) {
    if (!settings.group && !pull1_usable_) {
      others_group_ = group_of_others(captured, all);
    }
  }

  Result<Plan> run() {
    if (auto missing = what_is_missing(); !missing.empty()) {
      return Error{std::move(missing)};
    }
    if (crypto::is_signature(auth_method_) && !settings_.credentials->key.fits(auth_method_)) {
      return Error{fmt::format(
          "registration {}: its phase 1 authenticates with {} and the private key is {}; give "
          "another key and certificate, or --set cipher=...",
          captured_.story.number, crypto::name_of_auth(auth_method_),
          settings_.credentials->key.text())};
    }
    auto phase1 = make_phase1(captured_, settings_, auth_method_);
    if (!phase1) {
      return Error{fmt::format("registration {}: {}", captured_.story.number, phase1.error().text)};
    }
    composed_  = std::move(phase1->composed);
    altered_   = std::move(phase1->altered);
    auto pull1 = pull_1();
    auto pull3 = pull_3();
    for (auto* const each : {&pull1, &pull3}) {
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
    const bool psk = auth_method_ == crypto::kAuthPsk;
    if (psk && settings_.psk && captured_.gm_psk &&
        !equal_constant_time(settings_.psk->view(), captured_.gm_psk->view())) {
      altered_.emplace_back("pre-shared key, in place of the captured one");
    }
    Plan made{captured_.story.number,
              bound(),
              phase1->mode,
              std::move(phase1->messages),
              std::move(pull1).value(),
              std::move(pull3).value(),
              auth_method_,
              !psk            ? Secret()
              : settings_.psk ? settings_.psk->clone()
                              : captured_.gm_psk->clone(),
              psk ? nullptr : settings_.credentials,
              std::move(altered_),
              settings_.changes};
    if (const auto status = check_changes(made); !status) {
      return Error{fmt::format("registration {}: {}", captured_.story.number, status.error().text)};
    }
    return made;
  }

 private:
  [[nodiscard]] std::string what_is_missing() const {
    std::vector<std::string> needs;
    std::vector<std::string> since;
    if (auth_method_ == crypto::kAuthPsk) {
      if (!settings_.psk && !captured_.gm_psk) {
        needs.emplace_back("--psk");
        if (!captured_.dark) {
          since.emplace_back("the keys hold no pre-shared key for it");
        }
      }
    } else if (crypto::is_signature(auth_method_) && !settings_.credentials) {
      needs.emplace_back("--cert, --private-key and --ca");
      since.push_back(fmt::format("its phase 1 authenticates with certificates ({})",
                                  crypto::name_of_auth(auth_method_)));
    }
    if (!settings_.group && !pull1_usable_ && !others_group_) {
      needs.emplace_back("--set group=...");
      if (!captured_.dark) {
        since.emplace_back("no PULL message 1 was captured");
      }
    }
    if (!settings_.cipher && !has_offer(captured_)) {
      needs.emplace_back("--set cipher=...");
      since.emplace_back("phase-1 message 1 was not captured");
    } else if (!settings_.cipher && crypto::name_of_auth(auth_method_).empty()) {
      needs.emplace_back("--set cipher=...");
      since.push_back(
          fmt::format("its phase 1 authenticates with method {}, which is neither a "
                      "pre-shared key nor an RSA or ECDSA signature",
                      auth_method_));
    }
    if (needs.empty()) {
      return {};
    }
    if (captured_.dark) {
      since.insert(
          since.begin(),
          fmt::format("messages {} and later are encrypted and {}", captured_.aggressive ? 3 : 5,
                      captured_.key_files.empty()
                          ? "no key log is there that reads them"
                          : fmt::format("no key in {} reads them", captured_.key_files)));
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

  Result<Template> compose(std::vector<Part> parts, std::string_view name) {
    keyserver::Header header;
    header.initiator  = captured_.story.initiator_cookie;
    header.exchange   = exchange::type_of(exchange::Exchange::kPull);
    header.message_id = kMadeUpId;
    header.encrypted  = true;
    auto document     = keyserver::message(header, std::move(parts));
    if (!document) {
      return document.error();
    }
    composed_.emplace_back(name);
    return Template{std::move(document).value(), 0};
  }

  Result<Template> pull_1() {
    if (settings_.group) {
      altered_.push_back(fmt::format("group {}", settings_.group->text));
    }
    if (pull1_usable_) {
      auto made = copy_of(*captured_.pull1);
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
        {octets_of(payload::kHash, row("hash"), 1),
         octets_of(payload::kNonce, row("nonce"), kNonceSize),
         keyserver::payload_of(payload::kId,
                               settings_.group ? id_body(settings_.group->value) : *others_group_)},
        "PULL message 1");
  }

  Result<Template> pull_3() {
    if (has(captured_.pull3, row("hash"))) {
      return copy_of(*captured_.pull3);
    }
    return compose({octets_of(payload::kHash, row("hash"), 1)}, "PULL message 3");
  }

  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
  const CapturedRegistration& captured_;
  const Settings& settings_;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
  bool pull1_usable_;
  std::uint16_t auth_method_;
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
