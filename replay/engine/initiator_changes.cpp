// What the user wants otherwise than captured, done where the messages are made and sent.

#include "engine/initiator_impl.h"
#include "engine/key_pair.h"
#include "protocol/wire/encode.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::engine {
namespace {

using plan::Operation;

constexpr std::size_t kNonceSize = 16;  // of a KS that has not answered yet

std::string times_text(std::string_view value) {
  return value.empty() || value == "1" ? "once" : fmt::format("{} times", value);
}

}  // namespace

std::optional<Bytes> octets_in(const wire::Document& document, wire::RowId field) {
  const auto node = document.find(field);
  return node ? std::optional(wire::encode(document, *node)) : std::nullopt;
}

keys::Cookie cookie_in(const wire::Document& document, wire::RowId field,
                       const keys::Cookie& otherwise) {
  const auto octets = octets_in(document, field);
  auto cookie       = otherwise;
  if (octets && octets->size() == cookie.size()) {
    std::ranges::copy(*octets, cookie.begin());
  }
  return cookie;
}

bool Initiator::Impl::is_altered(std::string_view message) const {
  return plan::concerns(plan.changes, message);
}

bool Initiator::Impl::alter(std::string_view message, wire::Document& document, plan::Stage stage,
                            Time now) {
  if (!is_altered(message)) {
    return true;
  }
  const auto status = plan::alter(document, message, plan.changes, stage,
                                  {plan.captured.initiator, random}, verdict.altered);
  if (!status) {
    end_unchangeable(status.error().text, now);
  }
  return status.ok();
}

// Behind the proof: what only the encryption follows, the encryption, and what nothing follows.
std::optional<Bytes> Initiator::Impl::finish(std::string_view message, wire::Document& document,
                                             IsakmpSa* seals, Time now) {
  if (!alter(message, document, plan::Stage::kBehindProof, now)) {
    return std::nullopt;
  }
  auto datagram = seals != nullptr ? seal(*seals, document, now) : datagram_of(document);
  if (!datagram || !is_altered(message)) {
    return datagram;
  }
  if (!alter(message, document, plan::Stage::kHeader, now)) {
    return std::nullopt;
  }
  *datagram = datagram_of(document);
  const auto status =
      plan::alter_datagram(*datagram, document, message, plan.changes, verdict.altered);
  if (!status) {
    end_unchangeable(status.error().text, now);
    return std::nullopt;
  }
  return datagram;
}

void Initiator::Impl::did(std::size_t change, std::string text) {
  const auto known = std::ranges::find(verdict.altered, change, &plan::Altered::change);
  if (known == verdict.altered.end()) {
    verdict.altered.push_back(
        {change, fmt::format("{}: {}", plan.changes[change].address.message, text), true});
  }
}

// Most registrations have nothing of it, and there may be many at once.
Sendings& Initiator::Impl::remembered() {
  if (!sendings) {
    sendings = std::make_unique<Sendings>();
  }
  return *sendings;
}

bool Initiator::Impl::is_lost(std::string_view name) {
  for (std::size_t i = 0; i < plan.changes.size(); ++i) {
    const auto& one = plan.changes[i];
    if (one.operation == Operation::kLose && one.address.message == name) {
      const auto most = plan::whole_number(one.value);
      auto& lost      = remembered().losses[i];
      if (!most || lost < *most) {
        ++lost;
        did(i, most ? fmt::format("not sent {}", times_text(one.value)) : "never sent");
        return true;
      }
    }
  }
  return false;
}

unsigned Initiator::Impl::left(const Flight& flight) const {
  if (!sendings) {
    return flight.sent;
  }
  unsigned lost = 0;
  for (const auto& [change, count] : sendings->losses) {
    if (plan.changes[change].address.message == flight.name) {
      lost += static_cast<unsigned>(count);
    }
  }
  return flight.sent - std::min(lost, flight.sent);
}

