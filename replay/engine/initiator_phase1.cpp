// Main mode as its initiator (RFC 2409 sections 5.1 and 5.4), and what both modes share.

#include "engine/initiator_impl.h"
#include "engine/key_pair.h"
#include "protocol/base/hex.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"

#include <fmt/format.h>

namespace gdoi::engine {
namespace {

namespace payload = exchange::payload;
using exchange::MessageView;
using tables::row;

constexpr std::uint64_t kIpsecDoi     = 1;
constexpr std::uint64_t kGdoiDoi      = 2;
constexpr std::uint64_t kIdentityOnly = 1;

constexpr std::size_t kLeastNonce = 8;  // RFC 2409 section 5
constexpr std::size_t kMostNonce  = 256;

}  // namespace

std::vector<Transform> offers_in(ByteView first) {
  wire::Tree tree;
  wire::decode(tables::schema(), first, {}, tree);
  return transforms_of(MessageView(tree));
}

IsakmpSa Initiator::Impl::new_sa() {
  IsakmpSa sa;
  sa.side      = keys::Side::kGm;
  sa.initiator = make_cookie(random);
  note("initiator cookie", to_hex(plan.captured.initiator), to_hex(sa.initiator));
  return sa;
}

void Initiator::Impl::take_responder(IsakmpSa& sa, const MessageView& message) {
  sa.responder = message.responder_cookie();
  note("responder cookie", to_hex(plan.captured.responder), to_hex(sa.responder));
}

// New KE and nonce for the message of the plan that has them.
std::optional<crypto::DhKeyPair> Initiator::Impl::new_key_pair(IsakmpSa& sa,
                                                               const plan::Template& message,
                                                               Time now) {
  auto pair = make_key_pair(sa.algorithms.group, random);
  if (!pair) {
    end_locally(pair.error().text, now);
    return std::nullopt;
  }
  sa.g_xi = pair->public_value();
  sa.ni_b.resize(plan::nonce_size(message));
  random.fill(sa.ni_b);
  note_nonce("phase-1 nonce", sa.ni_b.size(), sa.ni_b.size());
  const auto captured_ke = message.document.find(row("key_exchange.data"));
  note("KE", fmt::format("{} octets", captured_ke ? message.document.size(*captured_ke) : 0),
       fmt::format("{}, {} octets", crypto::name_of(sa.algorithms.group), sa.g_xi.size()));
  return std::move(*pair);
}

void Initiator::Impl::send_mm1(Time now) {
  AwaitMm2 next;
  next.sa          = new_sa();
  const auto& from = plan.phase1_message(1);
  auto document    = prepare(from, live_of(next.sa), now);
  if (!document) {
    return;
  }
  auto before = plan::body_of(*document, row("payload.sa"));
  if (!alter("mm1", *document, plan::Stage::kBeforeProof, now)) {
    return;
  }
  next.sa.initiator = cookie_in(*document, row("ispi"), next.sa.initiator);
  auto sai_b        = plan::body_of(*document, row("payload.sa"));
  if (!sai_b && !before) {
    end_locally("message 1 of the plan has no SA payload", now);
    return;
  }
  next.sa.sai_b = std::move(sai_b ? *sai_b : *before);
  next.offers   = offers_in(datagram_of(*document));
  if (auto datagram = finish("mm1", *document, nullptr, now)) {
    send(std::move(next), std::move(*datagram), from.captured_frame, now);
  }
}

// RFC 2409 section 5: the responder returns one proposal with one of the transforms, unmodified.
std::optional<Phase1Algorithms> Initiator::Impl::chosen_of(const std::vector<Transform>& offers,
                                                           const wire::Tree& tree, Time now) {
  const MessageView message(tree);
  const auto chosen = transforms_of(message);
  if (chosen.size() != 1) {
    end_invalid(fmt::format("{} has {} transforms in its SA; one must be chosen (RFC 2409 section "
                            "5)",
                            awaited_name(), chosen.size()),
                now);
    return std::nullopt;
  }
  if (!chosen.front().flaw.empty()) {
    end_invalid(
        fmt::format("the transform that {} chooses {}", awaited_name(), chosen.front().flaw), now);
    return std::nullopt;
  }
  if (!is_offered(offers, chosen.front())) {
    end_invalid(fmt::format("{} chooses a transform that was not offered: {}", awaited_name(),
                            chosen.front().text()),
                now);
    return std::nullopt;
  }
  const auto doi       = tree.find_number(row("sa.doi"));
  const auto situation = tree.find_number(row("sa.situation"));
  if (doi != kIpsecDoi && doi != kGdoiDoi) {
    end_invalid(fmt::format("{} is of DOI {}; GDOI is 2, IPsec 1", awaited_name(), doi.value_or(0)),
                now);
    return std::nullopt;
  }
  // RFC 6407 section 5.2: zero; SIT_IDENTITY_ONLY where it is the IPsec DOI's (RFC 2407
  // section 4.2).
  if (situation > kIdentityOnly) {
    end_invalid(fmt::format("{} is of situation {}, which was not offered", awaited_name(),
                            situation.value_or(0)),
                now);
    return std::nullopt;
  }
  ks_doi          = static_cast<std::uint32_t>(*doi);
  auto algorithms = chosen.front().algorithms();
  if (!algorithms || algorithms->auth_method != plan.auth_method) {
    Verdict with;
    with.reason = fmt::format(
        "the key server chose a transform that this replay cannot carry on with ({}): it is made "
        "for {}, and knows DES, 3DES and AES, MODP and ECP",
        chosen.front().text(),
        plan.auth_method == crypto::kAuthPsk ? "a pre-shared key"
                                             : crypto::name_of_auth(plan.auth_method));
    end(std::move(with), now);
    return std::nullopt;
  }
  return algorithms;
}

void Initiator::Impl::on_mm2(AwaitMm2 was, const wire::Tree& tree, Time now) {
  const auto algorithms = chosen_of(was.offers, tree, now);
  if (!algorithms) {
    return;
  }
  const auto& from = plan.phase1_message(3);
  auto sa          = std::move(was.sa);
  sa.algorithms    = *algorithms;
  take_responder(sa, MessageView(tree));
  take_announcements(MessageView(tree));
  auto pair = new_key_pair(sa, from, now);
  if (!pair) {
    return;
  }
  auto live         = live_of(sa);
  live.public_value = sa.g_xi;
  live.nonce        = sa.ni_b;
  live.hash         = algorithms->hash;
  auto document     = prepare(from, live, now);
  if (!document || !with_nat_detection(sa, *document, row("payload.ke"), now) ||
      !alter("mm3", *document, plan::Stage::kBeforeProof, now)) {
    return;
  }
  sa.g_xi = octets_in(*document, row("key_exchange.data")).value_or(std::move(sa.g_xi));
  sa.ni_b = octets_in(*document, row("nonce")).value_or(std::move(sa.ni_b));
  if (auto datagram = finish("mm3", *document, nullptr, now)) {
    send(
        AwaitMm4{
            {std::move(sa), {}, {}},
            std::move(*pair)
    },
        std::move(*datagram), from.captured_frame, now);
  }
}

bool Initiator::Impl::take_keys(IsakmpSa& sa, const crypto::DhKeyPair& pair,
                                const MessageView& message, Time now) {
  const auto* const ke    = message.find(payload::kKe);
  const auto* const nonce = message.find(payload::kNonce);
  if (ke == nullptr || nonce == nullptr) {
    end_invalid(fmt::format("{} has no key exchange or no nonce", awaited_name()), now);
    return false;
  }
  if (nonce->body.size() < kLeastNonce || nonce->body.size() > kMostNonce) {
    end_invalid(fmt::format("the nonce of {} has {} octets; {} to {} are allowed (RFC 2409 section "
                            "5)",
                            awaited_name(), nonce->body.size(), kLeastNonce, kMostNonce),
                now);
    return false;
  }
  sa.g_xr         = to_bytes(ke->body);
  sa.nr_b         = to_bytes(nonce->body);
  const auto g_xy = pair.shared_secret(sa.g_xr);
  if (!g_xy) {
    end_invalid(fmt::format("{}: {}", awaited_name(), g_xy.error().text), now);
    return false;
  }
  if (const auto status = sa.derive(plan.psk.view(), *g_xy); !status) {
    end_locally(status.error().text, now);
    return false;
  }
  phase1_lines = sa.key_log();
  return true;
}

void Initiator::Impl::on_mm4(AwaitMm4 was, const wire::Tree& tree, Time now) {
  auto sa = std::move(was.sa);
  if (take_keys(sa, was.key_pair, MessageView(tree), now)) {
    look_for_nat(sa, MessageView(tree));
    send_mm5(std::move(sa), now);
  }
}

bool Initiator::Impl::without_initial_contact(wire::Document& document, Time now) {
  if (options.initial_contact) {
    return true;
  }
  const auto dropped = plan::drop_initial_contact(document);
  if (!dropped) {
    end_locally(dropped.error().text, now);
    return false;
  }
  if (*dropped > 0) {
    note("INITIAL-CONTACT", "sent", "left out");
  }
  return true;
}

bool Initiator::Impl::with_identity(wire::Document& document, Time now) {
  if (options.identity.empty()) {
    return true;
  }
  const auto status = plan::replace_id(document, options.identity);
  if (!status) {
    end_locally("the plan's message with the identity: " + status.error().text, now);
  }
  return status.ok();
}

bool Initiator::Impl::with_proof(const IsakmpSa& sa, wire::Document& document, ByteView idii_b,
                                 Time now) {
  const auto proof = prove(sa, exchange::Sender::kGm, idii_b, plan.credentials.get());
  if (!proof) {
    end_locally(proof.error().text, now);
    return false;
  }
  const auto status =
      plan::set_proof(document, sa.algorithms.auth_method != crypto::kAuthPsk, *proof);
  if (!status && !plan.changes.empty()) {
    return true;  // it was taken out
  }
  if (!status) {
    end_locally("the last phase-1 message of the plan: " + status.error().text, now);
  }
  return status.ok();
}

bool Initiator::Impl::believes(const IsakmpSa& sa, const MessageView& message, Time now) {
  const auto* const identity = message.find(payload::kId);
  if (identity == nullptr) {
    end_invalid(fmt::format("{} has no ID", awaited_name()), now);
    return false;
  }
  const auto proven =
      check_proof(sa, exchange::Sender::kKs, message, identity->body, plan.credentials.get(), now);
  if (!proven) {
    end_unproven(fmt::format("{}: {}", awaited_name(), proven.error().text), now);
    return false;
  }
  if (!proven->subject.empty()) {
    note("certificate of the key server", "-", proven->subject);
  }
  return true;
}

void Initiator::Impl::send_mm5(IsakmpSa sa, Time now) {
  const auto& from = plan.phase1_message(5);
  auto document    = prepare(from, live_of(sa), now);
  if (!document || !with_identity(*document, now) || !without_initial_contact(*document, now)) {
    return;
  }
  auto identity = plan::body_of(*document, row("payload.id"));
  if (!identity) {
    end_locally("message 5 of the plan has no ID payload", now);
    return;
  }
  if (!alter("mm5", *document, plan::Stage::kBeforeProof, now)) {
    return;
  }
  identity = plan::body_of(*document, row("payload.id")).value_or(std::move(*identity));
  if (!with_proof(sa, *document, *identity, now)) {
    return;
  }
  if (has_early("pull1", "mm5")) {
    send_early_pull1(sa, now);
  }
  if (auto datagram = finish("mm5", *document, &sa, now)) {
    send(
        AwaitMm6{
            {std::move(sa), {}, {}}
    },
        std::move(*datagram), from.captured_frame, now);
  }
}

void Initiator::Impl::on_mm6(AwaitMm6 was, const wire::Tree& tree, Time now) {
  const MessageView message(tree);
  auto sa = std::move(was.sa);
  if (!believes(sa, message, now)) {
    return;
  }
  sa.accept(message);
  sa.complete();
  verdict.phase1_complete = now;
  phase1_lines            = sa.key_log();
  send_pull1(std::move(sa), now);
}

}  // namespace gdoi::engine
