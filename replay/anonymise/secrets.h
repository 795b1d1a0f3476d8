#pragma once

#include "engine/types.h"
#include "protocol/base/secret.h"
#include "protocol/crypto/certificate.h"
#include "protocol/exchange/phase1.h"
#include "protocol/keys/key_ring.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace gdoi::anonymise {

/// Lets secrets be looked up by their octets.
struct BySecret {
  using is_transparent = void;

  bool operator()(const Secret& a, const Secret& b) const { return less(a.view(), b.view()); }

  bool operator()(const Secret& a, ByteView b) const { return less(a.view(), b); }

  bool operator()(ByteView a, const Secret& b) const { return less(a, b.view()); }

 private:
  static bool less(ByteView a, ByteView b) { return std::ranges::lexicographical_compare(a, b); }
};

/// A signature key of the capture and the key pair that stands for it.
struct MadeSigner {
  std::vector<crypto::PublicKey> real;  ///< one, or none where OpenSSL does not know it
  std::optional<crypto::PrivateKey> made;
};

/// A KEK as a KD or key log has it, its IV in front and its key at the end, and the made one.
struct MadeKek {
  Secret real;
  Secret made;
};

/// Made secrets in the place of real ones: of the same size, random, the same real one always the
/// same made one. From a made one nothing follows for the real one.
class SecretMap {
 public:
  explicit SecretMap(engine::Random& random) : random_(random) {}

  /// Takes the pre-shared keys of a key log in, to know which one made a SKEYID.
  void take(const keys::KeyRing& given);

  /// A key, or a digest or signature that cannot be made again. Parity bits of DES keys do not tell
  /// keys apart.
  [[nodiscard]] Bytes map(ByteView real);

  /// A KEK with its IV in front. Once mapped it is found by kek_used().
  [[nodiscard]] Bytes map_kek(ByteView iv_and_key);

  /// The KEK with this key and IV; nullptr: it was never seen whole.
  [[nodiscard]] const MadeKek* kek_used(ByteView key, ByteView iv) const;

  [[nodiscard]] const std::vector<MadeKek>& keks() const { return keks_; }

  /// A SKEYID. With pre-shared keys it follows from a made one and the nonces, so that whoever has
  /// that (made_psks()) can register with it.
  [[nodiscard]] Bytes map_skeyid(const exchange::Phase1& phase1, const keys::SidedSecret& real);

  /// The made pre-shared key behind a SKEYID that was mapped; nullptr: there is none.
  [[nodiscard]] const Secret* made_psk(ByteView real_skeyid) const;

  /// A public key as SubjectPublicKeyInfo: that of a made key pair, or random octets where none of
  /// its size can be made.
  [[nodiscard]] Bytes map_public_key(ByteView spki);

  /// A certificate that is signed with a made key, of the same size; nothing where none can be.
  [[nodiscard]] std::optional<Bytes> map_certificate(ByteView der, ByteView subject);

  /// Those that stand for public keys and certificates so far.
  [[nodiscard]] const std::map<Bytes, MadeSigner>& signers() const { return signers_; }

 private:
  [[nodiscard]] Bytes random(std::size_t size);
  [[nodiscard]] MadeSigner& signer(ByteView spki);
  [[nodiscard]] const Secret& psk_of(const exchange::Phase1& phase1, crypto::Hash hash,
                                     const keys::SidedSecret& skeyid);

  // NOLINTNEXTLINE(cppcoreguidelines-avoid-const-or-ref-data-members): lives as long
  engine::Random& random_;
  std::map<Secret, Secret, BySecret> made_;
  std::vector<MadeKek> keks_;
  std::map<keys::Cookie, std::vector<keys::SidedSecret>> psks_;
  std::map<Secret, Secret, BySecret> made_psks_;  ///< by the real one, or by a word for whose it is
  std::map<Secret, const Secret*, BySecret> psk_of_skeyid_;
  std::map<Bytes, MadeSigner> signers_;  ///< by SubjectPublicKeyInfo
  std::map<Bytes, Bytes> certificates_;
};

}  // namespace gdoi::anonymise
