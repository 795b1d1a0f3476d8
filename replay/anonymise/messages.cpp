#include "anonymise/messages.h"

#include "protocol/crypto/key_schedule.h"
#include "protocol/exchange/floating.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/exchange/verify.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"

#include <algorithm>
#include <array>

namespace gdoi::anonymise {
namespace {

using exchange::Crypt;
using exchange::Exchange;
using exchange::MessageView;
using exchange::Verdict;

constexpr std::size_t kHeaderSize = 28;  // RFC 2408 section 3.1

const crypto::Suite& suite() {
  return crypto::openssl_suite();
}

bool is_phase1(const exchange::FrameRecord& record) {
  return record.exchange == Exchange::kMain || record.exchange == Exchange::kAggressive;
}

void put(Bytes& octets, std::size_t at, ByteView made) {
  std::ranges::copy(made, octets.begin() + static_cast<std::ptrdiff_t>(at));
}

bool has_signature(const MessageView& message) {
  return message.find(exchange::payload::kSig) != nullptr;
}

}  // namespace

/// A message on its way.
struct MessageMap::Passage {
  const Message& message;
  wire::Tree real_tree{};
  wire::Tree made_tree{};
  std::optional<MessageView> real{};
  std::optional<MessageView> made{};
  Bytes octets{};  ///< that it becomes

  [[nodiscard]] const exchange::FrameRecord& record() const { return message.record; }

  [[nodiscard]] std::uint64_t frame() const { return message.packet.frame; }

