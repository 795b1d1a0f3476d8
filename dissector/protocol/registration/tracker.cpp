#include "protocol/registration/tracker.h"

#include "protocol/registration/counts.h"
#include "protocol/registration/judge.h"
#include "protocol/registration/phase1_text.h"

#include <algorithm>
#include <list>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace gdoi::registration {

namespace {

using exchange::Crypt;
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

bool is_readable(const FrameRecord& record) {
  return record.crypt == Crypt::kClear || record.crypt == Crypt::kDecrypted;
}

// What an Informational or a notify says counts unless its HASH proves that it was forged.
bool is_credible(const FrameRecord& record) {
  return is_readable(record) && record.hash != exchange::Verdict::kBad;
}

std::uint64_t as_key(const keys::Cookie& cookie) {
  return kUnnumbered | to_uint(cookie);
}

struct AddressHash {
  std::size_t operator()(const std::array<std::uint8_t, 16>& address) const noexcept {
    return std::hash<std::uint64_t>{}(to_uint(ByteView(address).first(8)) * 0x9e3779b97f4a7c15U ^
                                      to_uint(ByteView(address).subspan(8)));
  }
};

bool same_group(const Registration& a, const Registration& b) {
  if (!a.group || !b.group) {
    return a.group.has_value() == b.group.has_value();
  }
  return a.group->id_type == b.group->id_type && a.group->octets == b.group->octets;
}

bool same_series(const Registration& a, const Registration& b) {
  return a.gm.family == b.gm.family && a.gm.address == b.gm.address && same_group(a, b);
}

// Which attempt of this GM for this group since its last success; `all` is in the order of time.
std::uint32_t attempt_of(const std::vector<Registration>& all, std::size_t place) {
  for (std::size_t i = place; i-- > 0;) {
    if (same_series(all[i], all[place])) {
      return all[i].outcome == Outcome::kRegistered ? 1 : all[i].attempt + 1;
    }
  }
  return 1;
}

}  // namespace

struct Tracker::Impl {
  using Place = std::list<Session>::iterator;

  getvpn::VersionRules rules;
  std::size_t max_open;
  Counts counts;
  std::vector<Registration> all;
  std::list<Session> sessions;  ///< least recently used first
  std::unordered_map<std::uint64_t, Place> by_key;
  std::unordered_map<std::uint64_t, Session*> by_cookie;
  std::unordered_map<std::array<std::uint8_t, 16>, std::uint64_t, AddressHash> newest_of_gm;
  std::unordered_set<std::uint64_t> closed;
  std::vector<std::uint64_t> dirty;
  std::vector<std::uint32_t> dropped;
  std::int64_t end_ns = 0;
  bool finished       = false;

  std::uint32_t next_id() {
    auto& one = all.emplace_back();
    one.id    = static_cast<std::uint32_t>(all.size());
    return one.id;
  }

  void mark(Session& session) {
    if (!session.dirty) {
      session.dirty = true;
      dirty.push_back(session.key);
    }
  }

  Session* find(std::uint64_t key) {
    const auto found = by_key.find(key);
    return found != by_key.end() ? &*found->second : nullptr;
  }

  Session* find(const keys::Cookie& cookie) {
    const auto found = by_cookie.find(to_uint(cookie));
    return found != by_cookie.end() ? found->second : nullptr;
  }

  void store(const Session& session, const Pull* pull) {
    auto judged        = registration_of(session, pull, end_ns);
    const auto place   = judged.id - 1;
    all[place]         = std::move(judged);
    all[place].attempt = attempt_of(all, place);
  }

  void refresh(Session& session) {
    session.dirty = false;
    if (session.pulls_seen == 0) {
      store(session, nullptr);
    }
    for (const auto& pull : session.pulls) {
      store(session, &pull);
    }
  }

  void refresh_dirty() {
    for (const auto key : std::exchange(dirty, {})) {
      if (auto* session = find(key)) {
        refresh(*session);
      }
    }
  }

  void drop(const Session& session) {
    dropped.push_back(session.id);
    for (const auto& pull : session.pulls) {
      dropped.push_back(pull.id);
    }
  }

