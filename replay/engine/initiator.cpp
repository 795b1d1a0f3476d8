#include "engine/initiator_impl.h"
#include "protocol/base/hex.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gdoi::engine {
namespace {

// Key servers forget a phase 1 that is not complete after about 30 s (charon, and our reference KS,
// after exactly that); what is sent later meets silence for that reason alone.
constexpr Time kHalfOpenTime = 29 * kSecond;

std::string octets_text(std::size_t count) {
  return std::to_string(count) + " octets";
}

}  // namespace

Initiator::Initiator(std::shared_ptr<const plan::Plan> plan, InitiatorOptions options,
                     Random& random)
    : impl_(std::make_unique<Impl>(std::move(plan), std::move(options), random)) {}

Initiator::Initiator(Initiator&&) noexcept            = default;
Initiator& Initiator::operator=(Initiator&&) noexcept = default;
Initiator::~Initiator()                               = default;

void Initiator::start(Time now) {
  if (std::holds_alternative<Idle>(impl_->state)) {
    impl_->verdict.started = now;
    if (impl_->plan.mode == exchange::Exchange::kAggressive) {
      impl_->send_am1(now);
    } else {
      impl_->send_mm1(now);
    }
  }
}

void Initiator::on_datagram(ByteView datagram, Time now) {
  impl_->receive(datagram, now);
}

const exchange::Endpoint& Initiator::key_server() const {
  return impl_->options.key_server;
}

void Initiator::on_foreign(const exchange::Endpoint& from) {
  if (!finished()) {
    ++impl_->ignored.foreign;
    impl_->ignored.last_foreign = from;
  }
}

void Initiator::on_deadline(Time now) {
  impl_->on_deadline(now);
}

// A soft error (RFC 1122 section 4.1.3.3): once the KS has answered it may be another's, or the
// port closed for a moment.
void Initiator::on_unreachable(std::string_view what, Time now) {
  if (impl_->waiting() == nullptr) {
    return;
  }
  ++impl_->ignored.icmp;
  if (impl_->verdict.received == 0) {
    Verdict with;
    with.unreachable = true;
    with.icmp_error  = true;
    with.reason = fmt::format("the key server cannot be reached: ICMP {} in answer to {}", what,
                              impl_->step().name);
    impl_->end(std::move(with), now);
  }
}

void Initiator::abort(std::string reason, Time now) {
  if (!finished()) {
    impl_->end_locally(std::move(reason), now);
  }
}

std::optional<Time> Initiator::deadline() const {
  const auto* const waiting = std::as_const(*impl_).waiting();
  if (waiting == nullptr) {
    return std::nullopt;
  }
  auto next = waiting->flight.deadline;
  if (const auto keepalive = impl_->next_keepalive()) {
    next = std::min(next, *keepalive);
  }
  for (const auto& [when, message] : impl_->delayed) {
    next = std::min(next, when);
  }
  return next;
}

std::vector<Outgoing> Initiator::take_output() {
  return std::exchange(impl_->output, {});
}

bool Initiator::finished() const {
  return std::holds_alternative<Finished>(impl_->state);
}

const Verdict& Initiator::verdict() const {
  return impl_->verdict;
}

std::vector<std::string> Initiator::key_log() const {
  auto lines = impl_->phase1_lines;
  lines.insert(lines.end(), impl_->key_lines.begin(), impl_->key_lines.end());
  return lines;
}

Waiting* Initiator::Impl::waiting() {
  return std::visit(
      [](auto& one) -> Waiting* {
        if constexpr (std::is_base_of_v<Waiting, std::remove_reference_t<decltype(one)>>) {
          return &one;
        } else {
          return nullptr;
        }
      },
      state);
}

