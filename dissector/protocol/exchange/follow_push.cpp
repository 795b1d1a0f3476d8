#include "protocol/exchange/floating.h"
#include "protocol/exchange/follower_impl.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"

#include <algorithm>
#include <ranges>

/// GROUPKEY-PUSH (RFC 6407 section 4) and its acknowledgement (RFC 8263), and what KDs teach.
namespace gdoi::exchange {
namespace {

constexpr std::size_t kPushesKept      = 64;
constexpr std::size_t kMostTeksKnown   = 1'000'000;
constexpr std::size_t kMostTeksWaiting = 100'000;
constexpr std::uint8_t kParityOut      = 0xfe;

keys::KekSpi spi_of(const MessageView& message) {
  keys::KekSpi spi{};
  std::ranges::copy(message.initiator_cookie(), spi.begin());
  std::ranges::copy(message.responder_cookie(), spi.begin() + 8);
  return spi;
}

bool is_new_group_mode(const std::vector<Phase1*>& family, const MessageView& message) {
  return std::ranges::any_of(family, [&](const Phase1* one) {
    return one->responder == message.responder_cookie() && one->doi == kIpsecDoi;
  });
}

std::optional<std::uint32_t> sequence_of(const MessageView& message) {
  const auto* seq = message.find(payload::kSeq);
  const auto number =
      seq == nullptr ? std::nullopt : message.tree().find_number(tables::row("seq"), seq->node);
  return number ? std::optional(static_cast<std::uint32_t>(*number)) : std::nullopt;
}

// The same TEK in two KDs may differ in the parity bits of its DES key (captures/README.md,
// departure 8).
std::uint64_t fingerprint_of(const keys::Tek& tek) {
  constexpr std::uint16_t kDesIv64 = 1;  // RFC 2407 section 4.4.4
  constexpr std::uint16_t k3Des    = 3;
  Bytes octets{tek.protocol};
  append_uint(octets, tek.spi, 4);
  const bool des = tek.protocol == 1 && tek.transform >= kDesIv64 && tek.transform <= k3Des;
  for (const auto octet : tek.key.view()) {
    octets.push_back(des ? static_cast<std::uint8_t>(octet & kParityOut) : octet);
  }
  append(octets, tek.authentication_key.view());
  const auto print = fingerprint(octets).first;
  wipe(octets);
  return print;
}

SignatureKey signature_key_of(const KekGroup& group, const KekEntry& used) {
  if (used.public_key) {
    return {&*used.public_key, used.signature_hash, group.without_padding};
  }
  const auto other = std::find_if(group.keks.rbegin(), group.keks.rend(),
                                  [](const KekEntry& one) { return one.public_key.has_value(); });
  return other == group.keks.rend()
             ? SignatureKey{}
             : SignatureKey{&*other->public_key, other->signature_hash, group.without_padding};
}

}  // namespace

void Follower::Impl::push_message(Passage& passage, const MessageView& message) {
  auto& [packet, tree, record] = passage;
  if (ipsec_seen && is_new_group_mode(phase1s.with(message.initiator_cookie()), message)) {
    conversation_message(passage);
    return;
  }
  record.exchange  = Exchange::kPush;
  record.number    = 1;
  record.sender    = Sender::kKs;
  auto& group      = keks.at(spi_of(message));
  const auto any   = fingerprint(packet, false);
  const auto print = to_one(any, packet);
  if (const auto* seen = group.history.find(print)) {
    repeat(*seen, passage);
    wait_for_kek(group, passage);
    return;
  }
  // A KS that sends to each GM by unicast sends the same octets to all.
  if (const auto* copy = group.copies.find(any);
      copy != nullptr && copy->record.crypt != Crypt::kNoKey) {
    repeat(*copy, passage);
    record.retransmission_of = 0;
    group.history.add(print, record, message.ciphertext());
    return;
  }
  settle_push(group, passage);
  note_server(packet.source);
  wait_for_kek(group, passage);
  // Learning may have moved groups about.
  auto& same = keks.at(spi_of(message));
  same.history.add(print, record, message.ciphertext());
  if (record.crypt != Crypt::kNoKey) {
    same.copies.add(any, record, message.ciphertext());
  }
}

// Who has given no key at all will not read the KD either that would bring the KEK.
void Follower::Impl::wait_for_kek(KekGroup& group, const Passage& passage) const {
  if (passage.record.crypt == Crypt::kNoKey && !ring.empty()) {
    keep_pending(group.pending, limits.pending_each, passage.packet, passage.record);
  }
}

bool Follower::Impl::settle_push(KekGroup& group, Passage& passage) {
  auto& [packet, tree, record] = passage;
  const auto& suite            = crypto::openssl_suite();
  if (group.keks.empty() && record.crypt == Crypt::kNoKey) {
    return false;
  }
  const MessageView sealed(tree);
  const KekEntry* used = group.keks.empty() ? nullptr : &group.keks.back();
  if (sealed.encrypted()) {
    record.crypt = group.keks.empty() ? Crypt::kNoKey : Crypt::kWrongKey;
    Trial trial(suite, sealed.ciphertext(), sealed.header()[16]);
    for (const auto& kek : std::views::reverse(group.keks)) {
      for (const auto cipher : kek.ciphers) {
        if (record.crypt == Crypt::kDecrypted) {
          break;
        }
        const auto size = crypto::block_size(cipher);
        if (sealed.ciphertext().empty() || sealed.ciphertext().size() % size != 0) {
          record.crypt = Crypt::kDamaged;
          continue;
        }
        Block iv{};
        std::ranges::copy(kek.iv_for(cipher), iv.begin());
        if (!trial.set_key(cipher, kek.key_for(cipher)) || !trial.fits(iv)) {
          continue;
        }
        used              = &kek;
        record.crypt      = Crypt::kDecrypted;
        record.cipher     = cipher;
        record.iv         = iv;
        record.key_index  = store.add(kek.key_for(cipher));
        record.key_origin = kek.origin;
        record.key_frame  = kek.frame;
        wire::decode_plaintext(tables::schema(), trial.take_plaintext(), size, tree);
      }
    }
  }
  if (record.crypt != Crypt::kDecrypted && record.crypt != Crypt::kClear) {
    return false;
  }
  const MessageView message(tree);
  const auto checked = verify_push(
      suite, used == nullptr ? SignatureKey{} : signature_key_of(group, *used), message);
  record.signature                  = checked.signature;
  record.sig_form                   = checked.form;
  record.sig_hash                   = checked.sig_hash;
  record.sig_length_without_padding = checked.without_padding;
  if (checked.signature == Verdict::kGood) {
    group.without_padding = checked.without_padding;
  }
  if (const auto sequence = sequence_of(message)) {
    if (group.pushes.size() >= kPushesKept) {
      group.pushes.erase(group.pushes.begin());
    }
    group.pushes.push_back({*sequence, record.frame});
  }
  const auto policy = policy_of(message);
  if (const auto download = download_of(message)) {
    learn(policy ? &*policy : nullptr, *download, record.frame);
  }
  return true;
}

void Follower::Impl::push_ack_message(Passage& passage) {
  auto& [packet, tree, record] = passage;
  const MessageView message(tree);
  record.exchange  = Exchange::kPushAck;
  record.number    = 1;
  record.sender    = Sender::kGm;
  auto& group      = keks.at(spi_of(message));
  const auto print = fingerprint(packet, false);
  if (const auto* seen = group.history.find(print)) {
    repeat(*seen, passage);
    return;
  }
  if (message.find(payload::kHash) != nullptr) {
    record.hash = group.keks.empty() ? Verdict::kUnverified : Verdict::kBad;
    for (const auto& kek : group.keks) {
      for (const auto cipher : kek.ciphers) {
        const auto leaf = kek.leaf.view().last(std::min(crypto::key_size(cipher), kek.leaf.size()));
        for (const auto base : {kek.key_for(cipher), leaf}) {
          if (!base.empty() && push_ack_bits(crypto::openssl_suite(), base, message)) {
            record.hash = Verdict::kGood;
          }
        }
      }
    }
  }
  const auto answered = std::find_if(
      group.pushes.rbegin(), group.pushes.rend(),
      [&](const KekGroup::Push& push) { return push.sequence == sequence_of(message); });
  record.answers = answered == group.pushes.rend() ? 0 : answered->frame;
  group.history.add(print, record, {});
}

void Follower::Impl::learn(const GroupPolicy* policy, const KeyDownload& download,
                           std::uint64_t frame) {
  for (auto& kek : keks_of(policy, download)) {
    const auto spi = kek.spi;
    if (keks.learn(std::move(kek), frame)) {
      newly_known.push_back(spi);
    }
  }
  if (policy != nullptr) {
    learn_teks(teks_of(*policy, download));
  }
}

void Follower::Impl::learn_teks(std::vector<keys::Tek> learned) {
  for (auto& tek : learned) {
    if (known_teks.size() >= kMostTeksKnown) {
      known_teks.clear();
    }
    if (known_teks.insert(fingerprint_of(tek)).second && teks.size() < kMostTeksWaiting) {
      teks.push_back(std::move(tek));
    }
  }
}

// PUSHes that came before the KD that holds their KEK. Each may teach a further one.
void Follower::Impl::retry_pushes() {
  while (!newly_known.empty()) {
    const auto spi = newly_known.back();
    newly_known.pop_back();
    for (auto& waiting : std::exchange(keks.at(spi).pending, {})) {
      LateMessage message{waiting.packet, std::move(waiting.octets), waiting.record, {}};
      message.packet.payload = message.octets;
      wire::decode(tables::schema(), message.octets, decoding_of(message.packet), message.tree);
      Passage passage{message.packet, message.tree, message.record};
      const auto print = fingerprint(message.packet, true);
      auto* first      = keks.at(spi).history.find(print);
      if (message.record.retransmission_of != 0 && first != nullptr &&
          first->record.crypt == Crypt::kDecrypted) {
        repeat(*first, passage);
      } else if (!settle_push(keks.at(spi), passage)) {
        continue;
      } else if (first = keks.at(spi).history.find(print); first != nullptr) {
        first->record = message.record;
      }
      late.push_back(std::move(message));
    }
  }
  std::ranges::stable_sort(late, {}, [](const LateMessage& one) { return one.record.frame; });
}

}  // namespace gdoi::exchange
