#include "anonymise/secrets.h"

#include "protocol/crypto/key_schedule.h"

#include <algorithm>

namespace gdoi::anonymise {
namespace {

// DES and 3DES keys have a parity bit in each octet; the same TEK comes with it and without
// (captures/README.md, departure 8).
Bytes without_parity(ByteView key) {
  constexpr std::size_t kDes      = 8;
  constexpr std::size_t k3Des     = 24;
  constexpr std::uint8_t kKeyBits = 0xfe;
  auto octets                     = to_bytes(key);
  if (octets.size() == kDes || octets.size() == k3Des) {
    for (auto& octet : octets) {
      octet &= kKeyBits;
    }
  }
  return octets;
}

bool starts_with(ByteView octets, ByteView with) {
  return octets.size() >= with.size() && equal(octets.first(with.size()), with);
}

bool ends_with(ByteView octets, ByteView with) {
  return octets.size() >= with.size() && equal(octets.last(with.size()), with);
}

}  // namespace

Bytes SecretMap::random(std::size_t size) {
  Bytes octets(size);
  random_.fill(octets);
  return octets;
}

Bytes SecretMap::map(ByteView real) {
  const auto [place, added] = made_.try_emplace(Secret(without_parity(real)));
  if (added) {
    place->second = Secret(random(real.size()));
  }
  return to_bytes(place->second.view());
}

void SecretMap::take(const keys::KeyRing& given) {
  for (const auto& [cookie, secrets] : given.phase1_entries()) {
    for (const auto& psk : secrets.psk) {
      psks_[cookie].push_back({psk.side, psk.secret.clone()});
    }
  }
}

Bytes SecretMap::map_kek(ByteView iv_and_key) {
  const auto found = std::ranges::find_if(
      keks_, [&](const MadeKek& one) { return equal(one.real.view(), iv_and_key); });
  if (found != keks_.end()) {
    return to_bytes(found->made.view());
  }
  keks_.push_back({Secret(iv_and_key), Secret(random(iv_and_key.size()))});
  return to_bytes(keks_.back().made.view());
}

const MadeKek* SecretMap::kek_used(ByteView key, ByteView iv) const {
  const auto found = std::ranges::find_if(keks_, [&](const MadeKek& one) {
    return starts_with(one.real.view(), iv) && ends_with(one.real.view(), key);
  });
  return found == keks_.end() ? nullptr : &*found;
}

// The pre-shared key that makes this SKEYID, or one for all of which nothing is known.
const Secret& SecretMap::psk_of(const exchange::Phase1& phase1, crypto::Hash hash,
                                const keys::SidedSecret& skeyid) {
  Secret whose(bytes_of(skeyid.side == keys::Side::kBoth ? "both"
                        : skeyid.side == keys::Side::kGm ? "gm"
                                                         : "ks"));
  if (const auto given = psks_.find(phase1.initiator); given != psks_.end()) {
    for (const auto& psk : given->second) {
      const auto made = crypto::skeyid_from_psk(crypto::openssl_suite(), hash, psk.secret.view(),
                                                phase1.ni_b, phase1.nr_b);
      if (equal_constant_time(made.view(), skeyid.secret.view())) {
        whose = psk.secret.clone();
      }
    }
  }
  const auto [place, added] = made_psks_.try_emplace(std::move(whose));
  if (added) {
    const auto text = "made-psk-" + std::to_string(made_psks_.size());
    place->second   = Secret(bytes_of(text));
  }
  return place->second;
}

Bytes SecretMap::map_skeyid(const exchange::Phase1& phase1, const keys::SidedSecret& real) {
  if (const auto known = made_.find(real.secret.view()); known != made_.end()) {
    return to_bytes(known->second.view());
  }
  const auto hash = phase1.negotiated.hash;
  if (phase1.negotiated.auth != crypto::kAuthPsk || !hash || phase1.ni_b.empty() ||
      phase1.nr_b.empty()) {
    return map(real.secret.view());
  }
  const auto& psk = psk_of(phase1, *hash, real);
  psk_of_skeyid_.emplace(real.secret.clone(), &psk);
  auto made =
      crypto::skeyid_from_psk(crypto::openssl_suite(), *hash, psk.view(), phase1.ni_b, phase1.nr_b);
  const auto place = made_.emplace(real.secret.clone(), std::move(made)).first;
  return to_bytes(place->second.view());
}

const Secret* SecretMap::made_psk(ByteView real_skeyid) const {
  const auto found = psk_of_skeyid_.find(real_skeyid);
  return found == psk_of_skeyid_.end() ? nullptr : found->second;
}

MadeSigner& SecretMap::signer(ByteView spki) {
  const auto [place, added] = signers_.try_emplace(to_bytes(spki));
  if (added) {
    if (auto real = crypto::PublicKey::from_spki(spki)) {
      place->second.real.push_back(std::move(*real));
    }
    // A modulus has its size in DER nearly always.
    constexpr int kTries = 4;
    for (int tried = 0; tried < kTries && !place->second.made; ++tried) {
      auto made = crypto::PrivateKey::made_like(spki);
      if (!made) {
        break;
      }
      if (made->spki().size() == spki.size()) {
        place->second.made = std::move(*made);
      }
    }
  }
  return place->second;
}

Bytes SecretMap::map_public_key(ByteView spki) {
  const auto& one = signer(spki);
  return one.made ? one.made->spki() : map(spki);
}

std::optional<Bytes> SecretMap::map_certificate(ByteView der, ByteView subject) {
  if (const auto known = certificates_.find(to_bytes(der)); known != certificates_.end()) {
    return known->second;
  }
  const auto real = crypto::Certificate::from_der(der);
  if (!real) {
    return std::nullopt;
  }
  const auto& one = signer(real->spki());
  if (!one.made) {
    return std::nullopt;
  }
  auto made = one.made->certificate_of_size(subject, der.size());
  if (!made) {
    return std::nullopt;
  }
  return certificates_[to_bytes(der)] = std::move(*made);
}

}  // namespace gdoi::anonymise
