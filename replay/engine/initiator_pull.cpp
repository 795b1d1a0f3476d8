// GROUPKEY-PULL, as a GM (RFC 6407 section 3.2).

#include "engine/initiator_impl.h"
#include "engine/key_pair.h"
#include "protocol/base/hex.h"
#include "protocol/exchange/kek_table.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/keys/key_log.h"
#include "protocol/tables/registry.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::engine {
namespace {

namespace payload = exchange::payload;
using exchange::MessageView;
using tables::row;

constexpr std::uint64_t kGdoi              = 2;  // RFC 6407 section 2.1
constexpr std::string_view kNotInThisTable = "-";

std::string id_text(std::uint32_t message_id) {
  return fmt::format("0x{:08x}", message_id);
}

// HASH first (RFC 6407 section 3.2), then what the message must hold.
bool begins_with_hash(const MessageView& message) {
  return !message.payloads().empty() && message.payloads().front().type == payload::kHash;
}

/// How many SA KEKs or SA TEKs the SA of a message holds.
std::size_t count_in_sa(const MessageView& message, wire::RowId what) {
  const auto& tree  = message.tree();
  const auto sa     = message.find(payload::kSa)->node;
  std::size_t count = 0;
  for (auto id = sa; id < tree.node(sa).end; ++id) {
    count += tree.node(id).row == what ? 1U : 0U;
  }
  return count;
}

/// What the SA of message 2 says against SEQ and KD of message 4; empty: nothing.
std::string objection_to(const AwaitPull4& was, const MessageView& message) {
  const auto download = exchange::download_of(message);
  if (!was.policy || !download) {
    return {};
  }
  const auto& policy = *was.policy;
  if (policy.kek && message.find(payload::kSeq) == nullptr) {
    return "PULL message 4 has no SEQ, though the SA of message 2 has an SA KEK (RFC 6407 section "
           "3.2)";
  }
  for (const auto& tek : policy.teks) {
    if (std::ranges::find(download->teks, tek.spi, &exchange::TekDownload::spi) ==
        download->teks.end()) {
      return fmt::format(
          "the KD of PULL message 4 holds no key for the TEK with SPI {}, which the SA of message "
          "2 announced (RFC 6407 section 5.6)",
          id_text(tek.spi));
    }
  }
  if (policy.kek && download->keks.empty()) {
    return "the KD of PULL message 4 holds no KEK, which the SA of message 2 announced (RFC 6407 "
           "section 5.6)";
  }
  for (const auto& tek : download->teks) {
    if (was.policy_is_whole &&
        std::ranges::find(policy.teks, tek.spi, &exchange::TekPolicy::spi) == policy.teks.end()) {
      return fmt::format(
          "the KD of PULL message 4 holds a key for a TEK with SPI {}, which no SA TEK of message "
          "2 announced (RFC 6407 section 5.6)",
          id_text(tek.spi));
    }
  }
  for (const auto& kek : download->keks) {
    if (!policy.kek || kek.spi != policy.kek->spi) {
      return fmt::format(
          "the KD of PULL message 4 holds a KEK with SPI {}, which no SA KEK of message 2 "
          "announced (RFC 6407 section 5.6)",
          to_hex(kek.spi));
    }
  }
  return {};
}

std::uint32_t message_id_in(const wire::Document& document, std::uint32_t otherwise) {
  const auto node = document.find(row("messageid"));
  return node ? static_cast<std::uint32_t>(document.value(*node).number) : otherwise;
}

double seconds(Time from, Time to) {
  return static_cast<double>(to - from) / static_cast<double>(kSecond);
}

}  // namespace

void Initiator::Impl::send_pull1(IsakmpSa sa, Time now) {
  AwaitPull2 next{
      {std::move(sa), {}, {}},
      make_message_id(random), {}
  };
  next.ni_b.resize(plan::nonce_size(plan.pull1));
  random.fill(next.ni_b);
  note("message ID of the PULL",
       plan.captured.message_id ? id_text(*plan.captured.message_id) : std::string(kNotInThisTable),
       id_text(next.message_id));
  note_nonce("PULL nonce", next.ni_b.size(), next.ni_b.size());
  auto live       = live_of(next.sa);
  live.message_id = next.message_id;
  live.nonce      = next.ni_b;
  auto document   = prepare(plan.pull1, live, now);
  if (!document || !alter("pull1", *document, plan::Stage::kBeforeProof, now)) {
    return;
  }
  next.ni_b       = octets_in(*document, row("nonce")).value_or(std::move(next.ni_b));
  next.message_id = message_id_in(*document, next.message_id);
  const auto rest = plan::behind_hash(*document);
  if ((!rest || !plan::set_hash(*document, next.sa.hash_1(next.message_id, *rest))) &&
      !is_altered("pull1")) {
    end_locally("PULL message 1 of the plan has no HASH payload", now);
    return;
  }
  if (has_early("pull3", "pull1")) {
    send_early_pull3(next, now);
  }
  if (auto datagram = finish("pull1", *document, &next.sa, now)) {
    send(std::move(next), std::move(*datagram), plan.pull1.captured_frame, now);
  }
}