// Sends a message, or does with it what a change says; how much later it leaves.
Time Initiator::Impl::leave(std::string_view name, const Outgoing& message, unsigned again,
                            Time now) {
  if (!is_altered(name) && (!sendings || sendings->kept.empty())) {
    emit(message, again);
    return 0;
  }
  if (is_lost(name)) {
    return 0;
  }
  Time later = 0;
  for (std::size_t i = 0; again == 0 && i < plan.changes.size(); ++i) {
    const auto& one = plan.changes[i];
    if (one.address.message != name) {
      continue;
    }
    if (one.operation == Operation::kDelay) {
      later =
          static_cast<Time>(plan::seconds_of(one.value).value_or(0) * static_cast<double>(kSecond));
      did(i, fmt::format("sent {} s later", one.value));
    } else if (one.operation == Operation::kAgainAfter) {
      remembered().kept.insert_or_assign(std::string(name), message);
    }
  }
  if (later > 0) {
    delayed.emplace_back(now + later, message);
  } else {
    emit(message, again);
  }
  for (std::size_t i = 0; i < plan.changes.size(); ++i) {
    const auto& one = plan.changes[i];
    if (one.address.message == name && one.operation == Operation::kRepeat &&
        one.address.steps.empty()) {
      for (auto left = plan::whole_number(one.value).value_or(1); left > 0; --left) {
        auto copy   = message;
        copy.remark = "repetition of " + copy.remark;
        emit(std::move(copy), 0);
      }
      did(i, "sent again at once, " + times_text(one.value));
    } else if (one.operation == Operation::kAgainAfter && one.value == name && again == 0) {
      const auto& kept = remembered().kept;
      if (const auto earlier = kept.find(one.address.message); earlier != kept.end()) {
        auto copy   = earlier->second;
        copy.remark = fmt::format("{}, again behind {}", copy.remark, name);
        emit(std::move(copy), 0);
        did(i, fmt::format("sent again behind {}", name));
      }
    }
  }
  return later;
}

void Initiator::Impl::release(Time now) {
  for (auto one = delayed.begin(); one != delayed.end();) {
    if (one->first > now) {
      ++one;
      continue;
    }
    auto message = std::move(one->second);
    one          = delayed.erase(one);
    message.remark += ", delayed";
    emit(std::move(message), 0);
  }
}

bool Initiator::Impl::has_early(std::string_view message, std::string_view before) {
  for (std::size_t i = 0; i < plan.changes.size(); ++i) {
    const auto& one = plan.changes[i];
    if (one.operation == Operation::kBefore && one.address.message == message &&
        one.value == before) {
      did(i, fmt::format("one of its kind sent before {}", before));
      return true;
    }
  }
  return false;
}

// A whole PULL message 1, under keys that the KS has but before it knows who the GM is.
void Initiator::Impl::send_early_pull1(IsakmpSa& sa, Time now) {
  const auto id = make_message_id(random);
  Bytes nonce(plan::nonce_size(plan.pull1));
  random.fill(nonce);
  auto live       = live_of(sa);
  live.message_id = id;
  live.nonce      = nonce;
  auto document   = prepare(plan.pull1, live, now);
  const auto rest = document ? plan::behind_hash(*document) : std::nullopt;
  if (!rest || !plan::set_hash(*document, sa.hash_1(id, *rest))) {
    return;
  }
  auto datagram = seal(sa, *document, now);
  sa.forget(id);
  if (datagram) {
    emit({options.source, options.key_server, std::move(*datagram), plan.pull1.captured_frame,
          "PULL message 1, before its time"},
         0);
  }
}

// HASH(3) is over a nonce that the KS has not sent: nothing can make it right.
void Initiator::Impl::send_early_pull3(AwaitPull2& next, Time now) {
  auto live       = live_of(next.sa);
  live.message_id = next.message_id;
  auto document   = prepare(plan.pull3, live, now);
  const auto rest = document ? plan::behind_hash(*document) : std::nullopt;
  if (!rest || !plan::set_hash(*document, next.sa.hash_3_4(next.message_id, next.ni_b,
                                                           Bytes(kNonceSize), *rest))) {
    return;
  }
  auto datagram = seal(next.sa, *document, now);
  next.sa.forget(next.message_id);
  if (datagram) {
    emit({options.source, options.key_server, std::move(*datagram), plan.pull3.captured_frame,
          "PULL message 3, before its time"},
         0);
  }
}

}  // namespace gdoi::engine
