#include "protocol/keys/key_ring.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

namespace gdoi::keys {
namespace {

bool same(const Secret& a, const Secret& b) {
  return equal_constant_time(a.view(), b.view());
}

bool same(const Phase1Key& a, const Phase1Key& b) {
  return a.side == b.side && a.cipher == b.cipher && a.hash == b.hash &&
         a.last_block == b.last_block && same(a.key, b.key);
}

bool same(const SidedSecret& a, const SidedSecret& b) {
  return a.side == b.side && same(a.secret, b.secret);
}

bool same(const Kek& a, const Kek& b) {
  return a.cipher == b.cipher && a.signature_hash == b.signature_hash &&
         a.public_key == b.public_key && a.iv == b.iv && same(a.key, b.key);
}

bool same(const Tek& a, const Tek& b) {
  return a.protocol == b.protocol && a.spi == b.spi && a.transform == b.transform &&
         a.destination == b.destination && a.authentication == b.authentication &&
         same(a.authentication_key, b.authentication_key) && same(a.key, b.key);
}

Phase1Key copy(const Phase1Key& from) {
  return {from.side, from.cipher, from.hash, from.last_block, from.key.clone()};
}

SidedSecret copy(const SidedSecret& from) {
  return {from.side, from.secret.clone()};
}

Kek copy(const Kek& from) {
  return {from.cipher, from.signature_hash, from.public_key, from.iv, from.key.clone()};
}

Tek copy(const Tek& from) {
  return {from.protocol,       from.spi,
          from.transform,      from.destination,
          from.authentication, from.authentication_key.clone(),
          from.key.clone()};
}

template <typename T>
std::vector<T> copy(const std::vector<T>& from) {
  std::vector<T> made;
  made.reserve(from.size());
  for (const auto& item : from) {
    made.push_back(copy(item));
  }
  return made;
}

template <typename T>
bool add(std::vector<T>& list, T item) {
  if (std::ranges::any_of(list, [&](const T& known) { return same(known, item); })) {
    return false;
  }
  list.push_back(std::move(item));
  return true;
}

std::size_t digest_of(const Tek& tek) {
  const auto text = [](ByteView octets) {
    return std::string_view(reinterpret_cast<const char*>(octets.data()), octets.size());
  };
  const std::hash<std::string_view> hash;
  constexpr std::size_t kMultiplier = 31;
  std::size_t digest                = tek.spi;
  digest                            = digest * kMultiplier + hash(text(tek.key.view()));
  digest = digest * kMultiplier + hash(text(tek.authentication_key.view()));
  digest = digest * kMultiplier + hash(tek.destination);
  return digest * kMultiplier + (std::size_t{tek.transform} << 8U) + tek.protocol;
}

template <typename T>
void move_all(std::vector<T>& to, std::vector<T>& from) {
  for (auto& item : from) {
    add(to, std::move(item));
  }
}

}  // namespace

bool add_unique(std::vector<Phase1Key>& keys, Phase1Key key) {
  return add(keys, std::move(key));
}

bool add_unique(std::vector<SidedSecret>& secrets, SidedSecret secret) {
  return add(secrets, std::move(secret));
}

Phase1Secrets& KeyRing::phase1(const Cookie& initiator) {
  return phase1_[initiator];
}

const Phase1Secrets* KeyRing::find_phase1(const Cookie& initiator) const {
  const auto found = phase1_.find(initiator);
  return found == phase1_.end() ? nullptr : &found->second;
}

bool KeyRing::add_kek(const KekSpi& spi, Kek kek) {
  return add(keks_[spi], std::move(kek));
}

const std::vector<Kek>* KeyRing::find_keks(const KekSpi& spi) const {
  const auto found = keks_.find(spi);
  return found == keks_.end() ? nullptr : &found->second;
}

bool KeyRing::add_tek(Tek tek) {
  const auto digest        = digest_of(tek);
  const auto [first, last] = tek_index_.equal_range(digest);
  if (std::any_of(first, last, [&](const auto& entry) { return same(teks_[entry.second], tek); })) {
    return false;
  }
  tek_index_.emplace(digest, teks_.size());
  teks_.push_back(std::move(tek));
  return true;
}

KeyRing KeyRing::clone() const {
  KeyRing made;
  for (const auto& [cookie, secrets] : phase1_) {
    made.phase1_[cookie] = {copy(secrets.keys), copy(secrets.skeyid), copy(secrets.skeyid_a),
                            copy(secrets.psk), copy(secrets.dh_secret)};
  }
  for (const auto& [spi, keks] : keks_) {
    made.keks_[spi] = copy(keks);
  }
  made.teks_      = copy(teks_);
  made.tek_index_ = tek_index_;
  return made;
}

void KeyRing::merge(KeyRing&& other) {
  KeyRing from = std::move(other);
  for (auto& [cookie, secrets] : from.phase1_) {
    auto& mine = phase1_[cookie];
    move_all(mine.keys, secrets.keys);
    move_all(mine.skeyid, secrets.skeyid);
    move_all(mine.skeyid_a, secrets.skeyid_a);
    move_all(mine.psk, secrets.psk);
    move_all(mine.dh_secret, secrets.dh_secret);
  }
  for (auto& [spi, keks] : from.keks_) {
    move_all(keks_[spi], keks);
  }
  for (auto& tek : from.teks_) {
    add_tek(std::move(tek));
  }
}

}  // namespace gdoi::keys