const Waiting* Initiator::Impl::waiting() const {
  return const_cast<Impl*>(this)->waiting();  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

const exchange::Step& Initiator::Impl::step() const {
  const auto& row = state_row();
  return row.sent == 0 ? *exchange::step_of(plan.mode, 1)
                       : *exchange::step_of(row.exchange, row.sent);
}

std::string_view Initiator::Impl::awaited_name() const {
  return exchange::step_of(state_row().exchange, state_row().awaited)->name;
}

plan::Live Initiator::Impl::live_of(const IsakmpSa& sa) const {
  plan::Live live;
  live.initiator = sa.initiator;
  live.responder = sa.responder;
  live.gm        = options.source;
  live.ks        = options.key_server;
  return live;
}

std::optional<wire::Document> Initiator::Impl::prepare(const plan::Template& from,
                                                       const plan::Live& live, Time now) {
  std::vector<plan::Rebound> rebound;
  auto document = plan::rebind(from, plan.captured, live, rebound);
  if (!document) {
    end_locally("the message cannot be rebuilt: " + document.error().text, now);
    return std::nullopt;
  }
  for (auto& one : rebound) {
    note(std::move(one.name), std::move(one.captured), std::move(one.live));
  }
  return std::move(document).value();
}

std::optional<Bytes> Initiator::Impl::seal(IsakmpSa& sa, wire::Document& document, Time now) {
  auto datagram = sa.seal(document);
  if (!datagram) {
    end_locally("the message cannot be encrypted: " + datagram.error().text, now);
    return std::nullopt;
  }
  return std::move(datagram).value();
}

void Initiator::Impl::emit(Outgoing message, unsigned again) {
  if (again > 0) {
    message.remark = "retransmission " + std::to_string(again) + " of " + message.remark;
    ++verdict.retransmissions;
  }
  push(std::move(message));
  ++verdict.sent;
}

void Initiator::Impl::transmit(Flight& flight, Time now) {
  if (flight.companion) {
    leave("am3", *flight.companion, flight.sent, now);
  }
  const auto later = leave(flight.name, flight.message, flight.sent, now);
  ++flight.sent;
  flight.timely += now - verdict.started < kHalfOpenTime ? 1U : 0U;
  flight.last     = now;
  last_sent       = now;
  flight.deadline = now + later + options.retransmission.interval(flight.sent);
}

void Initiator::Impl::answered(const Waiting& waiting, ByteView octets) {
  ++steps_answered;
  steps_sent += waiting.flight.sent;
  taken.push_back(exchange::fingerprint(octets));
}

void Initiator::Impl::end(Verdict with, Time now) {
  verdict.ending      = with.ending;
  verdict.how         = with.how;
  verdict.notify_type = with.notify_type;
  verdict.reason      = std::move(with.reason);
  verdict.unreachable = with.unreachable;
  verdict.icmp_error  = with.icmp_error;
  verdict.local_fault = with.local_fault;
  verdict.ended       = now;
  if (with.ending != Ending::kAccepted) {
    verdict.step = std::string(step().short_name);
  }
  state = Finished{};
}

void Initiator::Impl::end_invalid(std::string reason, Time now) {
  Verdict with;
  with.ending = Ending::kInvalid;
  with.reason = std::move(reason);
  end(std::move(with), now);
}

void Initiator::Impl::end_unproven(std::string reason, Time now) {
  end_invalid(std::move(reason), now);
  verdict.bad_proof = true;
}

void Initiator::Impl::end_locally(std::string reason, Time now) {
  Verdict with;
  with.local_fault = true;
  with.reason      = std::move(reason);
  end(std::move(with), now);
}

void Initiator::Impl::end_unchangeable(std::string reason, Time now) {
  end_locally(std::move(reason), now);
  verdict.bad_change = true;
}

void Initiator::Impl::note(std::string name, std::string captured, std::string live) {
  if (options.keep_map) {
    verdict.map.emplace_back(std::move(name), std::pair(std::move(captured), std::move(live)));
  }
}

void Initiator::Impl::note_nonce(std::string name, std::size_t captured, std::size_t live) {
  note(std::move(name), octets_text(captured), octets_text(live));
}

}  // namespace gdoi::engine
