// Main mode with pre-shared keys, as responder (RFC 2409 section 5.4).

#include "engine/key_pair.h"
#include "keyserver/keyserver_impl.h"
#include "keyserver/offer.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/exchange/script.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/encode.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::keyserver {
namespace {

using exchange::MessageView;
using tables::row;
namespace payload = exchange::payload;

constexpr std::uint8_t kMainMode      = 2;
constexpr std::uint8_t kInformational = 5;

// RFC 2408 section 3.14.1, RFC 2407 section 4.6.3
constexpr std::uint16_t kDoiNotSupported       = 2;
constexpr std::uint16_t kSituationNotSupported = 3;
constexpr std::uint16_t kNoProposalChosen      = 14;
constexpr std::uint16_t kPayloadMalformed      = 16;
constexpr std::uint16_t kInvalidKeyInformation = 17;
constexpr std::uint16_t kInitialContact        = 24'578;

constexpr std::uint32_t kIpsecDoi     = 1;
constexpr std::uint32_t kGdoiDoi      = 2;
constexpr std::uint32_t kIdentityOnly = 1;  // RFC 2407 section 4.2

constexpr std::size_t kNonceSize    = 16;
constexpr std::size_t kLeastNonce   = 8;  // RFC 2409 section 5
constexpr std::size_t kMostNonce    = 256;
constexpr std::size_t kIdFixed      = 4;
constexpr std::size_t kMostIdentity = 2'048;
constexpr std::uint64_t kLeastLife  = 60;  // seconds; a phase 1 outlives its PULL at least

}  // namespace

/// An error before there is an SA: NOTIFY in clear (RFC 2408 section 5.4), under the cookies as the
/// peer sent them.
void KeyServer::Impl::decline(const MessageView& view, std::uint32_t doi, std::uint16_t type,
                              std::string_view why) {
  say(fmt::format("Phase 1 with {} declined: {}", exchange::address_text(from), why));
  const auto document =
      message({view.initiator_cookie(), view.responder_cookie(), kInformational, 0, false},
              {notify(doi, type)});
  if (document) {
    send(from, marked, wire::encode(document.value()), fmt::format("NOTIFY {}", type));
  }
}

void KeyServer::Impl::read_versions(Session& session, const MessageView& view) const {
  std::size_t left = kMaxVendorIdsRead;
  for (const auto& one : view.payloads()) {
    if (one.type != payload::kVid || left-- == 0) {
      continue;
    }
    // Only a rule tells; a candidate is a guess.
    const auto reading = policy.version_rules.read(one.body, view.initiator_cookie());
    if (reading.version) {
      session.version = reading.version->version;
    }
  }
}

void KeyServer::Impl::main_mode_1(const MessageView& view) {
  const auto known = beginnings.find({view.initiator_cookie(), from});
  if (known != beginnings.end()) {
    auto& session = sessions.at(known->second);
    if (now < session.began + policy.half_open_timeout) {
      // Another message 1 under the same cookie, or one that comes late, is not looked at.
      (void)answer_again(session, session.last);
      return;
    }
  }
  if (half_open >= policy.half_open_limit) {
    say(fmt::format("Phase 1 with {} not begun: {} are half open", exchange::address_text(from),
                    half_open));
    return;
  }
  const auto* const sa = view.find(payload::kSa);
  if (sa == nullptr || view.payloads().front().type != payload::kSa) {
    return;
  }
  const auto doi =
      static_cast<std::uint32_t>(tree.find_number(row("sa.doi"), sa->node).value_or(0));
  const auto situation = tree.find_number(row("sa.situation"), sa->node);
  if (doi != kGdoiDoi && doi != kIpsecDoi) {
    decline(view, doi, kDoiNotSupported, "another DOI");
  } else if (situation != kIdentityOnly && (doi == kIpsecDoi || situation != 0U)) {
    decline(view, doi, kSituationNotSupported, "another situation");
  } else if (policy.psk_for(from) == nullptr) {
    decline(view, doi, kNoProposalChosen, "no pre-shared key for this address");
  } else if (auto chosen = choose(view, *sa, policy.proposals)) {
    std::vector<wire::Part> parts;
    parts.push_back(payload_of(payload::kSa, std::move(chosen->sa_body)));
    if (policy.announce_version) {
      parts.push_back(payload_of(payload::kVid, getvpn::synthetic_vendor_id(policy.version)));
    }
    auto& session         = open_session(view);
    session.doi           = doi;
    session.sa.algorithms = chosen->algorithms;
    session.sa.sai_b      = to_bytes(sa->body);
    session.lifetime =
        chosen->lifetime == 0
            ? kMaxPhase1Lifetime
            : engine::kSecond *
                  static_cast<engine::Time>(std::clamp<std::uint64_t>(
                      chosen->lifetime, kLeastLife,
                      static_cast<std::uint64_t>(kMaxPhase1Lifetime / engine::kSecond)));
    read_versions(session, view);
    const auto document = message({session.sa.initiator, session.sa.responder, kMainMode, 0, false},
                                  std::move(parts));
    if (document) {
      answer(session, session.last, wire::encode(document.value()), "main mode message 2", true);
    } else {
      const SessionKey key = session.key;
      erase(key);
      decline(view, doi, kPayloadMalformed, "an SA payload that does not add up");
    }
  } else {
    decline(view, doi, kNoProposalChosen, "none of its proposals is acceptable");
  }
}