  [[nodiscard]] const keys::Cookie& cookie() const { return real->initiator_cookie(); }
};

void MessageMap::learn(const Message& message) {
  wire::Tree tree;
  follower_.decode_again(message.record, message.real, on_nat_port(message.packet), tree);
  if (MessageView(tree).valid()) {
    fields_.learn(tree);
  }
}

Bytes MessageMap::map(const Message& message) {
  if (const auto known = signed_.find(message.real); known != signed_.end()) {
    return known->second;
  }
  Passage passage{message};
  passage.octets         = message.real;
  const bool on_nat_port = exchange::on_nat_port(message.packet);
  follower_.decode_again(message.record, message.real, on_nat_port, passage.real_tree);
  passage.real.emplace(passage.real_tree);
  if (!passage.real->valid()) {
    if (message.record.exchange == Exchange::kKeepalive) {
      return passage.octets;
    }
    // Of another protocol's octets not even the place of the header is sure.
    const bool ikev2 = message.record.exchange == Exchange::kIkev2;
    const auto keep  = ikev2 ? std::min(kHeaderSize, passage.octets.size()) : 0;
    std::fill(passage.octets.begin() + static_cast<std::ptrdiff_t>(keep), passage.octets.end(), 0);
    notes_.add(ikev2 ? "zeros behind the header, since IKEv2 is not decoded"
                     : "zeros, since this is no message of ISAKMP",
               passage.frame());
    return passage.octets;
  }
  fields_.map(message.packet, passage.real_tree, 0, passage.octets);
  note_phase1(passage);
  const bool decrypted = message.record.crypt == Crypt::kDecrypted;
  auto plaintext       = decrypted ? to_bytes(passage.real_tree.buffer(1)) : Bytes{};
  if (decrypted) {
    fields_.map(message.packet, passage.real_tree, 1, plaintext);
  }
  wire::decode(tables::schema(), passage.octets, {on_nat_port}, passage.made_tree);
  if (decrypted) {
    wire::decode_plaintext(tables::schema(), Secret(ByteView(plaintext)),
                           crypto::block_size(message.record.cipher), passage.made_tree);
  }
  passage.made.emplace(passage.made_tree);
  prove(passage, decrypted ? 1 : 0, decrypted ? plaintext : passage.octets);
  if (message.record.exchange == Exchange::kAggressive && message.record.number == 1) {
    if (const auto* id = passage.made->find(exchange::payload::kId)) {
      made_ids_[passage.cookie()] = to_bytes(id->body);
    }
  }
  if (!passage.real->ciphertext().empty() && (!decrypted || !seal(passage, plaintext))) {
    leave(passage);
  }
  wipe(plaintext);
  if (has_signature(*passage.real)) {
    signed_[message.real] = passage.octets;
  }
  return passage.octets;
}

void MessageMap::note_phase1(const Passage& passage) {
  if (const auto* phase1 = follower_.phase1_of(passage.record(), passage.cookie())) {
    phase1s_[{passage.cookie(), phase1->number}] = phase1;
  }
}

// HASH and SIG, once everything that they cover is mapped. What was good is good again; what was
// bad, or could not be told, becomes octets of which nothing follows: with the real ones and the
// names that they cover a pre-shared key could be guessed and a signer recognised.
void MessageMap::prove(Passage& passage, std::size_t buffer, Bytes& octets) {
  bool first = true;
  for (const auto& node : passage.real_tree.nodes()) {
    if (node.buffer != buffer || node.length == 0 || rule_of(node.row) != Rule::kProof) {
      continue;
    }
    const bool signature = node.row == tables::row("sig");
    const auto real      = passage.real_tree.octets(node);
    const auto verdict   = signature ? passage.record().signature : passage.record().hash;
    std::optional<Bytes> made;
    if (verdict == Verdict::kGood && (signature || first)) {
      made = signature ? made_signature(passage, real) : made_hash(passage, real);
    }
    first = first && signature;
    if (!made || made->size() != real.size()) {
      made = secrets_.map(real);
      if (verdict != Verdict::kBad) {
        notes_.add(signature ? "a made-up signature, since the real one cannot be checked"
                             : "a made-up HASH, since the real one cannot be checked",
                   passage.frame());
      }
    }
    put(octets, node.offset, *made);
  }
}

Bytes MessageMap::made_id(const Passage& passage) const {
  if (const auto* id = passage.made->find(exchange::payload::kId)) {
    return to_bytes(id->body);
  }
  const auto earlier = made_ids_.find(passage.cookie());
  return earlier == made_ids_.end() ? Bytes{} : earlier->second;
}

std::optional<Bytes> MessageMap::made_peer_hash(const Passage& passage, ByteView real) const {
  const auto* phase1 = follower_.phase1_of(passage.record(), passage.cookie());
  if (phase1 == nullptr) {
    return std::nullopt;
  }
  const auto number = passage.record().number;
  const auto hash   = exchange::negotiated_hash(*phase1, real.size());
  const auto id     = exchange::peer_id(*phase1, number, *passage.real);
  for (const auto& skeyid : phase1->keys.skeyid) {
    if (equal(exchange::peer_hash(suite(), *phase1, number, id, hash, skeyid.secret.view()),
              real)) {
      return exchange::peer_hash(suite(), *phase1, number, made_id(passage), hash,
                                 secrets_.map_skeyid(*phase1, skeyid));
    }
  }
  return std::nullopt;
}

std::optional<Bytes> MessageMap::made_push_ack(const Passage& passage, ByteView /*real*/) const {
  constexpr std::array<std::size_t, 4> kKeySizes{16, 32, 24, 8};
  for (const auto& kek : secrets_.keks()) {
    for (const auto size : kKeySizes) {
      const auto fits = std::min(size, kek.real.size());
      const auto bits = exchange::push_ack_bits(suite(), kek.real.view().last(fits), *passage.real);
      if (bits) {
        return exchange::push_ack_hash(suite(), kek.made.view().last(fits), *bits, *passage.made);
      }
    }
  }
  return std::nullopt;
}

std::optional<Bytes> MessageMap::made_hash(const Passage& passage, ByteView real) const {
  const auto& record = passage.record();
  if (is_phase1(record)) {
    return made_peer_hash(passage, real);
  }
  if (record.exchange == Exchange::kPushAck) {
    return made_push_ack(passage, real);
  }
  const auto* phase1 = follower_.phase1_of(record, passage.cookie());
  if (phase1 == nullptr) {
    return std::nullopt;
  }
  const auto* conversation = phase1->find(passage.real->message_id());
  const auto hash          = exchange::negotiated_hash(*phase1, real.size());
  const auto value         = [&](ByteView key, const MessageView& message) {
    if (record.exchange == Exchange::kInformational) {
      return exchange::informational_hash(suite(), hash, key, message);
    }
    return conversation == nullptr
                       ? Bytes{}
                       : exchange::pull_hash(suite(), *conversation, record.number, hash, key, message);
  };
  for (const auto& skeyid_a : phase1->keys.skeyid_a) {
    if (equal(value(skeyid_a.secret.view(), *passage.real), real)) {
      return value(secrets_.map(skeyid_a.secret.view()), *passage.made);
    }
  }
  return std::nullopt;
}

// By the made key of whichever real one has signed.
std::optional<Bytes> MessageMap::signed_anew(const Passage& passage, ByteView real_digest,
                                             ByteView real_signature, ByteView made_digest) const {
  const auto hash = *passage.record().sig_hash;
  for (const auto& [spki, signer] : secrets_.signers()) {
    if (!signer.made || signer.real.empty()) {
      continue;
    }
    const auto check = signer.real.front().verify(hash, real_digest, real_signature);
    if (check.verdict != crypto::SignatureCheck::Verdict::kGood) {
      continue;
    }
    if (auto made = signer.made->sign(check.form, hash, made_digest)) {
      return std::move(*made);
    }
  }
  return std::nullopt;
}

std::optional<Bytes> MessageMap::made_signature(const Passage& passage, ByteView real) const {
  const auto& record = passage.record();
  if (!record.sig_hash) {
    return std::nullopt;
  }
  if (!is_phase1(record)) {
    const bool without = record.sig_length_without_padding;
    return signed_anew(
        passage, exchange::signed_digest(suite(), *record.sig_hash, *passage.real, without), real,
        exchange::signed_digest(suite(), *record.sig_hash, *passage.made, without));
  }
  const auto* phase1 = follower_.phase1_of(record, passage.cookie());
  if (phase1 == nullptr) {
    return std::nullopt;
  }
  const auto value = [&](ByteView id, ByteView skeyid) {
    return exchange::peer_hash(suite(), *phase1, record.number, id, *record.sig_hash, skeyid);
  };
  const auto id = exchange::peer_id(*phase1, record.number, *passage.real);
  for (const auto& skeyid : phase1->keys.skeyid) {
    if (auto made = signed_anew(passage, value(id, skeyid.secret.view()), real,
                                value(made_id(passage), secrets_.map_skeyid(*phase1, skeyid)))) {
      return made;
    }
  }
  return std::nullopt;
}

// The IV that stands to the made messages as the real one to the real ones (RFC 2409 appendix B):
// the end of an earlier message, or a hash of the end of phase 1. Else it depends on nothing that
// is mapped.
Bytes MessageMap::made_iv(const Passage& passage, ByteView iv) const {
  const auto found = tails_.find(passage.cookie());
  if (found == tails_.end()) {
    return to_bytes(iv);
  }
  for (const auto& tail : found->second) {
    if (equal(tail.real, iv)) {
      return tail.made;
    }
  }
  const auto* phase1    = follower_.phase1_of(passage.record(), passage.cookie());
  const auto message_id = passage.real->header().subspan(20, 4);
  const auto cipher     = passage.record().cipher;
  for (const auto hash : {crypto::Hash::kSha1, crypto::Hash::kSha256, crypto::Hash::kMd5,
                          crypto::Hash::kSha384, crypto::Hash::kSha512}) {
    if (phase1 != nullptr && phase1->negotiated.hash.value_or(hash) != hash) {
      continue;
    }
    for (const auto& tail : found->second) {
      if (tail.phase1 &&
          equal(crypto::phase2_iv(suite(), hash, cipher, tail.real, message_id), iv)) {
        return crypto::phase2_iv(suite(), hash, cipher, tail.made, message_id);
      }
    }
  }
  return to_bytes(iv);
}

void MessageMap::note_tail(const Passage& passage, std::size_t block) {
  const auto real = passage.real->ciphertext();
  const auto at   = static_cast<std::size_t>(real.data() - passage.message.real.data());
  const auto made = ByteView(passage.octets).subspan(at, real.size());
  if (real.size() < block || equal(real, made)) {
    return;
  }
  auto& tails = tails_[passage.cookie()];
  Tail tail{to_bytes(real.last(block)), to_bytes(made.last(block)), is_phase1(passage.record())};
  const auto known =
      std::ranges::find_if(tails, [&](const Tail& one) { return one.real == tail.real; });
  if (known == tails.end()) {
    tails.push_back(std::move(tail));
  }
}

bool MessageMap::seal(Passage& passage, ByteView plaintext) {
  const auto& record = passage.record();
  const auto block   = crypto::block_size(record.cipher);
  const auto iv      = ByteView(record.iv).first(block);
  const auto key     = follower_.key_of(record);
  Bytes made_key;
  Bytes made_first;
  if (record.exchange == Exchange::kPush) {
    const auto* kek = secrets_.kek_used(key, iv);
    if (kek == nullptr) {
      return false;
    }
    made_key   = to_bytes(kek->made.view().last(key.size()));
    made_first = to_bytes(kek->made.view().first(block));
  } else {
    made_key   = secrets_.map(key);
    made_first = made_iv(passage, iv);
  }
  const auto sealed = suite().encrypt(record.cipher, made_key, made_first, plaintext);
  wipe(made_key);
  if (!sealed || sealed->size() != passage.real->ciphertext().size()) {
    return false;
  }
  put(passage.octets,
      static_cast<std::size_t>(passage.real->ciphertext().data() - passage.message.real.data()),
      *sealed);
  note_tail(passage, block);
  return true;
}

void MessageMap::leave(Passage& passage) {
  dark_.push_back(passage.frame());
  if (!scramble_) {
    return;
  }
  const auto sealed = passage.real->ciphertext();
  put(passage.octets, static_cast<std::size_t>(sealed.data() - passage.message.real.data()),
      secrets_.map(sealed));
  for (const auto block : {crypto::block_size(crypto::Cipher::k3DesCbc),
                           crypto::block_size(crypto::Cipher::kAes128Cbc)}) {
    note_tail(passage, block);
  }
}

keys::KeyRing MessageMap::made_ring() const {
  keys::KeyRing ring;
  for (const auto& [place, phase1] : phase1s_) {
    if (!phase1->keys.any_given) {
      continue;
    }
    auto& made = ring.phase1(place.first);
    for (const auto& [given, proved] : phase1->keys.ciphers) {
      auto last        = given.last_block;
      const auto tails = tails_.find(place.first);
      if (tails != tails_.end()) {
        const auto tail = std::ranges::find(tails->second, last, &Tail::real);
        last            = tail == tails->second.end() ? last : tail->made;
      }
      keys::add_unique(made.keys, keys::Phase1Key{given.side, given.cipher, given.hash, last,
                                                  Secret(secrets_.map(given.key.view()))});
    }
    for (const auto& skeyid : phase1->keys.skeyid) {
      keys::add_unique(made.skeyid, keys::SidedSecret{
                                        skeyid.side, Secret(secrets_.map_skeyid(*phase1, skeyid))});
      if (const auto* psk = secrets_.made_psk(skeyid.secret.view())) {
        keys::add_unique(made.psk, keys::SidedSecret{skeyid.side, psk->clone()});
      }
    }
    for (const auto& skeyid_a : phase1->keys.skeyid_a) {
      keys::add_unique(
          made.skeyid_a,
          keys::SidedSecret{skeyid_a.side, Secret(secrets_.map(skeyid_a.secret.view()))});
    }
  }
  return ring;
}

}  // namespace gdoi::anonymise
