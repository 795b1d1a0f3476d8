#pragma once

#include "protocol/exchange/history.h"
#include "protocol/exchange/learn.h"
#include "protocol/keys/key_ring.h"

#include <list>
#include <map>
#include <optional>
#include <vector>

namespace gdoi::exchange {

/// A KEK that PUSHes are tried with.
struct KekEntry {
  KeyOrigin origin    = KeyOrigin::kNone;
  std::uint64_t frame = 0;  ///< as FrameRecord::key_frame
  std::vector<crypto::Cipher> ciphers;
  Secret iv_and_key;
  std::optional<crypto::Hash> signature_hash;
  Bytes public_der;
  std::optional<crypto::PublicKey> public_key;
  Secret leaf;

  /// The IV in front and the key at the end (RFC 6407 section 5.6.2.1).
  [[nodiscard]] ByteView iv_for(crypto::Cipher cipher) const;
  [[nodiscard]] ByteView key_for(crypto::Cipher cipher) const;
};

/// A Rekey SA: everything with one SPI.
struct KekGroup {
  keys::KekSpi spi{};
  std::vector<KekEntry> keks;  ///< oldest first
  History history{64, false};  ///< by octets, sender and receiver
  History copies{64, false};   ///< by octets and sender
  std::vector<Pending> pending;

  struct Push {
    std::uint32_t sequence;
    std::uint64_t frame;
  };

  std::vector<Push> pushes;      ///< the last few, for PUSH-ACKs
  bool without_padding = false;  ///< as the last good signature had it
};

/// The Rekey SAs by SPI, and those SPIs whose KEK is not known yet. Of each kind those used last
/// are kept, so that PUSHes of unknown groups do not push out a known KEK.
class KekTable {
 public:
  explicit KekTable(std::size_t limit) : limit_(limit == 0 ? 1 : limit) {}

  void use(const keys::KeyRing& ring) { ring_ = &ring; }

  /// The group of an SPI, made where there is none.
  KekGroup& at(const keys::KekSpi& spi);

  /// Adds a KEK that a KD in `frame` taught; false where it is known already.
  bool learn(LearnedKek&& kek, std::uint64_t frame);

 private:
  struct Kept {
    std::list<KekGroup> order;  ///< least recently used first
    std::map<keys::KekSpi, std::list<KekGroup>::iterator> index;
  };

  static KekGroup& touch(Kept& kept, std::list<KekGroup>::iterator place);
  static void bound(Kept& kept, std::size_t limit);
  void load_given(KekGroup& group) const;

  std::size_t limit_;
  const keys::KeyRing* ring_ = nullptr;
  Kept known_;
  Kept unknown_;
};

}  // namespace gdoi::exchange