void KeyServer::Impl::main_mode_3(Session& session, const MessageView& view) {
  if (!has_required(view, exchange::Exchange::kMain, 3)) {
    return;
  }
  auto& sa               = session.sa;
  const auto* const psk  = policy.psk_for(session.peer);
  const auto ke          = view.find(payload::kKe)->body;
  const auto nonce       = view.find(payload::kNonce)->body;
  const auto nonce_fits  = nonce.size() >= kLeastNonce && nonce.size() <= kMostNonce;
  const auto public_size = crypto::public_value_size(sa.algorithms.group);
  if (psk == nullptr || !nonce_fits || ke.size() != public_size) {
    decline(view, session.doi, kInvalidKeyInformation, "a nonce or public value of a wrong size");
    return;
  }
  const auto pair = engine::make_key_pair(sa.algorithms.group, *random);
  if (!pair) {
    say(fmt::format("Phase 1 with {}: {}", exchange::address_text(from), pair.error().text));
    return;
  }
  const auto secret = pair->shared_secret(ke);
  if (!secret) {
    decline(view, session.doi, kInvalidKeyInformation, secret.error().text);
    return;
  }
  sa.g_xi = to_bytes(ke);
  sa.ni_b = to_bytes(nonce);
  sa.g_xr = pair->public_value();
  sa.nr_b.resize(kNonceSize);
  random->fill(sa.nr_b);
  if (const auto status = sa.derive(psk->secret.view(), *secret); !status) {
    say(fmt::format("Phase 1 with {}: {}", exchange::address_text(from), status.error().text));
    return;
  }
  read_versions(session, view);
  const auto document =
      message({sa.initiator, sa.responder, kMainMode, 0, false},
              {payload_of(payload::kKe, sa.g_xr), payload_of(payload::kNonce, sa.nr_b)});
  if (document) {
    set_stage(session, Stage::kAwaitsId);
    answer(session, session.last, wire::encode(document.value()), "main mode message 4", true);
  }
}

void KeyServer::Impl::bad_message(Session& session, std::string_view why) {
  log_secrets(session);
  say(
      fmt::format("%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from {} failed its sanity check or is "
                  "malformed ({})",
                  exchange::address_text(session.peer), why));
}

void KeyServer::Impl::main_mode_5(Session& session) {
  auto& sa = session.sa;
  if (const auto status = sa.open(tree); !status) {
    bad_message(session, status.error().text);
    return;
  }
  const MessageView opened(tree);
  if (!has_required(opened, exchange::Exchange::kMain, 5)) {
    bad_message(session, "main mode message 5 lacks a payload");
    return;
  }
  const auto id = opened.find(payload::kId)->body;
  if (id.size() < kIdFixed || id.size() > kMostIdentity ||
      !equal_constant_time(opened.find(payload::kHash)->body, sa.hash_i(id))) {
    bad_message(session, "HASH_I is wrong");
    return;
  }
  sa.accept(opened);
  session.identity = to_bytes(id);
  read_versions(session, opened);
  finish_phase1(session, opened);
}

void KeyServer::Impl::finish_phase1(Session& session, const MessageView& view) {
  auto& sa                   = session.sa;
  const auto id_r            = address_identity(identity());
  const auto hash_r          = sa.hash_r(id_r);
  const bool initial_contact = std::ranges::any_of(view.payloads(), [&](const auto& one) {
    return one.type == payload::kNotify &&
           tree.find_number(row("notify.msgtype"), one.node) == kInitialContact;
  });
  auto document              = message({sa.initiator, sa.responder, kMainMode, 0, true},
                                       {payload_of(payload::kId, id_r), payload_of(payload::kHash, hash_r)});
  if (!document) {
    return;
  }
  auto sealed = sa.seal(*document);
  if (!sealed) {
    return;
  }
  sa.complete();
  set_stage(session, Stage::kComplete);
  session.expires = now + session.lifetime;
  answer(session, session.last, std::move(*sealed), "main mode message 6", false);
  log_secrets(session);
  // Only keys are needed from here on.
  sa.sai_b = {};
  sa.g_xi  = {};
  sa.g_xr  = {};
  sa.ni_b  = {};
  sa.nr_b  = {};
  if (initial_contact) {
    drop_others_of(session);
  }
  features.note(session.peer, session.version, std::nullopt);
  say(fmt::format("Phase 1 with {} complete: {}, GETVPN version {}",
                  exchange::address_text(session.peer), sa.algorithms.text(),
                  session.version ? session.version->text() : "not announced"));
}

// RFC 2407 section 4.6.3.3: whatever else there is with this peer belongs to a life before.
void KeyServer::Impl::drop_others_of(const Session& session) {
  std::vector<SessionKey> others;
  for (const auto& [key, other] : sessions) {
    if (key != session.key && other.stage == Stage::kComplete && other.peer == session.peer &&
        other.identity == session.identity) {
      others.push_back(key);
    }
  }
  for (const auto& key : others) {
    erase(key);
  }
}

}  // namespace gdoi::keyserver
