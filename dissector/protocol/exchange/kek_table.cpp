#include "protocol/exchange/kek_table.h"

#include <algorithm>
#include <ranges>

namespace gdoi::exchange {
namespace {

constexpr std::size_t kMostUnknown = 256;
constexpr std::size_t kMostOfOne   = 16;

void add_public_key(KekEntry& entry, const Bytes& der) {
  if (der.empty() || entry.public_key) {
    return;
  }
  entry.public_der = der;
  if (auto key = crypto::PublicKey::from_spki(der)) {
    entry.public_key.emplace(std::move(*key));
  }
}

}  // namespace

ByteView KekEntry::iv_for(crypto::Cipher cipher) const {
  return iv_and_key.view().first(std::min(crypto::block_size(cipher), iv_and_key.size()));
}

ByteView KekEntry::key_for(crypto::Cipher cipher) const {
  return iv_and_key.view().last(std::min(crypto::key_size(cipher), iv_and_key.size()));
}

KekGroup& KekTable::touch(Kept& kept, std::list<KekGroup>::iterator place) {
  kept.order.splice(kept.order.end(), kept.order, place);
  return *place;
}

void KekTable::bound(Kept& kept, std::size_t limit) {
  while (kept.order.size() > limit) {
    kept.index.erase(kept.order.front().spi);
    kept.order.pop_front();
  }
}

void KekTable::load_given(KekGroup& group) const {
  const auto* given = ring_ != nullptr ? ring_->find_keks(group.spi) : nullptr;
  if (given == nullptr) {
    return;
  }
  // Given ones come first and are tried last: what a later KD says is newer.
  for (const auto& kek : std::views::reverse(*given)) {
    auto& entry   = group.keks.emplace_back();
    entry.origin  = KeyOrigin::kGiven;
    entry.ciphers = {kek.cipher};
    Bytes octets  = to_bytes(kek.iv);
    append(octets, kek.key.view());
    entry.iv_and_key     = Secret(std::move(octets));
    entry.signature_hash = kek.signature_hash;
    add_public_key(entry, kek.public_key);
  }
}

KekGroup& KekTable::at(const keys::KekSpi& spi) {
  for (auto* kept : {&known_, &unknown_}) {
    if (!kept->order.empty() && kept->order.back().spi == spi) {
      return kept->order.back();
    }
  }
  for (auto* kept : {&known_, &unknown_}) {
    if (const auto found = kept->index.find(spi); found != kept->index.end()) {
      return touch(*kept, found->second);
    }
  }
  KekGroup group;
  group.spi = spi;
  load_given(group);
  auto& kept = group.keks.empty() ? unknown_ : known_;
  kept.order.push_back(std::move(group));
  kept.index[spi] = std::prev(kept.order.end());
  bound(kept, &kept == &known_ ? limit_ : kMostUnknown);
  return kept.order.back();
}

bool KekTable::learn(LearnedKek&& kek, std::uint64_t frame) {
  auto& group      = at(kek.spi);
  const auto known = std::ranges::find_if(group.keks, [&](const KekEntry& entry) {
    return equal_constant_time(entry.iv_and_key.view(), kek.iv_and_key.view());
  });
  if (known != group.keks.end()) {
    add_public_key(*known, kek.public_key);
    if (!known->signature_hash) {
      known->signature_hash = kek.signature_hash;
    }
    if (kek.ciphers.size() < known->ciphers.size()) {
      known->ciphers = std::move(kek.ciphers);
    }
    if (known->leaf.empty()) {
      known->leaf = std::move(kek.leaf);
    }
    return false;
  }
  if (group.keks.size() >= kMostOfOne) {
    group.keks.erase(group.keks.begin());
  }
  auto& entry          = group.keks.emplace_back();
  entry.origin         = KeyOrigin::kLearned;
  entry.frame          = frame;
  entry.ciphers        = std::move(kek.ciphers);
  entry.iv_and_key     = std::move(kek.iv_and_key);
  entry.signature_hash = kek.signature_hash;
  entry.leaf           = std::move(kek.leaf);
  add_public_key(entry, kek.public_key);
  if (const auto found = unknown_.index.find(kek.spi); found != unknown_.index.end()) {
    known_.order.splice(known_.order.end(), unknown_.order, found->second);
    known_.index[kek.spi] = found->second;
    unknown_.index.erase(found);
    bound(known_, limit_);
  }
  return true;
}

}  // namespace gdoi::exchange