  void close_oldest() {
    auto& session = sessions.front();
    refresh(session);
    if (session.quick) {
      drop(session);
    }
    closed.insert(session.key);
    if (const auto found = by_cookie.find(to_uint(session.cookie));
        found != by_cookie.end() && found->second == &session) {
      by_cookie.erase(found);
    }
    if (const auto found = newest_of_gm.find(session.gm.address);
        found != newest_of_gm.end() && found->second == session.key) {
      newest_of_gm.erase(found);
    }
    by_key.erase(session.key);
    sessions.pop_front();
  }

  void note_newest(const Session& session, const Packet& packet, const FrameRecord& record) {
    auto& newest = newest_of_gm[session.gm.address];
    auto* before = newest != 0 ? find(newest) : nullptr;
    if (before != nullptr && is_phase1(record.exchange) && record.number == 1) {
      before->restart_frame = packet.frame;
      before->restart_ns    = packet.time_ns;
      mark(*before);
    }
    newest = session.key;
  }

  Session& open(std::uint64_t key, const Header& header, const Packet& packet,
                const FrameRecord& record) {
    if (sessions.size() >= max_open) {
      close_oldest();
    }
    const bool from_ks      = record.sender == Sender::kKs;
    auto& session           = sessions.emplace_back();
    session.id              = next_id();
    session.key             = key;
    session.cookie          = header.initiator;
    session.gm              = from_ks ? packet.destination : packet.source;
    session.ks              = from_ks ? packet.source : packet.destination;
    session.phase1.exchange = is_phase1(record.exchange) ? record.exchange : Exchange::kUnknown;
    by_key.emplace(key, std::prev(sessions.end()));
    by_cookie[to_uint(header.initiator)] = &session;
    note_newest(session, packet, record);
    return session;
  }

  /// The phase 1 that a message stands under; opened where the message can open one.
  Session* session_of(const Header& header, const Packet& packet, const FrameRecord& record) {
    const auto key = record.phase1 != 0 ? record.phase1 : as_key(header.initiator);
    if (const auto found = by_key.find(key); found != by_key.end()) {
      sessions.splice(sessions.end(), sessions, found->second);
      return &sessions.back();
    }
    const bool opens = is_phase1(record.exchange) || record.exchange == Exchange::kPull;
    if (!opens || closed.contains(key)) {
      return nullptr;
    }
    return &open(key, header, packet, record);
  }

  void read_phase1(Session& session, const FrameRecord& record, const wire::Tree& tree) {
    if (!is_readable(record) || record.retransmission_of != 0) {
      return;
    }
    if (record.sender == Sender::kGm) {
      read_version(tree, session.cookie, record.frame, rules, session.version);
    }
    if (record.number != 1 && record.number != 2) {
      return;
    }
    const auto transforms = transforms_of(tree);
    if (transforms.empty()) {
      return;
    }
    auto& proposal  = session.proposal;
    const bool same = std::ranges::all_of(
        transforms, [&](const auto& one) { return one.auth == transforms.front().auth; });
    if (record.number == 2) {
      proposal.chosen = transforms.front().text;
      proposal.auth   = transforms.front().auth;
    } else if (proposal.offered.empty()) {
      std::ranges::transform(transforms, std::back_inserter(proposal.offered),
                             [](const auto& one) { return one.text; });
      proposal.auth = proposal.auth.empty() && same ? transforms.front().auth : proposal.auth;
    }
  }

  static void read_pull(Pull& pull, const FrameRecord& record, const wire::Tree& tree) {
    if (!is_readable(record) || record.retransmission_of != 0) {
      return;
    }
    if (record.number == 1) {
      pull.group = group_of(tree);
    } else if (record.number == 2) {
      pull.lifetimes = lifetimes_of(tree);
    } else if (record.number == 4) {
      pull.download = key_download_of(tree);
    }
  }

  Pull& pull_of(Session& session, const Header& header, const FrameRecord& record) {
    if (auto* known = session.find_pull(record.pull)) {
      return *known;
    }
    if (session.pulls.size() == kMaxOpenPulls) {
      store(session, &session.pulls.front());
      session.pulls.erase(session.pulls.begin());
    }
    auto& pull      = session.pulls.emplace_back();
    pull.id         = session.pulls_seen++ == 0 ? session.id : next_id();
    pull.number     = record.pull;
    pull.message_id = header.message_id;
    pull.exchange   = Exchange::kPull;
    return pull;
  }

