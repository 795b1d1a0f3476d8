// How a KS reads that accepts what it should refuse: whatever comes is the message that is due, and
// what cannot be read of it is as the KS would have it.

#include "keyserver/keyserver_impl.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"

#include <algorithm>

namespace gdoi::keyserver {
namespace {

using exchange::Exchange;
using exchange::MessageView;

// Places in a header (RFC 2408 section 3.1).
constexpr std::size_t kCookieSize     = 8;
constexpr std::size_t kVersionAt      = 17;
constexpr std::size_t kFlagsAt        = 19;
constexpr std::size_t kLengthAt       = 24;
constexpr std::size_t kHeaderSize     = 28;
constexpr std::uint8_t kVersion1      = 0x10;
constexpr std::uint8_t kEncryptedFlag = 1;

void set_length(Bytes& datagram) {
  Bytes length;
  append_uint(length, datagram.size(), kHeaderSize - kLengthAt);
  std::ranges::copy(length, datagram.begin() + kLengthAt);
}

/// With a header that is right: no octets behind its Length, IKEv1, no flag but that for
/// encryption.
Bytes mended(ByteView datagram) {
  auto made = to_bytes(datagram);
  made.resize(std::max(made.size(), kHeaderSize));
  const auto said = to_uint(ByteView(made).subspan(kLengthAt, kHeaderSize - kLengthAt));
  if (said >= kHeaderSize && said < made.size()) {
    made.resize(static_cast<std::size_t>(said));
  }
  made[kVersionAt] = kVersion1;
  made[kFlagsAt] &= kEncryptedFlag;
  set_length(made);
  return made;
}

}  // namespace

bool KeyServer::Impl::accepts_all() const {
  return misconduct.is(Misdeed::kAcceptsWhatItShouldRefuse);
}

ByteView KeyServer::Impl::mend(ByteView datagram) {
  // Nobody can be answered who has no cookie: a keepalive is none.
  mended_datagram = datagram.size() < kCookieSize ? Bytes{} : mended(datagram);
  return mended_datagram;
}

void KeyServer::Impl::read_again() {
  set_length(mended_datagram);
  tree.clear();
  wire::decode(tables::schema(), mended_datagram, {}, tree);
}

void KeyServer::Impl::read_in_clear() {
  if (MessageView(tree).encrypted()) {
    mended_datagram[kFlagsAt] = 0;
    read_again();
  }
}

/// The phase 1 that a message belongs to, if need be by who sent it.
Session* KeyServer::Impl::find_anyhow(const MessageView& view) {
  auto* found = find(view);
  if (found == nullptr) {
    found = find_by_initiator(view);
  }
  if (found != nullptr || view.responder_cookie() == keys::Cookie{}) {
    return found;
  }
  for (auto& [key, session] : sessions) {
    if (session.peer == from && (found == nullptr || found->began < session.began)) {
      found = &session;
    }
  }
  return found;
}

void KeyServer::Impl::take_anything() {
  auto* const session = find_anyhow(MessageView(tree));
  if (session == nullptr) {
    read_in_clear();
    const MessageView view(tree);
    if (view.exchange_type() == exchange::type_of(Exchange::kAggressive)) {
      aggressive_1(view);
    } else {
      main_mode_1(view);
    }
    return;
  }
  fragmenting = session->fragmentation;
  if (answer_again(session->last) || digest == session->first_request) {
    return;
  }
  const MessageView view(tree);
  switch (session->stage) {
    case Stage::kAwaitsKe:
      read_in_clear();
      main_mode_3(*session, MessageView(tree));
      break;
    case Stage::kAwaitsId:
      main_mode_5(*session);
      break;
    case Stage::kAwaitsProof:
      aggressive_3(*session, view);
      break;
    case Stage::kComplete:
      if (view.encrypted() && view.exchange_type() == exchange::type_of(Exchange::kInformational)) {
        informational(*session, view);
      } else {
        pull(*session, view);
      }
      break;
    case Stage::kDeleted:
      break;
  }
}

Status KeyServer::Impl::open_anyhow(Session& session) {
  const auto id = MessageView(tree).message_id();
  if (!MessageView(tree).encrypted()) {
    return session.sa.follow_clear(id, ByteView(mended_datagram).subspan(kHeaderSize));
  }
  const auto block = crypto::block_size(session.sa.algorithms.cipher);
  const auto over  = MessageView(tree).ciphertext().size() % block;
  if (over != 0) {
    mended_datagram.resize(mended_datagram.size() - over);
    read_again();
  }
  // What does not open has no payloads; the KS goes on without.
  (void)session.sa.open(tree);
  return success();
}

/// What the KS chooses where there is nothing to choose from.
std::optional<Chosen> KeyServer::Impl::choose_anyhow(
    const MessageView& view, const std::vector<engine::Phase1Algorithms>& usable) {
  const auto* const sa = view.find(exchange::payload::kSa);
  auto chosen          = sa == nullptr ? std::nullopt : choose(view, *sa, usable);
  return chosen ? std::move(chosen) : offer_of(usable.front());
}

}  // namespace gdoi::keyserver
