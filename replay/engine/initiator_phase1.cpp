// Main mode with a pre-shared key, as its initiator (RFC 2409 section 5.4).

#include "engine/initiator_impl.h"
#include "engine/key_pair.h"
#include "protocol/base/hex.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::engine {
namespace {

namespace payload = exchange::payload;
using exchange::MessageView;
using tables::row;

constexpr std::uint16_t kPreSharedKey = 1;  // RFC 2409 appendix A

Bytes random_octets(Random& random, std::size_t count) {
  Bytes octets(count);
  random.fill(octets);
  return octets;
}

std::vector<Transform> offers_in(ByteView mm1) {
  wire::Tree tree;
  wire::decode(tables::schema(), mm1, {}, tree);
  return transforms_of(MessageView(tree));
}

std::string group_text(crypto::Group group, std::size_t octets) {
  return fmt::format("{}, {} octets", crypto::name_of(group), octets);
}

}  // namespace

void Initiator::Impl::send_mm1(Time now) {
  AwaitMm2 next;
  next.sa.side      = keys::Side::kGm;
  next.sa.initiator = make_cookie(random);
  note("initiator cookie", to_hex(plan.captured.initiator), to_hex(next.sa.initiator));
  auto document = prepare(plan.mm1, live_of(next.sa), now);
  if (!document) {
    return;
  }
  auto sai_b = plan::body_of(*document, row("payload.sa"));
  if (!sai_b) {
    end_locally("message 1 of the plan has no SA payload", now);
    return;
  }
  next.sa.sai_b = std::move(*sai_b);
  auto datagram = datagram_of(*document);
  next.offers   = offers_in(datagram);
  send(std::move(next), std::move(datagram), plan.mm1.captured_frame, now);
}

// RFC 2409 section 5: the responder returns one proposal with one of the transforms, unmodified.
std::optional<Transform> Initiator::Impl::chosen_of(const AwaitMm2& was, const wire::Tree& tree,
                                                    Time now) {
  const MessageView message(tree);
  auto chosen = transforms_of(message);
  if (chosen.size() != 1) {
    end_invalid(fmt::format("main mode message 2 has {} transforms in its SA; one must be chosen "
                            "(RFC 2409 section 5)",
                            chosen.size()),
                now);
    return std::nullopt;
  }
  if (!is_offered(was.offers, chosen.front())) {
    end_invalid(fmt::format("main mode message 2 chooses a transform that was not offered: {}",
                            chosen.front().text()),
                now);
    return std::nullopt;
  }
  ks_doi = tree.find_number(row("sa.doi")).value_or(2);
  return std::move(chosen.front());
}

void Initiator::Impl::on_mm2(AwaitMm2 was, const wire::Tree& tree, Time now) {
  const MessageView message(tree);
  const auto chosen = chosen_of(was, tree, now);
  if (!chosen) {
    return;
  }
  const auto algorithms = chosen->algorithms();
  if (!algorithms || algorithms->auth_method != kPreSharedKey) {
    Verdict with;
    with.reason = fmt::format(
        "the key server chose a transform that this replay cannot carry on "
        "with ({}): it knows pre-shared keys, DES, 3DES and AES, MODP and ECP",
        chosen->text());
    end(std::move(with), now);
    return;
  }
  auto pair = make_key_pair(algorithms->group, random);
  if (!pair) {
    end_locally(pair.error().text, now);
    return;
  }
  AwaitMm4 next{
      {std::move(was.sa), {}, {}},
      std::move(*pair)
  };
  auto& sa      = next.sa;
  sa.algorithms = *algorithms;
  sa.responder  = message.responder_cookie();
  sa.g_xi       = next.key_pair.public_value();
  sa.ni_b       = random_octets(random, plan::nonce_size(plan.mm3));
  note("responder cookie", to_hex(plan.captured.responder), to_hex(sa.responder));
  note_nonce("phase-1 nonce", sa.ni_b.size(), sa.ni_b.size());
  const auto captured_ke = plan.mm3.document.find(row("key_exchange.data"));
  note("KE", fmt::format("{} octets", captured_ke ? plan.mm3.document.size(*captured_ke) : 0),
       group_text(algorithms->group, sa.g_xi.size()));

  auto live           = live_of(sa);
  live.public_value   = sa.g_xi;
  live.nonce          = sa.ni_b;
  live.hash           = algorithms->hash;
  const auto document = prepare(plan.mm3, live, now);
  if (document) {
    send(std::move(next), datagram_of(*document), plan.mm3.captured_frame, now);
  }
}

void Initiator::Impl::on_mm4(AwaitMm4 was, const wire::Tree& tree, Time now) {
  const MessageView message(tree);
  const auto* const ke    = message.find(payload::kKe);
  const auto* const nonce = message.find(payload::kNonce);
  if (ke == nullptr || nonce == nullptr || nonce->body.empty()) {
    end_invalid("main mode message 4 has no key exchange or no nonce", now);
    return;
  }
  auto sa   = std::move(was.sa);
  sa.g_xr   = to_bytes(ke->body);
  sa.nr_b   = to_bytes(nonce->body);
  auto g_xy = was.key_pair.shared_secret(sa.g_xr);
  if (!g_xy) {
    end_invalid("main mode message 4: " + g_xy.error().text, now);
    return;
  }
  if (const auto status = sa.derive(plan.psk.view(), *g_xy); !status) {
    end_locally(status.error().text, now);
    return;
  }
  phase1_lines = sa.key_log();
  send_mm5(std::move(sa), now);
}

void Initiator::Impl::send_mm5(IsakmpSa sa, Time now) {
  auto document = prepare(plan.mm5, live_of(sa), now);
  if (!document) {
    return;
  }
  if (!options.identity.empty()) {
    if (const auto status = plan::replace_id(*document, options.identity); !status) {
      end_locally("message 5 of the plan: " + status.error().text, now);
      return;
    }
  }
  if (!options.initial_contact) {
    const auto dropped = plan::drop_initial_contact(*document);
    if (!dropped) {
      end_locally(dropped.error().text, now);
      return;
    }
    if (*dropped > 0) {
      note("INITIAL-CONTACT", "sent", "left out");
    }
  }
  const auto identity = plan::body_of(*document, row("payload.id"));
  if (!identity) {
    end_locally("message 5 of the plan has no ID payload", now);
    return;
  }
  if (const auto status = plan::set_hash(*document, sa.hash_i(*identity)); !status) {
    end_locally("message 5 of the plan: " + status.error().text, now);
    return;
  }
  if (auto datagram = seal(sa, *document, now)) {
    send(
        AwaitMm6{
            {std::move(sa), {}, {}}
    },
        std::move(*datagram), plan.mm5.captured_frame, now);
  }
}

void Initiator::Impl::on_mm6(AwaitMm6 was, const wire::Tree& tree, Time now) {
  const MessageView message(tree);
  const auto* const identity = message.find(payload::kId);
  const auto* const hash     = message.find(payload::kHash);
  if (identity == nullptr || hash == nullptr) {
    end_invalid("main mode message 6 has no ID or no HASH_R", now);
    return;
  }
  auto sa = std::move(was.sa);
  if (!equal_constant_time(hash->body, sa.hash_r(identity->body))) {
    end_invalid("HASH_R of main mode message 6 is wrong", now);
    return;
  }
  sa.accept(message);
  sa.complete();
  verdict.phase1_complete = now;
  phase1_lines            = sa.key_log();
  send_pull1(std::move(sa), now);
}

}  // namespace gdoi::engine