  /// An error NOTIFY or DELETE that a message holds.
  void take_notices(Session* at, const Packet& packet, const FrameRecord& record,
                    const wire::Tree& tree, bool deletes_too) {
    for (const auto& notice : notices_of(tree)) {
      if (notice.how == How::kDelete && !deletes_too) {
        continue;
      }
      auto* session = notice.names ? find(*notice.names) : at;
      if (session != nullptr) {
        end(*session, packet, record, {.how = notice.how, .notify_type = notice.type});
      }
    }
  }

  void end(Session& session, const Packet& packet, const FrameRecord& record, Ending ending) {
    auto* conversation = session.open_exchange();
    if (conversation == nullptr) {
      return;
    }
    ending.frame = packet.frame;
    ending.step  = conversation->highest();
    ending.clear = record.crypt == Crypt::kClear;
    const bool by_gm =
        record.sender == Sender::kGm ||
        (record.sender == Sender::kUnknown && packet.source.address == session.gm.address);
    mark(session);
    if (by_gm) {
      auto& before = conversation->gm_notice;
      before = before.how == How::kNone && ending.how != How::kInformational ? ending : before;
      return;
    }
    const auto& asked = conversation->steps.at(conversation->last_of_gm());
    auto& before      = conversation->ending;
    const bool better = before.how == How::kNone || before.step != ending.step ||
                        (before.how == How::kInformational && ending.how != before.how);
    if (better && packet.time_ns - asked.last_ns <= kAnswerNs) {
      before = ending;
    }
  }

  /// A KS may answer within the exchange with a NOTIFY instead of the next message.
  bool is_refusal(const FrameRecord& record, const wire::Tree& tree) const {
    return record.sender == Sender::kKs && is_credible(record) &&
           std::ranges::any_of(notices_of(tree),
                               [](const Notice& one) { return one.how == How::kNotify; });
  }

  void take_step(Session& session, Conversation& conversation, const Packet& packet,
                 const FrameRecord& record, const wire::Tree& tree) {
    conversation.add_frame(packet, record);
    if (is_refusal(record, tree)) {
      ++conversation.ks_messages;
      take_notices(&session, packet, record, tree, false);
    } else {
      conversation.add_step(packet, record);
    }
  }

  std::uint32_t informational(Session* session, const Packet& packet, const FrameRecord& record,
                              const wire::Tree& tree) {
    auto* conversation = session != nullptr ? session->open_exchange() : nullptr;
    if (conversation != nullptr) {
      conversation->add_frame(packet, record);
      conversation->ks_messages += record.sender == Sender::kKs ? 1 : 0;
    }
    if (is_credible(record)) {
      take_notices(session, packet, record, tree, true);
    } else if (session != nullptr && !is_readable(record) && record.sender == Sender::kKs) {
      end(*session, packet, record, {.how = How::kInformational});
    }
    if (conversation == nullptr) {
      return 0;
    }
    for (const auto& pull : session->pulls) {
      if (&pull == conversation) {
        return pull.id;
      }
    }
    return session->id;
  }

  std::uint32_t take(const Packet& packet, const FrameRecord& record, const wire::Tree& tree) {
    const auto header = header_of(tree);
    if (!header) {
      return 0;
    }
    count_message(record, counts);
    auto* session = session_of(*header, packet, record);
    if (session != nullptr) {
      mark(*session);
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
      read_phase1(*session, record, tree);
      return session->id;
    }
    if (record.exchange == Exchange::kPull) {
      auto& pull = pull_of(*session, *header, record);
      take_step(*session, pull, packet, record, tree);
      read_pull(pull, record, tree);
      return pull.id;
    }
    session->quick = session->quick || record.exchange == Exchange::kQuick;
    return 0;
  }

