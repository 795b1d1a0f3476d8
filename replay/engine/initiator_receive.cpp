// What the network brings: is it the awaited answer, a refusal, or nothing that counts?

#include "engine/initiator_impl.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/tables/numbers_isakmp.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::engine {
namespace {

namespace payload = exchange::payload;
using exchange::MessageView;
using tables::row;

// Exchange types (RFC 2408 section 3.1, RFC 6407 section 3).
constexpr std::uint8_t kIdentityProtection = 2;
constexpr std::uint8_t kInformational      = 5;
constexpr std::uint8_t kPull               = 32;

constexpr std::uint64_t kFirstStatusType = 16384;  // RFC 2408 section 3.14.1
constexpr std::uint64_t kIsakmpProtocol  = 1;      // RFC 2407 section 4.4.1

// Retransmissions of more answers than this are not told from what is unexpected.
constexpr std::uint32_t kNoMessageId = 0;

const wire::Diagnostic* first_error(const wire::Tree& tree) {
  const auto all   = tree.diagnostics();
  const auto found = std::ranges::find_if(all, [](const wire::Diagnostic& one) {
    return wire::info_of(one.code).severity == wire::Severity::kError;
  });
  return found == all.end() ? nullptr : &*found;
}

std::string type_text(std::uint64_t type) {
  const auto name = wire::name_of(&tables::kNotifyTypes, type);
  return name.empty() ? fmt::format("type {}", type) : fmt::format("{} ({})", name, type);
}

}  // namespace

void Initiator::Impl::receive(ByteView datagram, Time now) {
  auto* const current = waiting();
  if (current == nullptr) {
    return;
  }
  ++verdict.received;
  wire::Tree tree;
  wire::decode(tables::schema(), datagram, {}, tree);
  const MessageView message(tree);
  if (!message.valid()) {
    ++ignored.malformed;
  } else if (answers_probe(*current, message)) {
    return;
  } else if (message.initiator_cookie() != current->sa.initiator ||
             (current->sa.responder != keys::Cookie{} &&
              message.responder_cookie() != current->sa.responder)) {
    ++ignored.wrong_cookies;
  } else if (std::ranges::find(taken, exchange::fingerprint(datagram)) != taken.end()) {
    ++ignored.duplicates;
  } else if (message.exchange_type() == kInformational) {
    informational(*current, tree, now);
  } else if (!is_awaited(message)) {
    ++ignored.unexpected;
  } else if (message.encrypted() && !current->sa.open(tree)) {
    ++ignored.sealed_reply;
  } else {
    answered(*current, datagram);
    dispatch(tree, now);
  }
}

// Nothing is done with the answer: the phase 1 that it offers is never carried on.
bool Initiator::Impl::answers_probe(Waiting& waiting, const MessageView& message) {
  if (!waiting.probe || message.initiator_cookie() != waiting.probe->cookie) {
    return false;
  }
  if (waiting.probe->open) {
    waiting.probe->open = false;
    ++waiting.probe->answered;
  }
  return true;
}

bool Initiator::Impl::is_awaited(const MessageView& message) const {
  const auto& wanted = *exchange::step_of(state_row().exchange, state_row().awaited);
  const bool pull    = wanted.exchange == exchange::Exchange::kPull;
  std::uint32_t id   = kNoMessageId;
  if (const auto* const second = std::get_if<AwaitPull2>(&state)) {
    id = second->message_id;
  } else if (const auto* const fourth = std::get_if<AwaitPull4>(&state)) {
    id = fourth->message_id;
  }
  return message.exchange_type() == (pull ? kPull : kIdentityProtection) &&
         message.message_id() == id && message.encrypted() == wanted.encrypted &&
         message.responder_cookie() != keys::Cookie{} &&
         // A clear message 2 that the KS made anew must not be taken for message 4.
         (wanted.encrypted || message.find(wanted.required.front()) != nullptr);
}