void Initiator::Impl::on_pull2(AwaitPull2 was, const wire::Tree& tree, Time now) {
  const MessageView message(tree);
  const auto* const nonce = message.find(payload::kNonce);
  const auto* const sa    = message.find(payload::kSa);
  if (!begins_with_hash(message) || nonce == nullptr || sa == nullptr) {
    end_invalid("PULL message 2 is not HASH(2), nonce and SA", now);
    return;
  }
  if (!equal_constant_time(
          message.payloads().front().body,
          was.sa.hash_2(was.message_id, was.ni_b, message.after_first_payload()))) {
    end_unproven("HASH(2) of PULL message 2 is wrong", now);
    return;
  }
  if (tree.find_number(row("sa.doi"), sa->node) != kGdoi) {
    end_invalid("the SA of PULL message 2 is not of the GDOI domain of interpretation", now);
    return;
  }
  if (count_in_sa(message, row("sak")) + count_in_sa(message, row("sat")) == 0) {
    end_invalid(
        "the SA of PULL message 2 holds neither an SA KEK nor an SA TEK (RFC 6407 section 5.2.1)",
        now);
    return;
  }
  was.sa.accept(message);
  AwaitPull4 next{
      {std::move(was.sa), {}, {}},
      was.message_id,
      std::move(was.ni_b),
      to_bytes(nonce->body),
      exchange::policy_of(message),
      false,
      std::move(was.flight.message.datagram)
  };
  next.policy_is_whole =
      next.policy && next.policy->teks.size() == count_in_sa(message, row("sat"));
  auto live       = live_of(next.sa);
  live.message_id = next.message_id;
  auto document   = prepare(plan.pull3, live, now);
  if (!document || !alter("pull3", *document, plan::Stage::kBeforeProof, now)) {
    return;
  }
  const auto id   = message_id_in(*document, next.message_id);
  const auto rest = plan::behind_hash(*document);
  if ((!rest || !plan::set_hash(*document, next.sa.hash_3_4(id, next.ni_b, next.nr_b, *rest))) &&
      !is_altered("pull3")) {
    end_locally("PULL message 3 of the plan has no HASH payload", now);
    return;
  }
  if (auto datagram = finish("pull3", *document, &next.sa, now)) {
    send(std::move(next), std::move(*datagram), plan.pull3.captured_frame, now);
  }
}

void Initiator::Impl::on_pull4(AwaitPull4 was, const wire::Tree& tree, Time now) {
  const MessageView message(tree);
  if (!begins_with_hash(message) || message.find(payload::kKd) == nullptr) {
    end_invalid("PULL message 4 is not HASH(4) and KD", now);
    return;
  }
  if (!equal_constant_time(
          message.payloads().front().body,
          was.sa.hash_3_4(was.message_id, was.ni_b, was.nr_b, message.after_first_payload()))) {
    end_unproven("HASH(4) of PULL message 4 is wrong", now);
    return;
  }
  if (const auto objection = objection_to(was, message); !objection.empty()) {
    end_invalid(objection, now);
    return;
  }
  was.sa.accept(message);
  learn(was, message);
  if (options.say_goodbye) {
    say_goodbye(was.sa);
  }
  Verdict with;
  with.ending = Ending::kAccepted;
  with.reason = fmt::format(
      "registered: PULL message 4 came {:.3f} s after the start, its HASH(4) is right ({} messages "
      "sent, {} of them again; {} received)",
      seconds(verdict.started, now), verdict.sent, verdict.retransmissions, verdict.received);
  end(std::move(with), now);
}

// A KS that has answered message 1 answers it again with the same octets: another nonce under the
// same message ID is another exchange, and the one that was begun cannot end.
bool Initiator::Impl::is_second_pull2(wire::Tree& tree) const {
  const auto* const fourth = std::get_if<AwaitPull4>(&state);
  if (fourth == nullptr || !fourth->sa.open_again(tree, fourth->pull1)) {
    return false;
  }
  const MessageView message(tree);
  return begins_with_hash(message) &&
         equal_constant_time(
             message.payloads().front().body,
             fourth->sa.hash_2(fourth->message_id, fourth->ni_b, message.after_first_payload()));
}

void Initiator::Impl::learn(const AwaitPull4& was, const MessageView& message) {
  const auto download = exchange::download_of(message);
  if (!download) {
    return;
  }
  for (auto& learned : exchange::keks_of(was.policy ? &*was.policy : nullptr, *download)) {
    const auto cipher = learned.ciphers.front();
    exchange::KekEntry entry;
    entry.iv_and_key = std::move(learned.iv_and_key);
    const keys::Kek kek{cipher, learned.signature_hash, std::move(learned.public_key),
                        to_bytes(entry.iv_for(cipher)), Secret(entry.key_for(cipher))};
    key_lines.push_back(keys::kek_line(learned.spi, kek));
    note("KEK SPI", std::string(kNotInThisTable), to_hex(learned.spi));
  }
  if (was.policy) {
    for (const auto& tek : exchange::teks_of(*was.policy, *download)) {
      key_lines.push_back(keys::tek_line(tek));
      note("TEK SPI", std::string(kNotInThisTable), id_text(tek.spi));
    }
    const auto& tree = message.tree();
    const auto kd    = message.find(payload::kKd)->node;
    for (auto id = kd; id < tree.node(kd).end && !was.policy->teks.empty(); ++id) {
      if (tree.node(id).row == row("sid.value")) {
        verdict.sender_ids.emplace_back(was.policy->teks.front().spi, tree.number(id));
      }
    }
  }
}

}  // namespace gdoi::engine
