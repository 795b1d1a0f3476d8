#include "protocol/exchange/phase1_keys.h"

#include "protocol/crypto/key_schedule.h"

#include <algorithm>
#include <array>

namespace gdoi::exchange {
namespace {

using keys::Side;
using keys::SidedSecret;

constexpr std::array kHashes{crypto::Hash::kSha1, crypto::Hash::kSha256, crypto::Hash::kMd5,
                             crypto::Hash::kSha384, crypto::Hash::kSha512};

// Alternatives derived for one phase 1, whatever the key log holds.
constexpr std::size_t kMostDerived = 64;

// Authentication methods (RFC 2409 appendix A, RFC 4754 section 4; XAUTH by its drafts).
bool is_psk(std::uint32_t auth) {
  return auth == 1 || auth == 65001 || auth == 65002;
}

bool is_signature(std::uint32_t auth) {
  return auth == 2 || auth == 3 || (auth >= 9 && auth <= 11) || (auth >= 64221 && auth <= 64224) ||
         (auth >= 65003 && auth <= 65006);
}

SidedSecret copy(const SidedSecret& one) {
  return {one.side, one.secret.clone()};
}

bool go_together(Side a, Side b) {
  return a == b || a == Side::kBoth || b == Side::kBoth;
}

Side together(Side a, Side b) {
  return a == Side::kBoth ? b : a;
}

void take_given(const keys::Phase1Secrets& given, Phase1Keys& keys) {
  keys.any_given = true;
  for (const auto& key : given.keys) {
    keys.ciphers.push_back({
        {key.side, key.cipher, key.hash, key.last_block, key.key.clone()}
    });
  }
  for (const auto& secret : given.skeyid) {
    keys.skeyid.push_back(copy(secret));
  }
  for (const auto& secret : given.skeyid_a) {
    keys.skeyid_a.push_back(copy(secret));
  }
}

void add_cipher_key(Phase1Keys& keys, keys::Phase1Key key) {
  const bool known = std::ranges::any_of(keys.ciphers, [&](const Phase1Keys::CipherKey& one) {
    return equal_constant_time(one.given.key.view(), key.key.view());
  });
  if (!known && keys.ciphers.size() < kMostDerived) {
    keys.ciphers.push_back({std::move(key)});
  }
}

void derive_skeyids_of(const crypto::Suite& suite, crypto::Hash hash,
                       const keys::Phase1Secrets& given, Phase1& phase1) {
  auto& keys      = phase1.keys;
  const auto auth = phase1.negotiated.auth;
  if (is_psk(auth)) {
    for (const auto& psk : given.psk) {
      keys::add_unique(keys.skeyid,
                       SidedSecret{psk.side, crypto::skeyid_from_psk(suite, hash, psk.secret.view(),
                                                                     phase1.ni_b, phase1.nr_b)});
    }
  } else if (is_signature(auth)) {
    for (const auto& dh : given.dh_secret) {
      keys::add_unique(keys.skeyid, SidedSecret{dh.side, crypto::skeyid_from_signature(
                                                             suite, hash, phase1.ni_b, phase1.nr_b,
                                                             dh.secret.view())});
    }
  }
}

void derive_rest(const crypto::Suite& suite, crypto::Hash hash, const keys::Phase1Secrets& given,
                 Phase1& phase1) {
  auto& keys = phase1.keys;
  for (const auto& skeyid : keys.skeyid) {
    for (const auto& dh : given.dh_secret) {
      if (!go_together(skeyid.side, dh.side) || keys.skeyid_a.size() >= kMostDerived) {
        continue;
      }
      const auto side = together(skeyid.side, dh.side);
      auto all        = crypto::derive_skeyids(suite, hash, skeyid.secret.view(), dh.secret.view(),
                                               phase1.initiator, phase1.responder);
      if (const auto cipher = phase1.negotiated.cipher) {
        add_cipher_key(keys, {side,
                              cipher,
                              hash,
                              {},
                              crypto::cipher_key(suite, hash, *cipher, all.skeyid_e.view())});
      }
      keys::add_unique(keys.skeyid_a, SidedSecret{side, std::move(all.skeyid_a)});
    }
  }
}

std::optional<crypto::Hash> hash_of(const keys::Phase1Secrets& given, const Phase1& phase1) {
  if (phase1.negotiated.hash) {
    return phase1.negotiated.hash;
  }
  for (const auto& key : given.keys) {
    if (key.hash) {
      return key.hash;
    }
  }
  return given.skeyid.empty() ? std::nullopt : hash_of_size(given.skeyid.front().secret.size());
}

}  // namespace

void refresh_keys(const crypto::Suite& suite, const keys::Phase1Secrets* given, Phase1& phase1) {
  if (given == nullptr) {
    return;
  }
  const auto hash      = hash_of(*given, phase1);
  const bool nonces    = !phase1.ni_b.empty() && !phase1.nr_b.empty();
  const bool responder = phase1.responder != keys::Cookie{};
  // One bit each, so that the first call with something new derives again.
  const unsigned materials = 1U | (hash ? 2U : 0U) | (nonces ? 4U : 0U) | (responder ? 8U : 0U) |
                             (phase1.negotiated.auth != 0 ? 16U : 0U) |
                             (phase1.negotiated.cipher ? 32U : 0U);
  if (phase1.keys.materials == materials) {
    return;
  }
  if (phase1.keys.materials == 0) {
    take_given(*given, phase1.keys);
  }
  phase1.keys.materials = materials;
  if (hash && nonces) {
    derive_skeyids_of(suite, *hash, *given, phase1);
  }
  if (hash && responder) {
    derive_rest(suite, *hash, *given, phase1);
  }
}

std::vector<crypto::Cipher> ciphers_for(const Phase1& phase1, const keys::Phase1Key& key) {
  using crypto::Cipher;
  const auto size = key.key.size();
  for (const auto& cipher : {phase1.negotiated.cipher, key.cipher}) {
    if (cipher && crypto::key_size(*cipher) == size) {
      return {*cipher};
    }
  }
  std::vector<Cipher> fitting;
  for (const auto cipher : {Cipher::kAes128Cbc, Cipher::kAes192Cbc, Cipher::kAes256Cbc,
                            Cipher::k3DesCbc, Cipher::kDesCbc}) {
    if (crypto::key_size(cipher) == size) {
      fitting.push_back(cipher);
    }
  }
  return fitting;
}

std::vector<crypto::Hash> hashes_for(const Phase1& phase1, const keys::Phase1Key& key) {
  if (phase1.negotiated.hash) {
    return {*phase1.negotiated.hash};
  }
  if (key.hash) {
    return {*key.hash};
  }
  return {kHashes.begin(), kHashes.end()};
}

std::optional<crypto::Hash> hash_of_size(std::size_t octets) {
  const auto* const found = std::ranges::find(kHashes, octets, &crypto::digest_size);
  return found == kHashes.end() ? std::nullopt : std::optional(*found);
}

}  // namespace gdoi::exchange
