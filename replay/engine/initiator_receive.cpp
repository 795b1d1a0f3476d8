// What the network brings: is it the awaited answer, a refusal, or nothing that counts?

#include "engine/initiator_impl.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::engine {
namespace {

using exchange::MessageView;

// Retransmissions of more answers than this are not told from what is unexpected.
constexpr std::uint32_t kNoMessageId = 0;

const wire::Diagnostic* first_error(const wire::Tree& tree) {
  const auto all   = tree.diagnostics();
  const auto found = std::ranges::find_if(all, [](const wire::Diagnostic& one) {
    return wire::info_of(one.code).severity == wire::Severity::kError;
  });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

void Initiator::Impl::receive(ByteView datagram, Time now) {
  if (waiting() == nullptr) {
    return;
  }
  ++verdict.received;
  wire::Tree tree;
  wire::decode(tables::schema(), datagram, {}, tree);
  if (exchange::fragment_in(MessageView(tree))) {
    if (const auto whole = fragments.add(options.key_server, tree)) {
      take(*whole, now);
    }
    return;
  }
  take(datagram, now);
}

void Initiator::Impl::take(ByteView datagram, Time now) {
  auto* const current = waiting();
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
  } else if (const auto print = exchange::fingerprint(datagram);
             std::ranges::find(taken, print) != taken.end()) {
    on_duplicate(*current, print, now);
  } else if (acknowledged && acknowledged->question == print) {
    ++ignored.duplicates;
    emit(acknowledged->answer, ++acknowledged->again);
  } else if (message.exchange_type() == exchange::type_of(exchange::Exchange::kInformational)) {
    informational(*current, tree, print, now);
  } else if (!is_awaited(message)) {
    const bool other_id = state_row().exchange == exchange::Exchange::kPull &&
                          message.exchange_type() == exchange::type_of(exchange::Exchange::kPull);
    ++(other_id ? ignored.other_ids : ignored.unexpected);
  } else if (message.encrypted() && !current->sa.open(tree)) {
    if (is_second_pull2(tree)) {
      end_invalid(
          "the key server answered PULL message 1 with two different messages 2: it took a "
          "repeated message for a new one (RFC 2408 section 3.1: a message ID names one exchange)",
          now);
    } else {
      ++ignored.sealed_reply;
    }
  } else {
    answered(*current, datagram);
    dispatch(tree, now);
  }
}

// An answer that comes again says that ours to it was lost: it is sent again from memory, unless
// the two have only crossed.
void Initiator::Impl::on_duplicate(Waiting& waiting, const exchange::Fingerprint& print, Time now) {
  ++ignored.duplicates;
  auto& flight = waiting.flight;
  if (print == taken.back() && !waiting.probe && flight.sent < options.retransmission.tries &&
      now - flight.last >= options.retransmission.interval(1) / 2) {
    transmit(flight, now);
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
  std::uint32_t id   = kNoMessageId;
  if (const auto* const second = std::get_if<AwaitPull2>(&state)) {
    id = second->message_id;
  } else if (const auto* const fourth = std::get_if<AwaitPull4>(&state)) {
    id = fourth->message_id;
  }
  return message.exchange_type() == exchange::type_of(wanted.exchange) &&
         message.message_id() == id && message.encrypted() == wanted.encrypted &&
         message.responder_cookie() != keys::Cookie{} &&
         // A clear message 2 that the KS made anew must not be taken for message 4.
         (wanted.encrypted || message.find(wanted.required.front()) != nullptr);
}

void Initiator::Impl::dispatch(wire::Tree& tree, Time now) {
  if (const auto* const error = first_error(tree)) {
    const auto& info = wire::info_of(error->code);
    end_invalid(fmt::format("{} is malformed at octet {}: {} ({})", awaited_name(), error->offset,
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
          } else if constexpr (std::is_same_v<Held, AwaitAm2>) {
            on_am2(std::move(moved), tree, now);
          } else if constexpr (std::is_same_v<Held, AwaitPull2>) {
            on_pull2(std::move(moved), tree, now);
          } else {
            on_pull4(std::move(moved), tree, now);
          }
        }
      },
      state);
}

}  // namespace gdoi::engine
