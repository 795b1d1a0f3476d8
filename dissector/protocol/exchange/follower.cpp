#include "protocol/exchange/follower.h"

#include "protocol/exchange/floating.h"
#include "protocol/exchange/follower_impl.h"
#include "protocol/exchange/fragments.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"

#include <algorithm>

namespace gdoi::exchange {
namespace {

constexpr std::uint16_t kGdoiPort        = 848;  // RFC 6407 section 2.2
constexpr std::size_t kMostServers       = 4'096;
constexpr std::uint64_t kIkev2           = 0x20;
constexpr std::uint64_t kMajor           = 0xf0;
constexpr std::uint64_t kInvalidCookie   = 4;      // RFC 2408 section 3.14.1
constexpr std::uint64_t kFirstStatusType = 16384;  // RFC 2408 section 3.14.1

// RFC 2408 section 3.1, RFC 6407 sections 3 and 4, RFC 8263 section 3.1.
constexpr std::uint8_t kMainType          = 2;
constexpr std::uint8_t kAggressiveType    = 4;
constexpr std::uint8_t kInformationalType = 5;
constexpr std::uint8_t kPushType          = 33;
constexpr std::uint8_t kPushAckType       = 35;

Exchange exchange_without_header(const wire::Tree& tree) {
  if (tree.find(tables::row("ike.nat_keepalive"))) {
    return Exchange::kKeepalive;
  }
  const auto version = tree.find_number(tables::row("version"));
  return version && (*version & kMajor) == kIkev2 ? Exchange::kIkev2 : Exchange::kUnknown;
}

// What a cut message lacks says nothing about who sent it.
void allow_for_cut(FrameRecord& record) {
  if (record.crypt == Crypt::kNoIv || record.crypt == Crypt::kWrongKey) {
    record.crypt = Crypt::kDamaged;
  }
  for (auto* verdict : {&record.hash, &record.signature}) {
    *verdict = *verdict == Verdict::kBad ? Verdict::kUnverified : *verdict;
  }
}

bool is_server_port(std::uint16_t port) {
  return port == kGdoiPort || port == kNatPort;
}

}  // namespace

wire::DecodeOptions decoding_of(const Packet& packet) {
  return {on_nat_port(packet), packet.is_cut()};
}

FrameRecord Follower::Impl::follow(const Packet& packet, wire::Tree& tree) {
  auto record = place(packet, tree);
  record.cut  = packet.is_cut();
  if (record.cut) {
    allow_for_cut(record);
  }
  return record;
}

FrameRecord Follower::Impl::place(const Packet& packet, wire::Tree& tree) {
  late.clear();
  wire::decode(tables::schema(), packet.payload, decoding_of(packet), tree);
  FrameRecord record;
  record.frame = packet.frame;
  Passage passage{packet, tree, record};
  const MessageView message(tree);
  if (!message.valid()) {
    record.exchange = exchange_without_header(tree);
    return record;
  }
  // The message is followed once it is whole: whoever reads datagrams puts it together.
  if (const auto fragment = fragment_in(message)) {
    record.exchange = Exchange::kFragment;
    record.number   = fragment->number;
    return record;
  }
  record.crypt = message.encrypted() ? Crypt::kNoKey : Crypt::kClear;
  switch (message.exchange_type()) {
    case kMainType:
    case kAggressiveType:
      phase1_message(passage);
      break;
    case kInformationalType:
      if (message.encrypted()) {
        conversation_message(passage);
      } else {
        informational_in_clear(passage);
      }
      break;
    case kPushType:
      push_message(passage, message);
      break;
    case kPushAckType:
      push_ack_message(passage);
      break;
    default:
      conversation_message(passage);
      break;
  }
  retry_pushes();
  return record;
}

// The exact plaintext that was accepted the first time: CBC with the same key and IV.
void Follower::Impl::read_again(const FrameRecord& record, wire::Tree& tree) const {
  if (record.crypt != Crypt::kDecrypted) {
    return;
  }
  const MessageView message(tree);
  const auto block = crypto::block_size(record.cipher);
  auto plaintext =
      crypto::openssl_suite().decrypt(record.cipher, store.get(record.key_index),
                                      ByteView(record.iv).first(block), message.ciphertext());
  if (plaintext) {
    wire::decode_plaintext(tables::schema(), Secret(std::move(*plaintext)), block, tree);
  }
}

void Follower::Impl::repeat(const Seen& seen, Passage& passage) const {
  passage.record                   = seen.record;
  passage.record.frame             = passage.packet.frame;
  passage.record.retransmission_of = seen.record.frame;
  if (reads_copies || passage.record.exchange != Exchange::kPush) {
    read_again(passage.record, passage.tree);
  }
}

void Follower::Impl::apply(Opening&& opening, const Phase1Keys& keys, Passage& passage) {
  auto& record  = passage.record;
  record.crypt  = opening.crypt;
  record.cipher = opening.cipher;
  if (opening.crypt != Crypt::kDecrypted) {
    return;
  }
  const auto& key     = keys.ciphers[opening.key].given;
  record.key_index    = store.add(key.key.view());
  record.iv           = opening.iv;
  record.key_origin   = KeyOrigin::kGiven;
  record.key_side     = key.side;
  record.sides_differ = key.side != keys::Side::kBoth &&
                        std::ranges::any_of(keys.ciphers, [&](const Phase1Keys::CipherKey& other) {
                          return other.given.side != key.side &&
                                 other.given.side != keys::Side::kBoth &&
                                 !equal_constant_time(other.given.key.view(), key.key.view());
                        });
  wire::decode_plaintext(tables::schema(), std::move(opening.plaintext),
                         crypto::block_size(opening.cipher), passage.tree);
}

Sender Follower::Impl::guess_sender(const Packet& packet) const {
  const bool from = servers.contains(packet.source.address);
  const bool to   = servers.contains(packet.destination.address);
  if (from != to) {
    return from ? Sender::kKs : Sender::kGm;
  }
  const bool from_port = is_server_port(packet.source.port);
  const bool to_port   = is_server_port(packet.destination.port);
  if (from_port != to_port) {
    return from_port ? Sender::kKs : Sender::kGm;
  }
  return Sender::kUnknown;
}

void Follower::Impl::note_server(const Endpoint& server) {
  if (server.address != last_server && servers.size() < kMostServers) {
    last_server = server.address;
    servers.insert(server.address);
  }
}

void Follower::Impl::assign_roles(Phase1& phase1, const Packet& packet, Sender sender, bool sure) {
  phase1.set_roles(packet, sender, sure);
  if (sure && phase1.ks) {
    note_server(*phase1.ks);
  }
}

// Where the capture begins in the middle: by what is known of the addresses, else `first` says who
// sends the message that is seen first.
void Follower::Impl::guess_roles(Phase1& phase1, const Packet& packet, Sender first) {
  if (!phase1.roles_sure) {
    const auto known = guess_sender(packet);
    assign_roles(phase1, packet, known == Sender::kUnknown ? first : known, false);
  }
}

// An INVALID-COOKIE comes with a fresh initiator cookie; the SA that it is about stands in its SPI.
Phase1* Follower::Impl::named_by_notify(const MessageView& message) {
  const auto* notify = message.find(payload::kNotify);
  if (notify == nullptr ||
      message.tree().find_number(tables::row("notify.msgtype"), notify->node) != kInvalidCookie) {
    return nullptr;
  }
  const auto spi = message.tree().find(tables::row("spi"), notify->node);
  if (!spi || message.tree().octets(*spi).size() != sizeof(keys::KekSpi)) {
    return nullptr;
  }
  const auto octets = message.tree().octets(*spi);
  keys::Cookie initiator{};
  keys::Cookie responder{};
  std::ranges::copy(octets.first(initiator.size()), initiator.begin());
  std::ranges::copy(octets.subspan(initiator.size()), responder.begin());
  const auto family = phase1s.with(initiator);
  const auto found  = std::ranges::find(family, responder, &Phase1::responder);
  if (found != family.end()) {
    return *found;
  }
  return family.empty() ? nullptr : family.front();
}

void Follower::Impl::informational_in_clear(Passage& passage) {
  auto& record = passage.record;
  const MessageView message(passage.tree);
  record.exchange = Exchange::kInformational;
  record.number   = 1;
  auto* phase1    = named_by_notify(message);
  if (phase1 == nullptr) {
    const auto family = phase1s.with(message.initiator_cookie());
    const auto found  = std::ranges::find(family, message.responder_cookie(), &Phase1::responder);
    phase1            = found != family.end() ? *found : family.empty() ? nullptr : family.front();
  }
  if (phase1 == nullptr) {
    record.sender = guess_sender(passage.packet);
    return;
  }
  const auto print = fingerprint(passage.packet, false);
  if (const auto* seen = phase1->history.find(print)) {
    repeat(*seen, passage);
    return;
  }
  record.phase1      = phase1->number;
  record.sender      = phase1->sender_of(passage.packet);
  const auto checked = verify_informational(crypto::openssl_suite(), *phase1, message);
  record.hash        = checked.hash;
  const auto type    = passage.tree.find_number(tables::row("notify.msgtype"));
  if (type && *type < kFirstStatusType) {
    record.answers = phase1->last_from(record.sender == Sender::kGm ? Sender::kKs : Sender::kGm);
  }
  phase1->history.add(print, record, {});
  phase1s.touch(*phase1);
}

void Follower::Impl::retry(Phase1& phase1) {
  for (bool progress = true; progress;) {
    progress         = false;
    const auto again = [&](std::vector<Pending>& list, History& history, auto settle) {
      for (std::size_t i = 0; i < list.size(); ++i) {
        LateMessage message{list[i].packet, std::move(list[i].octets), list[i].record, {}};
        message.packet.payload = message.octets;
        wire::decode(tables::schema(), message.octets, decoding_of(message.packet), message.tree);
        Passage passage{message.packet, message.tree, message.record};
        auto* seen = history.find(fingerprint(message.packet, false));
        bool done  = false;
        if (message.record.retransmission_of != 0) {
          done = seen != nullptr && seen->record.crypt == Crypt::kDecrypted;
          if (done) {
            repeat(*seen, passage);
          }
        } else {
          done = settle(passage);
          if (done && seen != nullptr) {
            seen->record = message.record;
          }
        }
        if (done) {
          list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
          --i;
          progress = true;
          late.push_back(std::move(message));
        } else {
          list[i].octets         = std::move(message.octets);
          list[i].packet.payload = list[i].octets;
        }
      }
    };
    again(phase1.pending, phase1.history,
          [&](Passage& passage) { return settle_phase1(phase1, passage); });
    for (auto& conversation : phase1.conversations) {
      again(conversation.pending, conversation.history,
            [&](Passage& passage) { return settle_conversation(phase1, conversation, passage); });
    }
  }
  std::ranges::stable_sort(late, {}, [](const LateMessage& one) { return one.record.frame; });
}

Follower::Follower(FollowerLimits limits) : impl_(std::make_unique<Impl>(limits)) {}

Follower::Follower(Follower&&) noexcept            = default;
Follower& Follower::operator=(Follower&&) noexcept = default;
Follower::~Follower()                              = default;

void Follower::use(keys::KeyRing ring) {
  impl_->ring = std::move(ring);
  impl_->keks.use(impl_->ring);
  impl_->phase1s.forget_keys();
}

void Follower::read_copies(bool wanted) {
  impl_->reads_copies = wanted;
}

FrameRecord Follower::follow(const Packet& packet, wire::Tree& tree) {
  return impl_->follow(packet, tree);
}

std::vector<LateMessage> Follower::take_late() {
  return std::exchange(impl_->late, {});
}

std::vector<keys::Tek> Follower::take_learned_teks() {
  return std::exchange(impl_->teks, {});
}

void Follower::decode_again(const FrameRecord& record, ByteView payload, bool nat_port,
                            wire::Tree& tree) const {
  wire::decode(tables::schema(), payload, {nat_port, record.cut}, tree);
  impl_->read_again(record, tree);
}

ByteView Follower::key_of(const FrameRecord& record) const {
  return record.crypt == Crypt::kDecrypted ? impl_->store.get(record.key_index) : ByteView{};
}

const Phase1* Follower::phase1_of(const FrameRecord& record, const keys::Cookie& initiator) const {
  const auto family = impl_->phase1s.with(initiator);
  const auto found  = std::ranges::find(family, record.phase1, &Phase1::number);
  return found == family.end() ? nullptr : *found;
}

}  // namespace gdoi::exchange