  void late(const exchange::LateMessage& message) {
    const auto& record = message.record;
    count_late(record, counts);
    auto* session = record.phase1 != 0 ? find(record.phase1) : nullptr;
    if (session == nullptr) {
      return;
    }
    mark(*session);
    if (is_phase1(record.exchange)) {
      ++session->phase1.decrypted;
      session->phase1.renumber(record.frame, record.number);
      read_phase1(*session, record, message.tree);
    } else if (record.exchange == Exchange::kPull) {
      if (auto* pull = session->find_pull(record.pull)) {
        ++pull->decrypted;
        pull->renumber(record.frame, record.number);
        read_pull(*pull, record, message.tree);
      }
    } else if (record.exchange == Exchange::kInformational) {
      late_informational(*session, message);
    } else {
      session->quick = session->quick || record.exchange == Exchange::kQuick;
    }
  }

  /// An Informational was taken for what might have ended an exchange; now it says what it is.
  void late_informational(Session& session, const exchange::LateMessage& message) {
    const auto revise = [&](Conversation& conversation) {
      if (std::ranges::find(conversation.frames, message.record.frame) !=
          conversation.frames.end()) {
        ++conversation.decrypted;
      }
      auto& ending = conversation.ending;
      if (ending.frame != message.record.frame || ending.how != How::kInformational) {
        return;
      }
      const auto notices =
          is_credible(message.record) ? notices_of(message.tree) : std::vector<Notice>{};
      ending.how         = notices.empty() ? How::kNone : notices.front().how;
      ending.notify_type = notices.empty() ? std::uint16_t{0} : notices.front().type;
    };
    revise(session.phase1);
    std::ranges::for_each(session.pulls, revise);
  }

  void finish() {
    for (auto& session : sessions) {
      refresh(session);
      if (session.quick) {
        drop(session);
      }
    }
    const std::unordered_set<std::uint32_t> gone(dropped.begin(), dropped.end());
    std::erase_if(all, [&](const Registration& one) { return gone.contains(one.id); });
    std::ranges::stable_sort(all, {}, &Registration::first_frame);
    number_all();
    sessions.clear();
    by_key.clear();
    by_cookie.clear();
    newest_of_gm.clear();
    closed.clear();
    dirty.clear();
  }

  void number_all() {
    std::unordered_map<std::string, std::uint32_t> failures;
    for (std::size_t i = 0; i < all.size(); ++i) {
      auto& one  = all[i];
      one.number = static_cast<std::uint32_t>(i + 1);
      std::string series(one.gm.address.begin(), one.gm.address.end());
      series += static_cast<char>(one.gm.family);
      if (one.group) {
        series += static_cast<char>(one.group->id_type);
        series.append(one.group->octets.begin(), one.group->octets.end());
      }
      auto& failed = failures[series];
      one.attempt  = failed + 1;
      failed       = one.outcome == Outcome::kRegistered ? 0 : one.attempt;
    }
  }
};

Tracker::Tracker(getvpn::VersionRules rules, std::size_t max_open_phase1s)
    : impl_(std::make_unique<Impl>()) {
  impl_->rules    = std::move(rules);
  impl_->max_open = std::max<std::size_t>(max_open_phase1s, 1);
}

Tracker::Tracker(Tracker&&) noexcept            = default;
Tracker& Tracker::operator=(Tracker&&) noexcept = default;
Tracker::~Tracker()                             = default;

std::uint32_t Tracker::on_message(const Packet& packet, const FrameRecord& record,
                                  const wire::Tree& tree) {
  if (impl_->finished) {
    return 0;
  }
  ++impl_->counts.datagrams;
  impl_->end_ns = std::max(impl_->end_ns, packet.time_ns);
  return impl_->take(packet, record, tree);
}

void Tracker::on_late(const exchange::LateMessage& message) {
  if (!impl_->finished) {
    impl_->late(message);
  }
}

void Tracker::finish() {
  if (!std::exchange(impl_->finished, true)) {
    impl_->finish();
  }
}

const std::vector<Registration>& Tracker::registrations() const {
  if (!impl_->finished) {
    impl_->refresh_dirty();
  }
  return impl_->all;
}

const Counts& Tracker::counts() const {
  return impl_->counts;
}

}  // namespace gdoi::registration
