#include "protocol/registration/tracker.h"

#include "protocol/registration/counts.h"
#include "protocol/registration/ending.h"
#include "protocol/registration/reading.h"
#include "protocol/registration/tracker_impl.h"

#include <algorithm>
#include <utility>

namespace gdoi::registration {

namespace {

using exchange::Exchange;
using exchange::FrameRecord;
using exchange::Packet;
using exchange::Sender;

constexpr keys::Cookie kNoCookie{};
// Keys of phase 1s that the follower did not number: apart from its numbers.
constexpr std::uint64_t kUnnumbered = std::uint64_t{1} << 63U;

bool is_phase1(Exchange exchange) {
  return exchange == Exchange::kMain || exchange == Exchange::kAggressive;
}

std::uint64_t as_key(const keys::Cookie& cookie) {
  return kUnnumbered | to_uint(cookie);
}

}  // namespace

std::uint32_t Tracker::Impl::begin_registration() {
  Registration one;
  one.number = static_cast<std::uint32_t>(all.size() + 1);
  all.add(one);
  return one.number;
}

void Tracker::Impl::begin_unless_probe(Session& session) {
  if (session.registration == 0 && !session.is_probe()) {
    session.registration = begin_registration();
  }
}

Session& Tracker::Impl::open(std::uint64_t key, const Header& header, const Packet& packet,
                             const FrameRecord& record, const wire::Tree& tree) {
  if (sessions.full()) {
    close_oldest();
  }
  const bool from_ks      = record.sender == Sender::kKs;
  auto& session           = sessions.open(key, header.initiator);
  session.gm              = from_ks ? packet.destination : packet.source;
  session.ks              = from_ks ? packet.source : packet.destination;
  session.phase1.exchange = is_phase1(record.exchange) ? record.exchange : Exchange::kUnknown;
  session.probe           = is_probe(tree);
  begin_unless_probe(session);
  session.half_open = context.half_open(session.ks, packet.time_ns);
  // A probe says nothing about what its GM does with the phase 1s that it means.
  auto* before = session.probe ? nullptr : sessions.succeed(session);
  if (before != nullptr && is_phase1(record.exchange) && record.number == 1) {
    before->restart_frame = packet.frame;
    before->restart_ns    = packet.time_ns;
    mark(*before);
  }
  return session;
}

Session* Tracker::Impl::session_of(const Header& header, const Packet& packet,
                                   const FrameRecord& record, const wire::Tree& tree) {
  const auto key = record.phase1 != 0 ? record.phase1 : as_key(header.initiator);
  if (auto* known = sessions.use(key)) {
    return known;
  }
  const bool opens = is_phase1(record.exchange) || record.exchange == Exchange::kPull;
  if (!opens || sessions.was_closed(key)) {
    return nullptr;
  }
  return &open(key, header, packet, record, tree);
}

Pull& Tracker::Impl::pull_of(Session& session, const Header& header, const FrameRecord& record) {
  if (auto* known = session.find_pull(record.pull)) {
    return *known;
  }
  if (session.pulls.size() == kMaxOpenPulls) {
    store(session, &session.pulls.front());
    session.pulls.erase(session.pulls.begin());
  }
  auto& pull = session.pulls.emplace_back();
  ++session.pulls_seen;
  begin_unless_probe(session);
  pull.registration = session.pulls_seen == 1 ? session.registration : begin_registration();
  pull.number       = record.pull;
  pull.message_id   = header.message_id;
  pull.exchange     = Exchange::kPull;
  return pull;
}

void Tracker::Impl::take_notices(Session* at, const Packet& packet, const FrameRecord& record,
                                 const wire::Tree& tree, bool deletes_too) {
  for (const auto& notice : notices_of(tree)) {
    if (notice.how == How::kDelete && !deletes_too) {
      continue;
    }
    auto* session = notice.names ? sessions.find(*notice.names) : at;
    if (session != nullptr) {
      mark(*session);
      note_ending(*session, packet, record, {.how = notice.how, .notify_type = notice.type});
    }
  }
}

void Tracker::Impl::take_step(Session& session, Conversation& conversation, const Packet& packet,
                              const FrameRecord& record, const wire::Tree& tree) {
  conversation.add_frame(packet, record);
  session.watch_port(packet, record);
  if (is_refusal(record, tree)) {
    ++conversation.ks_messages;
    take_notices(&session, packet, record, tree, false);
  } else {
    conversation.add_step(packet, record);
  }
}

void Tracker::Impl::take_phase1(Session& session, const Header* header, const FrameRecord& record,
                                const wire::Tree& tree) {
  read_phase1(session, record, tree, rules);
  if (groups && header != nullptr && record.sender == Sender::kKs &&
      record.retransmission_of == 0) {
    groups->on_server(session.ks, header->responder, record.frame, rules, tree);
  }
}

void Tracker::Impl::take_pull(const Session& session, Pull& pull, const FrameRecord& record,
                              const wire::Tree& tree) {
  read_pull(pull, record, tree);
  if (record.number != 2 || !pull.group || record.retransmission_of != 0 ||
      record.crypt != exchange::Crypt::kDecrypted) {
    return;
  }
  context.on_policy(session.ks, *pull.group, record.frame, tree);
  if (groups) {
    groups->on_policy(*pull.group, session.ks, record.frame, tree);
  }
}

void Tracker::Impl::take_rekey(const Packet& packet, const FrameRecord& record,
                               const wire::Tree& tree, bool late) {
  if (record.exchange == Exchange::kPush) {
    context.on_push(packet, record, tree);
    if (groups) {
      groups->on_push(packet, record, tree, late);
    }
  } else if (groups) {
    groups->on_ack(packet, record, tree);
  }
}

std::uint32_t Tracker::Impl::informational(Session* session, const Packet& packet,
                                           const FrameRecord& record, const wire::Tree& tree) {
  auto* conversation = session != nullptr ? session->open_exchange() : nullptr;
  if (conversation != nullptr) {
    conversation->add_frame(packet, record);
    conversation->ks_messages += record.sender == Sender::kKs ? 1 : 0;
  }
  if (is_credible(record)) {
    take_notices(session, packet, record, tree, true);
  } else if (session != nullptr && !is_readable(record) && record.sender == Sender::kKs) {
    note_ending(*session, packet, record, {.how = How::kInformational});
  }
  if (conversation == nullptr) {
    return 0;
  }
  for (const auto& pull : session->pulls) {
    if (&pull == conversation) {
      return pull.registration;
    }
  }
  return session->registration;
}

void Tracker::Impl::take_piece(const Packet& packet, const wire::Tree& tree) {
  end_ns            = std::max(end_ns, packet.time_ns);
  const auto header = header_of(tree);
  if (auto* session = header ? sessions.find(header->initiator) : nullptr) {
    mark(*session);
    session->add_piece(packet);
  }
}

std::uint32_t Tracker::Impl::take(const Packet& packet, const FrameRecord& record,
                                  const wire::Tree& tree) {
  const bool rekey  = record.exchange == Exchange::kPush || record.exchange == Exchange::kPushAck;
  const auto header = rekey ? std::nullopt : header_of(tree);
  if (rekey || header) {
    count_message(record, counts);
    context.on_message(packet, record);
  }
  if (rekey) {
    take_rekey(packet, record, tree, false);
  }
  if (!header) {
    return 0;
  }
  auto* session = session_of(*header, packet, record, tree);
  if (session != nullptr) {
    mark(*session);
    session->complete(packet);
    session->correct_sides(packet, record.sender);
    if (header->responder != kNoCookie && session->answered_by_cookie == 0) {
      session->answered_by_cookie = packet.frame;
    }
  }
  if (record.exchange == Exchange::kInformational) {
    return informational(session, packet, record, tree);
  }
  if (session == nullptr) {
    return 0;
  }
  if (is_phase1(record.exchange)) {
    session->phase1.exchange = record.exchange;
    take_step(*session, session->phase1, packet, record, tree);
    begin_unless_probe(*session);
    take_phase1(*session, &*header, record, tree);
    return session->registration;
  }
  if (record.exchange == Exchange::kPull) {
    auto& pull = pull_of(*session, *header, record);
    take_step(*session, pull, packet, record, tree);
    take_pull(*session, pull, record, tree);
    return pull.registration;
  }
  session->quick = session->quick || record.exchange == Exchange::kQuick;
  return 0;
}

void Tracker::Impl::late(const exchange::LateMessage& message) {
  const auto& record = message.record;
  count_late(record, counts);
  if (record.exchange == Exchange::kPush) {
    take_rekey(message.packet, record, message.tree, true);
  }
  auto* session = record.phase1 != 0 ? sessions.find(record.phase1) : nullptr;
  if (session == nullptr) {
    return;
  }
  mark(*session);
  if (is_phase1(record.exchange)) {
    ++session->phase1.decrypted;
    session->phase1.renumber(record.frame, record.number);
    take_phase1(*session, nullptr, record, message.tree);
  } else if (record.exchange == Exchange::kPull) {
    if (auto* pull = session->find_pull(record.pull)) {
      ++pull->decrypted;
      pull->renumber(record.frame, record.number);
      take_pull(*session, *pull, record, message.tree);
    }
  } else if (record.exchange == Exchange::kInformational) {
    revise_ending(session->phase1, message);
    std::ranges::for_each(session->pulls, [&](Pull& pull) { revise_ending(pull, message); });
  } else {
    session->quick = session->quick || record.exchange == Exchange::kQuick;
  }
}

Tracker::Tracker(getvpn::VersionRules rules, std::size_t max_open_phase1s)
    : impl_(std::make_unique<Impl>(std::move(rules), max_open_phase1s)) {}

Tracker::Tracker(Tracker&&) noexcept            = default;
Tracker& Tracker::operator=(Tracker&&) noexcept = default;
Tracker::~Tracker()                             = default;

std::uint32_t Tracker::on_message(const Packet& packet, const FrameRecord& record,
                                  const wire::Tree& tree) {
  if (impl_->finished) {
    return 0;
  }
  // The message comes when it is whole, in the frame of its last piece.
  if (record.exchange == exchange::Exchange::kFragment) {
    impl_->take_piece(packet, tree);
    return 0;
  }
  ++impl_->counts.datagrams;
  impl_->end_ns = std::max(impl_->end_ns, packet.time_ns);
  return impl_->take(packet, record, tree);
}

void Tracker::collect_groups() {
  impl_->groups.emplace();
}

std::vector<Registration> Tracker::ended(std::int64_t now_ns) {
  return impl_->finished ? std::vector<Registration>{} : impl_->ended(now_ns);
}

void Tracker::on_late(const exchange::LateMessage& message) {
  if (!impl_->finished) {
    impl_->late(message);
  }
}

void Tracker::on_lost(const Packet& packet) {
  if (impl_->finished) {
    return;
  }
  for (auto& session : impl_->sessions.all()) {
    if (session.watch_loss(packet)) {
      impl_->mark(session);
    }
  }
}

void Tracker::finish() {
  if (!std::exchange(impl_->finished, true)) {
    impl_->finish();
  }
}

const Ledger& Tracker::registrations() const {
  if (!impl_->finished) {
    static_cast<void>(impl_->refresh_dirty());
  }
  return impl_->all;
}

Ledger Tracker::as_if_finished() const {
  return impl_->finished ? impl_->all : impl_->as_if_finished();
}

std::optional<Registration> Tracker::earlier(const Registration& one) const {
  const auto number = impl_->of_gm.last_before(one);
  return number != 0 ? std::optional(impl_->all[number - 1]) : std::nullopt;
}

Ledger Tracker::take_registrations() {
  return std::exchange(impl_->all, {});
}

std::vector<GroupView> Tracker::take_groups() {
  return impl_->groups ? impl_->groups->take(impl_->context.rekeys(), impl_->end_ns)
                       : std::vector<GroupView>{};
}

const Counts& Tracker::counts() const {
  return impl_->counts;
}

}  // namespace gdoi::registration
