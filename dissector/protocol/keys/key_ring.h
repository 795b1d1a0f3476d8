#pragma once

#include "protocol/base/bytes.h"
#include "protocol/base/secret.h"
#include "protocol/crypto/algorithms.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace gdoi::keys {

/// An initiator or responder cookie (RFC 2408 section 2.5.3).
using Cookie = std::array<std::uint8_t, 8>;
/// SPI of a KEK: the cookie pair of its PUSHes (RFC 6407 section 5.3).
using KekSpi = std::array<std::uint8_t, 16>;

/// Who wrote the secret down; matters where the two sides have different ones (a wrong PSK).
enum class Side : std::uint8_t { kBoth, kGm, kKs };

/// A secret and the side that had it.
struct SidedSecret {
  Side side = Side::kBoth;
  Secret secret;
};

/// PHASE1_KEY: the cipher key of a phase 1, and what a capture that begins in the middle needs.
struct Phase1Key {
  Side side = Side::kBoth;
  std::optional<crypto::Cipher> cipher;
  std::optional<crypto::Hash> hash;
  Bytes last_block;  ///< last ciphertext block of phase 1; empty where not known
  Secret key;
};

/// Everything that is known of the phase 1 with one initiator cookie. Several entries of a kind
/// are alternatives: each is tried.
struct Phase1Secrets {
  std::vector<Phase1Key> keys;
  std::vector<SidedSecret> skeyid;
  std::vector<SidedSecret> skeyid_a;
  std::vector<SidedSecret> psk;
  std::vector<SidedSecret> dh_secret;
};

/// KEK: what decrypts and verifies the GROUPKEY-PUSHes of one Rekey SA.
struct Kek {
  crypto::Cipher cipher = crypto::Cipher::kAes128Cbc;
  std::optional<crypto::Hash> signature_hash;
  Bytes public_key;  ///< DER SubjectPublicKeyInfo; empty where not known
  Bytes iv;
  Secret key;
};

/// TEK: not used to decrypt GDOI; handed to Wireshark's ESP dissector.
struct Tek {
  /// GDOI TEK Protocol-ID: 1 ESP, 2 AH, 3 IEC 61850 (RFC 6407 section 5.5, RFC 8052 section 2.2).
  std::uint8_t protocol   = 0;
  std::uint32_t spi       = 0;
  std::uint16_t transform = 0;  ///< ESP or AH transform ID; IEC 61850: confidentiality algorithm
  std::string destination;      ///< address text; empty = any
  /// Name of the integrity algorithm as the key log writes it: hmac-md5, hmac-sha1, hmac-sha256,
  /// hmac-sha384, hmac-sha512 or another in lower case; empty = none.
  std::string authentication;
  Secret authentication_key;
  Secret key;
};

/// Adds an alternative unless an equal one is there; false where it was.
bool add_unique(std::vector<Phase1Key>& keys, Phase1Key key);
bool add_unique(std::vector<SidedSecret>& secrets, SidedSecret secret);

/// The secrets that the user has given, by what they belong to.
class KeyRing {
 public:
  /// The entry for a cookie, made where there is none.
  [[nodiscard]] Phase1Secrets& phase1(const Cookie& initiator);
  [[nodiscard]] const Phase1Secrets* find_phase1(const Cookie& initiator) const;

  /// False where the same KEK was there for that SPI already; it is not added again.
  bool add_kek(const KekSpi& spi, Kek kek);
  /// All KEKs given for an SPI, in the order given (an SPI may be used again after a restart).
  [[nodiscard]] const std::vector<Kek>* find_keks(const KekSpi& spi) const;

  /// False where the same TEK was there already; it is not added again.
  bool add_tek(Tek tek);

  [[nodiscard]] const std::map<Cookie, Phase1Secrets>& phase1_entries() const { return phase1_; }

  [[nodiscard]] const std::map<KekSpi, std::vector<Kek>>& kek_entries() const { return keks_; }

  [[nodiscard]] const std::vector<Tek>& teks() const { return teks_; }

  /// Moves all of `other` in, leaving out what is already here.
  void merge(KeyRing&& other);

  /// Another ring with the same secrets, for whoever must give theirs away.
  [[nodiscard]] KeyRing clone() const;

  [[nodiscard]] bool empty() const { return phase1_.empty() && keks_.empty() && teks_.empty(); }

 private:
  std::map<Cookie, Phase1Secrets> phase1_;
  std::map<KekSpi, std::vector<Kek>> keks_;
  std::vector<Tek> teks_;
  std::unordered_multimap<std::size_t, std::size_t> tek_index_;  ///< digest of a TEK -> its place
};

}  // namespace gdoi::keys
