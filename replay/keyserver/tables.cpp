// The KS's tables (phase 1s, alarms) and what it hands out.

#include "engine/key_pair.h"
#include "engine/traversal.h"
#include "keyserver/keyserver_impl.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gdoi::keyserver {
namespace {

constexpr std::size_t kMarkerSize = 4;  // RFC 3948 section 2.2

SessionKey key_of(const keys::Cookie& initiator, const keys::Cookie& responder) {
  SessionKey key{};
  std::ranges::copy(responder, std::ranges::copy(initiator, key.begin()).out);
  return key;
}

bool is_half_open(Stage stage) {
  return stage == Stage::kAwaitsKe || stage == Stage::kAwaitsId || stage == Stage::kAwaitsProof;
}

}  // namespace

bool is_identity(ByteView body) {
  constexpr std::size_t kFixed = 4;  // type, protocol, port (RFC 2407 section 4.6.2)
  constexpr std::size_t kMost  = 2'048;
  return body.size() >= kFixed && body.size() <= kMost;
}

Session* KeyServer::Impl::find(const exchange::MessageView& view) {
  const auto found = sessions.find(key_of(view.initiator_cookie(), view.responder_cookie()));
  return found == sessions.end() ? nullptr : &found->second;
}

Session* KeyServer::Impl::find_by_initiator(const exchange::MessageView& view) {
  const auto known = beginnings.find({view.initiator_cookie(), from});
  const auto found = known == beginnings.end() ? sessions.end() : sessions.find(known->second);
  return found == sessions.end() ? nullptr : &found->second;
}

Session& KeyServer::Impl::open_session(const exchange::MessageView& view) {
  make_room();
  Session session;
  session.sa.side      = keys::Side::kKs;
  session.sa.initiator = view.initiator_cookie();
  while (session.key == SessionKey{} || sessions.contains(session.key)) {
    session.sa.responder = engine::make_cookie(*random);
    session.key          = key_of(session.sa.initiator, session.sa.responder);
  }
  session.origin                           = from;
  session.peer                             = from;
  session.local                            = local;
  session.marked                           = marked;
  session.began                            = now;
  session.expires                          = now + policy.half_open_timeout;
  session.first_request                    = digest;
  const auto key                           = session.key;
  beginnings[{session.sa.initiator, from}] = key;
  ++half_open;
  return sessions.emplace(key, std::move(session)).first->second;
}

// The phase 1 that would end first makes room for a new one.
void KeyServer::Impl::make_room() {
  while (sessions.size() >= kMaxSessions && !alarms.empty()) {
    erase(alarms.begin()->second);
  }
}

void KeyServer::Impl::erase(const SessionKey& key) {
  const auto found = sessions.find(key);
  if (found == sessions.end()) {
    return;
  }
  auto& session = found->second;
  set_stage(session, Stage::kDeleted);
  if (session.alarm) {
    alarms.erase({*session.alarm, key});
  }
  const auto beginning = beginnings.find({session.sa.initiator, session.origin});
  if (beginning != beginnings.end() && beginning->second == key) {
    beginnings.erase(beginning);
  }
  sessions.erase(found);
}

void KeyServer::Impl::set_stage(Session& session, Stage stage) {
  if (is_half_open(session.stage) && !is_half_open(stage)) {
    --half_open;
  }
  session.stage = stage;
}

void KeyServer::Impl::arm(Session& session) {
  if (session.alarm) {
    alarms.erase({*session.alarm, session.key});
  }
  session.alarm =
      session.repeat ? std::min(session.expires, session.repeat->next) : session.expires;
  alarms.insert({*session.alarm, session.key});
}

void KeyServer::Impl::send(const exchange::Endpoint& to, bool with_marker, ByteView datagram,
                           std::string remark) {
  const auto pieces =
      fragmenting ? engine::in_pieces(datagram) : std::vector<Bytes>{to_bytes(datagram)};
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    Bytes octets(with_marker ? kMarkerSize : 0);
    append(octets, pieces[i]);
    output.push_back({local, to, std::move(octets), 0,
                      pieces.size() == 1
                          ? remark
                          : fmt::format("{}, fragment {} of {}", remark, i + 1, pieces.size())});
  }
}

void KeyServer::Impl::answer(Session& session, Answer& memory, Bytes datagram,
                             const std::string& remark, bool awaits) {
  const bool withheld = misconduct.withholds(remark);
  if (!withheld) {
    send(from, marked, datagram, remark);
  }
  session.repeat.reset();
  if (awaits && !withheld && policy.retransmission.tries > 1) {
    session.repeat = Repeat{datagram, 1, now + policy.retransmission.interval(1)};
  }
  memory = {digest, std::move(datagram), withheld};
  arm(session);
}

// RFC 3947 section 4: once a message has proved to be the peer's, its port is the peer's.
void KeyServer::Impl::follow_peer(Session& session) const {
  session.peer   = from;
  session.local  = local;
  session.marked = marked;
}

bool KeyServer::Impl::answer_again(const Answer& memory) {
  if (memory.request_digest != digest) {
    return false;
  }
  if (!memory.withheld) {
    send(from, marked, memory.datagram, "again, to a request that came again");
  }
  return true;
}

void KeyServer::Impl::say(std::string line) {
  if (log.size() < kMaxLogLines) {
    log.push_back(std::move(line));
  } else {
    ++log_lines_dropped;
  }
}

void KeyServer::Impl::log_secrets(Session& session) {
  if (!std::exchange(session.secrets_logged, true)) {
    std::ranges::move(session.sa.key_log(), std::back_inserter(key_log));
  }
}

exchange::Endpoint KeyServer::Impl::identity() const {
  if (!policy.identity) {
    return local;
  }
  return {policy.identity->family, policy.identity->address, local.port};
}

}  // namespace gdoi::keyserver