void Initiator::Impl::dispatch(wire::Tree& tree, Time now) {
  if (const auto* const error = first_error(tree)) {
    const auto& info   = wire::info_of(error->code);
    const auto& answer = *exchange::step_of(state_row().exchange, state_row().awaited);
    end_invalid(fmt::format("{} is malformed at octet {}: {} ({})", answer.name, error->offset,
                            info.text, info.clause),
                now);
    return;
  }
  std::visit(
      [&](auto& held) {
        using Held = std::remove_reference_t<decltype(held)>;
        if constexpr (std::is_base_of_v<Waiting, Held>) {
          auto moved = std::move(held);
          if constexpr (std::is_same_v<Held, AwaitMm2>) {
            on_mm2(std::move(moved), tree, now);
          } else if constexpr (std::is_same_v<Held, AwaitMm4>) {
            on_mm4(std::move(moved), tree, now);
          } else if constexpr (std::is_same_v<Held, AwaitMm6>) {
            on_mm6(std::move(moved), tree, now);
          } else if constexpr (std::is_same_v<Held, AwaitPull2>) {
            on_pull2(std::move(moved), tree, now);
          } else {
            on_pull4(std::move(moved), tree, now);
          }
        }
      },
      state);
}

// RFC 2409 section 5.7: HASH(1) once there are keys; before, in clear. A clear one is believed even
// later: a KS that has lost or dropped the SA has no keys to protect it with.
void Initiator::Impl::informational(Waiting& waiting, wire::Tree& tree, Time now) {
  const bool encrypted = MessageView(tree).encrypted();
  if (encrypted && !waiting.sa.open(tree)) {
    ++ignored.sealed_inform;
    return;
  }
  const MessageView message(tree);
  if (encrypted) {
    const auto& payloads = message.payloads();
    if (payloads.empty() || payloads.front().type != payload::kHash ||
        !equal_constant_time(
            payloads.front().body,
            waiting.sa.hash_1(message.message_id(), message.after_first_payload()))) {
      ++ignored.sealed_inform;
      return;
    }
  }
  if (message.find(payload::kNotify) != nullptr) {
    on_notify(message, encrypted, now);
  } else if (encrypted && message.find(payload::kDelete) != nullptr) {
    on_delete(waiting, message, now);
  } else {
    ++ignored.unexpected;
  }
}

void Initiator::Impl::on_notify(const MessageView& message, bool encrypted, Time now) {
  for (const auto& one : message.payloads()) {
    const auto type = one.type == payload::kNotify
                          ? message.tree().find_number(row("notify.msgtype"), one.node)
                          : std::nullopt;
    if (!type || *type >= kFirstStatusType) {
      continue;
    }
    Verdict with;
    with.ending      = Ending::kRefused;
    with.how         = registration::How::kNotify;
    with.notify_type = static_cast<std::uint16_t>(*type);
    with.reason      = fmt::format("the key server answered {} with {} NOTIFY {}", step().name,
                              encrypted ? "an encrypted" : "a clear", type_text(*type));
    end(std::move(with), now);
    return;
  }
  ++ignored.unexpected;
}

void Initiator::Impl::on_delete(const Waiting& waiting, const MessageView& message, Time now) {
  Bytes cookies = to_bytes(waiting.sa.initiator);
  append(cookies, waiting.sa.responder);
  const auto& tree = message.tree();
  for (const auto& one : message.payloads()) {
    if (one.type != payload::kDelete ||
        tree.find_number(row("delete.protoid"), one.node) != kIsakmpProtocol) {
      continue;
    }
    for (auto id = one.node; id < tree.node(one.node).end; ++id) {
      if (tree.node(id).row == row("delete.spi") && equal(tree.octets(id), cookies)) {
        Verdict with;
        with.ending = Ending::kRefused;
        with.how    = registration::How::kDelete;
        with.reason =
            fmt::format("the key server answered {} with a DELETE of the phase-1 SA", step().name);
        end(std::move(with), now);
        return;
      }
    }
  }
  ++ignored.unexpected;
}

}  // namespace gdoi::engine
