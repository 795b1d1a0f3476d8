// Phase 1 as responder: what main and aggressive mode share (RFC 2409 section 5).

#include "engine/key_pair.h"
#include "engine/proof.h"
#include "keyserver/keyserver_impl.h"
#include "keyserver/offer.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/encode.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::keyserver {
namespace {

using exchange::MessageView;
using tables::row;
namespace payload = exchange::payload;

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

constexpr std::size_t kNonceSize      = 16;
constexpr std::uint8_t kX509Signature = 4;   // RFC 2408 section 3.9
constexpr std::uint64_t kLeastLife    = 60;  // seconds; a phase 1 outlives its PULL at least

engine::Time lifetime_of(const Chosen& chosen) {
  constexpr auto kMost = static_cast<std::uint64_t>(kMaxPhase1Lifetime / engine::kSecond);
  return chosen.lifetime == 0
             ? kMaxPhase1Lifetime
             : engine::kSecond *
                   static_cast<engine::Time>(std::clamp(chosen.lifetime, kLeastLife, kMost));
}

}  // namespace

/// An error before there is an SA: NOTIFY in clear (RFC 2408 section 5.4), under the cookies as the
/// peer sent them.
Answer KeyServer::Impl::decline(const MessageView& view, std::uint32_t doi, std::uint16_t type,
                                std::string_view why) {
  say(fmt::format("Phase 1 with {} declined: {}", exchange::address_text(from), why));
  const auto document =
      message({view.initiator_cookie(), view.responder_cookie(), kInformational, 0, false},
              {notify(doi, type)});
  if (!document) {
    return {digest, {}, true};
  }
  auto datagram = wire::encode(document.value());
  send(from, marked, datagram, fmt::format("NOTIFY {}", type));
  return {digest, std::move(datagram), false};
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

Status KeyServer::Impl::open(Session& session) {
  return accepts_all() ? open_anyhow(session) : session.sa.open(tree);
}

/// What of the message that is being answered, opened, the KS does not take.
std::optional<Fault> KeyServer::Impl::fault_in(exchange::Exchange exchange, std::uint8_t number) {
  if (accepts_all()) {
    return std::nullopt;
  }
  auto fault = fault_of(tree, exchange);
  return fault ? std::move(fault)
               : misfit_of(MessageView(tree), *exchange::step_of(exchange, number));
}

/// The proposals of the policy that can be carried out with this peer.
std::vector<engine::Phase1Algorithms> KeyServer::Impl::usable_proposals() const {
  std::vector<engine::Phase1Algorithms> usable;
  const bool psk = policy.psk_for(from) != nullptr;
  std::ranges::copy_if(policy.proposals, std::back_inserter(usable), [&](const auto& one) {
    return one.auth_method == crypto::kAuthPsk
               ? psk
               : policy.credentials != nullptr && policy.credentials->key.fits(one.auth_method);
  });
  return usable;
}

std::optional<Chosen> KeyServer::Impl::chosen_of(const MessageView& view) {
  const auto* const sa = view.find(payload::kSa);
  if (accepts_all()) {
    const auto usable = usable_proposals();
    return usable.empty() ? std::nullopt : choose_anyhow(view, usable);
  }
  if (sa == nullptr) {
    return std::nullopt;
  }
  const auto said      = tree.find_number(row("sa.doi"), sa->node);
  const auto doi       = static_cast<std::uint32_t>(said.value_or(0));
  const auto situation = tree.find_number(row("sa.situation"), sa->node);
  const bool known_doi = doi == kGdoiDoi || doi == kIpsecDoi;
  if (!said || (known_doi && !situation)) {
    decline(view, doi, kPayloadMalformed, "an SA payload that is cut short");
    return std::nullopt;
  }
  if (!known_doi) {
    decline(view, doi, kDoiNotSupported, "another DOI");
    return std::nullopt;
  }
  if (situation != kIdentityOnly && (doi == kIpsecDoi || situation != 0U)) {
    decline(view, doi, kSituationNotSupported, "another situation");
    return std::nullopt;
  }
  const auto mode = view.exchange_type() == exchange::type_of(exchange::Exchange::kAggressive)
                        ? exchange::Exchange::kAggressive
                        : exchange::Exchange::kMain;
  if (const auto fault = fault_of(tree, mode)) {
    decline(view, doi, fault->notify, fault->what);
    return std::nullopt;
  }
  if (view.payloads().front().type != payload::kSa) {
    decline(view, doi, kPayloadMalformed, "the SA does not come first (RFC 2409 section 5)");
    return std::nullopt;
  }
  if (misconduct.is(Misdeed::kNoProposalChosen)) {
    decline(view, doi, kNoProposalChosen, "none is ever acceptable");
    return std::nullopt;
  }
  const auto usable = usable_proposals();
  if (usable.empty()) {
    decline(view, doi, kNoProposalChosen, "no pre-shared key for this address");
    return std::nullopt;
  }
  auto chosen = choose(view, *sa, usable);
  if (!chosen) {
    decline(view, doi, kNoProposalChosen, "none of its proposals is acceptable");
    return std::nullopt;
  }
  if (const auto misfit = misfit_of(view, *exchange::step_of(mode, 1))) {
    decline(view, doi, misfit->notify, misfit->what);
    return std::nullopt;
  }
  return chosen;
}

/// Message 1 of either mode: a new phase 1 with the SA that was chosen, or nullptr.
Session* KeyServer::Impl::begin(const MessageView& view, const Chosen& chosen) {
  auto& session         = open_session(view);
  session.doi           = static_cast<std::uint32_t>(tree.find_number(row("sa.doi")).value_or(0));
  session.sa.algorithms = chosen.algorithms;
  session.sa.sai_b      = to_bytes(body_of(view, payload::kSa));
  session.lifetime      = lifetime_of(chosen);
  read_versions(session, view);
  return &session;
}

/// Whether message 1 has been dealt with: it came again, or there is no room.
bool KeyServer::Impl::is_not_new(const MessageView& view) {
  const auto known = beginnings.find({view.initiator_cookie(), from});
  if (known != beginnings.end()) {
    auto& session = sessions.at(known->second);
    if (now < session.began + policy.half_open_timeout) {
      // Another message 1 under the same cookie, or one that comes late, is not looked at.
      fragmenting = session.fragmentation;
      (void)answer_again(session.last);
      return true;
    }
  }
  if (half_open >= policy.half_open_limit) {
    say(fmt::format("Phase 1 with {} not begun: {} are half open", exchange::address_text(from),
                    half_open));
    return true;
  }
  return false;
}

bool KeyServer::Impl::take_keys(Session& session, const MessageView& view) {
  auto& sa              = session.sa;
  const auto* const psk = policy.psk_for(session.peer);
  const auto ke         = body_of(view, payload::kKe);
  const auto size       = crypto::public_value_size(sa.algorithms.group);
  if (ke.size() != size && !accepts_all()) {
    session.declined =
        decline(view, session.doi, kInvalidKeyInformation, "a public value of a wrong size");
    return false;
  }
  const auto pair = engine::make_key_pair(sa.algorithms.group, *random);
  if (!pair) {
    say(fmt::format("Phase 1 with {}: {}", exchange::address_text(from), pair.error().text));
    return false;
  }
  auto secret = pair->shared_secret(ke);
  if (!secret && accepts_all()) {
    secret = Secret(Bytes(size));  // as of a public value of 0
  }
  if (!secret) {
    session.declined = decline(view, session.doi, kInvalidKeyInformation, secret.error().text);
    return false;
  }
  sa.g_xi = to_bytes(ke);
  sa.ni_b = to_bytes(body_of(view, payload::kNonce));
  sa.g_xr = pair->public_value();
  sa.nr_b.resize(kNonceSize);
  random->fill(sa.nr_b);
  const auto status = sa.derive(psk == nullptr ? ByteView{} : psk->secret.view(), *secret);
  if (!status) {
    say(fmt::format("Phase 1 with {}: {}", exchange::address_text(from), status.error().text));
  }
  return status.ok();
}

bool KeyServer::Impl::signs(const Session& session) {
  return session.sa.algorithms.auth_method != crypto::kAuthPsk;
}

/// Body of IDir: with signatures what the KS's certificate names, its address where it does.
Bytes KeyServer::Impl::identity_body(const Session& session) const {
  auto address = address_identity(identity());
  return signs(session) ? policy.credentials->identity(address).value_or(address) : address;
}

/// IDir, and HASH_R or [CERT,] SIG_R. Nothing, and said why, where there is no signing.
std::optional<std::vector<wire::Part>> KeyServer::Impl::proof(Session& session) {
  const auto id_r = identity_body(session);
  const auto value =
      engine::prove(session.sa, exchange::Sender::kKs, id_r, policy.credentials.get());
  if (!value) {
    say(fmt::format("Phase 1 with {}: {}", exchange::address_text(session.peer),
                    value.error().text));
    return std::nullopt;
  }
  std::vector<wire::Part> parts{payload_of(payload::kId, id_r)};
  if (signs(session)) {
    for (const auto& one : policy.credentials->chain) {
      Bytes body{kX509Signature};
      append(body, one.der());
      parts.push_back(payload_of(payload::kCert, std::move(body)));
    }
  }
  parts.push_back(payload_of(signs(session) ? payload::kSig : payload::kHash,
                             misconduct.proof(Misdeed::kWrongHashR, *value)));
  return parts;
}

/// CERTREQ for the first authority that the KS believes (RFC 2408 section 3.10).
wire::Part KeyServer::Impl::certificate_request() const {
  Bytes body{kX509Signature};
  append(body, policy.credentials->trust.authorities().front().subject_der());
  return payload_of(payload::kCertReq, std::move(body));
}

/// Whether the GM has proved to be who it says; if not, it meets what the policy has for that.
bool KeyServer::Impl::believes(Session& session, const MessageView& view, ByteView id) {
  const auto proven = engine::check_proof(session.sa, exchange::Sender::kGm, view, id,
                                          policy.credentials.get(), now);
  if (proven) {
    if (!proven->subject.empty()) {
      say(fmt::format("GM {} has shown the certificate {}", exchange::address_text(session.peer),
                      proven->subject));
    }
    return true;
  }
  bad_message(session, proven.error().text);
  if (accepts_all()) {
    return true;
  }
  if (policy.authentication_failure == AuthenticationFailure::kSilence) {
    return false;
  }
  // The IV of an Informational goes on from the message that it answers.
  session.sa.accept(view);
  auto sealed = sealed_informational(session, notify(session.doi, proven.error().notify));
  if (sealed) {
    set_stage(session, Stage::kDeleted);
    session.expires = now + policy.half_open_timeout;
    answer(session, session.last, std::move(*sealed),
           fmt::format("NOTIFY {}", proven.error().notify), false);
  }
  return false;
}

void KeyServer::Impl::bad_message(Session& session, std::string_view why) {
  session.declined = {digest, {}, true};
  log_secrets(session);
  say(
      fmt::format("%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from {} failed its sanity check or is "
                  "malformed ({})",
                  exchange::address_text(session.peer), why));
}

/// The last message of a phase 1 was right, and what is to be answered to it is.
void KeyServer::Impl::complete_phase1(Session& session, bool initial_contact) {
  auto& sa        = session.sa;
  session.expires = now + session.lifetime;
  session.repeat.reset();
  arm(session);
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

bool KeyServer::Impl::has_initial_contact(const MessageView& view) const {
  return std::ranges::any_of(view.payloads(), [&](const auto& one) {
    return one.type == payload::kNotify &&
           tree.find_number(row("notify.msgtype"), one.node) == kInitialContact;
  });
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
