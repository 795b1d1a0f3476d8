// From a datagram to the exchange that it belongs to, and what time alone brings about.

#include "engine/dead_peer.h"
#include "keyserver/keyserver_impl.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"
#include "protocol/wire/encode.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::keyserver {
namespace {

using exchange::MessageView;
using tables::row;
namespace payload = exchange::payload;

// Exchange types (RFC 2408 section 3.1, RFC 6407 section 3).
constexpr std::uint8_t kMainMode       = 2;
constexpr std::uint8_t kAggressiveMode = 4;
constexpr std::uint8_t kInformational  = 5;
constexpr std::uint8_t kPull           = 32;

constexpr std::uint16_t kInvalidCookie = 4;  // RFC 2408 section 3.14.1
constexpr std::uint8_t kIsakmpProtocol = 1;  // RFC 2407 section 4.4.1
constexpr std::size_t kMarkerSize      = 4;  // RFC 3948 section 2.2
constexpr std::size_t kVersionAt       = 17;
constexpr std::uint8_t kVersion1       = 0x10;

// A non-ESP marker: four zeros and then an IKEv1 header (a cookie that begins so is no likely one).
bool begins_with_marker(ByteView datagram) {
  return datagram.size() > kMarkerSize + kVersionAt && to_uint(datagram.first(kMarkerSize)) == 0 &&
         datagram[kMarkerSize + kVersionAt] == kVersion1;
}

}  // namespace

void KeyServer::Impl::take(ByteView datagram) {
  marked      = begins_with_marker(datagram);
  fragmenting = false;
  take_message(marked ? datagram.subspan(kMarkerSize) : datagram, false);
  tree.clear();
}

void KeyServer::Impl::take_message(ByteView octets, bool reassembled) {
  digest = crypto::openssl_suite().digest(crypto::Hash::kSha256, {octets});
  if (accepts_all()) {
    octets = mend(octets);
  }
  tree.clear();
  wire::decode(tables::schema(), octets, {}, tree);
  if (exchange::fragment_in(exchange::MessageView(tree))) {
    const auto whole = reassembled ? std::nullopt : fragments.add(from, tree);
    if (whole) {
      take_message(*whole, true);
    }
    return;
  }
  const MessageView view(tree);
  const auto unset = keys::Cookie{};
  if (accepts_all() && view.valid()) {
    take_anything();
    return;
  }
  if (!view.valid() || view.initiator_cookie() == unset) {
    return;
  }
  if (view.responder_cookie() == unset) {
    if (!view.encrypted() && view.message_id() == 0) {
      if (view.exchange_type() == kMainMode) {
        main_mode_1(view);
      } else if (view.exchange_type() == kAggressiveMode) {
        aggressive_1(view);
      }
    }
    return;
  }
  auto* session = find(view);
  if (session == nullptr && misconduct.is(Misdeed::kReplayedAsNew)) {
    session = find_by_initiator(view);
  }
  if (session == nullptr) {
    unknown_cookie(view);
  } else if (session->peer.family == from.family && session->peer.address == from.address) {
    fragmenting = session->fragmentation;
    dispatch(*session, view);
  }
}

void KeyServer::Impl::dispatch(Session& session, const MessageView& view) {
  if (view.exchange_type() == kMainMode && view.message_id() == 0) {
    if (answer_again(session.last) || answer_again(session.declined)) {
      return;
    }
    if (session.stage == Stage::kAwaitsKe && !view.encrypted()) {
      main_mode_3(session, view);
    } else if (session.stage == Stage::kAwaitsId && view.encrypted()) {
      main_mode_5(session);
    }
  } else if (view.exchange_type() == kAggressiveMode && view.message_id() == 0) {
    if (session.stage == Stage::kAwaitsProof && !answer_again(session.declined)) {
      aggressive_3(session, view);
    }
  } else if (view.exchange_type() == kPull && view.message_id() != 0 && view.encrypted()) {
    pull(session, view);
  } else if (view.exchange_type() == kInformational && view.encrypted() &&
             session.stage == Stage::kComplete) {
    informational(session, view);
  }
}

