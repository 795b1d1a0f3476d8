#pragma once

#include "protocol/exchange/message.h"

#include <optional>
#include <vector>

namespace gdoi::exchange {

/// What an SA TEK says of one TEK.
struct TekPolicy {
  std::uint8_t protocol   = 0;
  std::uint32_t spi       = 0;
  std::uint16_t transform = 0;
  std::string destination;
  std::string authentication;
};

/// What an SA KEK says (RFC 6407 section 5.3).
struct KekPolicy {
  keys::KekSpi spi{};
  std::optional<crypto::Cipher> cipher;
  std::optional<crypto::Hash> signature_hash;
};

/// The SA of a PULL message 2 or a PUSH.
struct GroupPolicy {
  std::optional<KekPolicy> kek;
  std::vector<TekPolicy> teks;
};

/// A key packet of type KEK or LKH. Keys have their IV in front (RFC 6407 section 5.6.2.1).
struct KekDownload {
  keys::KekSpi spi{};
  Secret iv_and_key;
  Bytes public_key;  ///< SIG_ALGORITHM_KEY; empty where there is none
  Secret leaf;       ///< of an LKH_DOWNLOAD_ARRAY: the first key with its IV, else empty
};

struct TekDownload {
  std::uint32_t spi = 0;
  Secret key;
  Secret authentication_key;
};

/// The KD of a PULL message 4 or a PUSH.
struct KeyDownload {
  std::vector<KekDownload> keks;
  std::vector<TekDownload> teks;
};

/// The SA of a decrypted message; nothing where it has none that is a GDOI SA.
[[nodiscard]] std::optional<GroupPolicy> policy_of(const MessageView& message);
/// The KD of a decrypted message.
[[nodiscard]] std::optional<KeyDownload> download_of(const MessageView& message);
/// The TEKs whose policy and keys are both there, matched by SPI.
[[nodiscard]] std::vector<keys::Tek> teks_of(const GroupPolicy& policy,
                                             const KeyDownload& download);

/// A KEK and what is known of it.
struct LearnedKek {
  keys::KekSpi spi{};
  std::vector<crypto::Cipher> ciphers;  ///< those that it may be for
  Secret iv_and_key;
  std::optional<crypto::Hash> signature_hash;
  Bytes public_key;
  Secret leaf;
};

/// The KEKs of a KD by the SPI that their PUSHes will have. gdoid names the old SPI in the KD of a
/// PUSH that brings a new KEK, so that of the SA KEK goes before it (captures/README.md, departure
/// 5). Without an SA the cipher is guessed from the key's length.
[[nodiscard]] std::vector<LearnedKek> keks_of(const GroupPolicy* policy,
                                              const KeyDownload& download);

}  // namespace gdoi::exchange
