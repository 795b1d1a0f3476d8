// Aggressive mode as its initiator (RFC 2409 sections 5.1 and 5.4).

#include "engine/initiator_impl.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/encode.h"

#include <fmt/format.h>

namespace gdoi::engine {
namespace {

using exchange::MessageView;
using tables::row;

// The plan's message 3 is encrypted or not, as it was captured.
bool is_encrypted(const plan::Template& message) {
  return message.document.plaintext() != wire::kNoRef;
}

}  // namespace

// RFC 2409 section 5: the group cannot be negotiated, all transforms have the same.
void Initiator::Impl::send_am1(Time now) {
  const auto& from  = plan.phase1_message(1);
  auto sa           = new_sa();
  auto offers       = offers_in(datagram_of(from.document));
  const auto suites = offers.empty() ? std::nullopt : offers.front().algorithms();
  if (!suites) {
    end_locally("aggressive mode message 1 of the plan offers no group that is known here", now);
    return;
  }
  sa.algorithms = *suites;
  auto pair     = new_key_pair(sa, from, now);
  if (!pair) {
    return;
  }
  auto live         = live_of(sa);
  live.public_value = sa.g_xi;
  live.nonce        = sa.ni_b;
  auto document     = prepare(from, live, now);
  if (!document || !with_identity(*document, now)) {
    return;
  }
  auto sai_b  = plan::body_of(*document, row("payload.sa"));
  auto idii_b = plan::body_of(*document, row("payload.id"));
  if (!sai_b || !idii_b) {
    end_locally("aggressive mode message 1 of the plan has no SA or no ID payload", now);
    return;
  }
  if (!alter("am1", *document, plan::Stage::kBeforeProof, now)) {
    return;
  }
  sa.initiator = cookie_in(*document, row("ispi"), sa.initiator);
  sa.g_xi      = octets_in(*document, row("key_exchange.data")).value_or(std::move(sa.g_xi));
  sa.ni_b      = octets_in(*document, row("nonce")).value_or(std::move(sa.ni_b));
  sa.sai_b     = plan::body_of(*document, row("payload.sa")).value_or(std::move(*sai_b));
  idii_b       = plan::body_of(*document, row("payload.id")).value_or(std::move(*idii_b));
  if (is_altered("am1")) {
    offers = offers_in(datagram_of(*document));
  }
  if (auto datagram = finish("am1", *document, nullptr, now)) {
    send(
        AwaitAm2{
            {std::move(sa), {}, {}},
            std::move(offers), std::move(*pair), std::move(*idii_b)
    },
        std::move(*datagram), from.captured_frame, now);
  }
}

void Initiator::Impl::on_am2(AwaitAm2 was, const wire::Tree& tree, Time now) {
  const MessageView message(tree);
  const auto algorithms = chosen_of(was.offers, tree, now);
  if (!algorithms) {
    return;
  }
  auto sa = std::move(was.sa);
  if (algorithms->group != sa.algorithms.group) {
    end_invalid(
        fmt::format("{} chooses a group for which message 1 has no public value", awaited_name()),
        now);
    return;
  }
  sa.algorithms = *algorithms;
  take_responder(sa, message);
  take_announcements(message);
  look_for_nat(sa, message);
  if (take_keys(sa, was.key_pair, message, now) && believes(sa, message, now)) {
    send_am3(std::move(sa), was.idii_b, now);
  }
}

// Nobody answers message 3: the PULL begins right behind it, and both are sent again together.
void Initiator::Impl::send_am3(IsakmpSa sa, ByteView idii_b, Time now) {
  const auto& from = plan.phase1_message(3);
  auto live        = live_of(sa);
  live.hash        = sa.algorithms.hash;
  auto document    = prepare(from, live, now);
  if (!document || !without_initial_contact(*document, now) ||
      !with_nat_detection(
          sa, *document,
          sa.algorithms.auth_method == crypto::kAuthPsk ? row("payload.hash") : row("payload.sig"),
          now) ||
      !alter("am3", *document, plan::Stage::kBeforeProof, now) ||
      !with_proof(sa, *document, idii_b, now)) {
    return;
  }
  auto datagram = finish("am3", *document, is_encrypted(from) ? &sa : nullptr, now);
  if (!datagram) {
    return;
  }
  Outgoing third{options.source, options.key_server, std::move(*datagram), from.captured_frame,
                 std::string(exchange::step_of(exchange::Exchange::kAggressive, 3)->name)};
  leave("am3", third, 0, now);
  sa.complete();
  verdict.phase1_complete = now;
  phase1_lines            = sa.key_log();
  send_pull1(std::move(sa), now);
  if (auto* const next = std::get_if<AwaitPull2>(&state)) {
    next->flight.companion = std::move(third);
  }
}

}  // namespace gdoi::engine