void KeyServer::Impl::unknown_cookie(const MessageView& view) {
  // An Informational is never answered by another one: two that know nothing would go on for ever.
  if (policy.unknown_cookie == UnknownCookie::kSilence ||
      (view.exchange_type() != kMainMode && view.exchange_type() != kAggressiveMode &&
       view.exchange_type() != kPull)) {
    return;
  }
  const auto spi = cookie_pair(view.initiator_cookie(), view.responder_cookie());
  const auto document =
      message({view.initiator_cookie(), view.responder_cookie(), kInformational, 0, false},
              {notify(0, kInvalidCookie, spi)});
  if (document) {
    send(from, marked, wire::encode(document.value()), "NOTIFY INVALID-COOKIE");
  }
}

void KeyServer::Impl::informational(Session& session, const MessageView& view) {
  const auto id = view.message_id();
  if (answer_again(session.last_report) || id == 0 || !session.sa.open(tree)) {
    return;
  }
  const MessageView opened(tree);
  const auto& payloads = opened.payloads();
  if (payloads.empty() || payloads.front().type != payload::kHash ||
      !equal_constant_time(payloads.front().body,
                           session.sa.hash_1(id, opened.after_first_payload())) ||
      fault_in(exchange::Exchange::kInformational, 1)) {
    return;
  }
  follow_peer(session);
  const auto gm = exchange::address_text(session.peer);
  if (const auto* const notice = opened.find(payload::kNotify)) {
    const auto type = tree.find_number(row("notify.msgtype"), notice->node).value_or(0);
    if (type == engine::kAreYouThere) {
      are_you_there(session, engine::answer_to(notice->body));
    } else {
      say(fmt::format("GM {} sent NOTIFY {}", gm, type));
    }
  }
  if (deletes(session, opened)) {
    say(fmt::format("GM {} deleted its SA with {}", gm, exchange::address_text(identity())));
    erase(SessionKey(session.key));
  }
}

// RFC 3706 section 5.5
void KeyServer::Impl::are_you_there(Session& session, wire::Part there) {
  auto sealed = sealed_informational(session, std::move(there));
  if (sealed) {
    send(from, session.marked, *sealed, "R-U-THERE-ACK");
    session.last_report = {digest, std::move(*sealed), false};
  }
}

bool KeyServer::Impl::deletes(const Session& session, const MessageView& opened) const {
  const auto spi = cookie_pair(session.sa.initiator, session.sa.responder);
  for (const auto& one : opened.payloads()) {
    if (one.type != payload::kDelete ||
        tree.find_number(row("delete.protoid"), one.node) != kIsakmpProtocol) {
      continue;
    }
    for (auto id = one.node; id < tree.node(one.node).end; ++id) {
      if (tree.node(id).row == row("delete.spi") && equal(tree.octets(id), spi)) {
        return true;
      }
    }
  }
  return false;
}

void KeyServer::Impl::wake(engine::Time when) {
  now = when;
  while (!alarms.empty() && alarms.begin()->first <= when) {
    const auto key = alarms.begin()->second;
    auto& session  = sessions.at(key);
    if (session.expires <= when) {
      erase(key);
      continue;
    }
    auto& repeat = *session.repeat;
    ++repeat.sent;
    local       = session.local;
    fragmenting = session.fragmentation;
    send(session.peer, session.marked, repeat.datagram,
         fmt::format("sending {}, unanswered so far", repeat.sent));
    if (repeat.sent < policy.retransmission.tries) {
      repeat.next = when + policy.retransmission.interval(repeat.sent);
    } else {
      session.repeat.reset();
    }
    arm(session);
  }
}

}  // namespace gdoi::keyserver
