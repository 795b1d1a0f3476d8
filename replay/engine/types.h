#pragma once

#include "protocol/base/bytes.h"
#include "protocol/crypto/algorithms.h"
#include "protocol/exchange/packet.h"
#include "protocol/keys/key_ring.h"

#include <cstdint>
#include <span>
#include <string>

/// What the two sans-I/O roles (initiator, key server) share. They take time and randomness as
/// arguments and hand out what is to be sent: net/ has the only clock, socket and OS random source.
namespace gdoi::engine {

/// Nanoseconds on a clock that never goes back; only differences mean something.
using Time = std::int64_t;

inline constexpr Time kSecond = 1'000'000'000;

/// A datagram to be sent; a non-ESP marker, where one is needed, is put before it by net/.
struct Outgoing {
  exchange::Endpoint source;
  exchange::Endpoint destination;
  Bytes datagram;
  std::uint64_t captured_frame = 0;  ///< frame that it was rebuilt from; 0: none
  std::string remark;                ///< for the record: "retransmission 2 of main mode message 3"
};

/// Where nonces, cookies, message IDs and private values come from.
class Random {
 public:
  Random()                         = default;
  Random(const Random&)            = delete;
  Random& operator=(const Random&) = delete;
  Random(Random&&)                 = delete;
  Random& operator=(Random&&)      = delete;
  virtual ~Random()                = default;

  virtual void fill(std::span<std::uint8_t> octets) = 0;
};

/// Reproducible octets: HMAC-SHA-256 of a counter under the seed. For tests and `--seed`; never a
/// default.
class SeededRandom : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed);
  void fill(std::span<std::uint8_t> octets) override;

 private:
  Bytes seed_;
  std::uint64_t counter_ = 0;
  Bytes pool_;
};

/// No wait for an answer is longer.
inline constexpr Time kLongestInterval = 3'600 * kSecond;

/// When to repeat a message and when to give up (RFC 2408 section 5.1: intervals must grow).
struct Retransmission {
  Time first     = 2 * kSecond;  ///< after the first sending
  double factor  = 1.8;          ///< each interval is longer by it
  unsigned tries = 4;            ///< sendings in all

  /// Interval after sending number `sent` (from 1).
  [[nodiscard]] Time interval(unsigned sent) const;
};

/// Algorithms of a phase 1.
struct Phase1Algorithms {
  crypto::Cipher cipher     = crypto::Cipher::kAes128Cbc;
  crypto::Hash hash         = crypto::Hash::kSha256;
  crypto::Group group       = crypto::Group::kModp2048;
  std::uint16_t auth_method = crypto::kAuthPsk;

  /// "aes128-sha256-modp2048" with a pre-shared key, else "aes128-sha256-modp2048-rsa-sig": as
  /// `--set cipher=` and the proposals of a policy take it.
  [[nodiscard]] std::string text() const;

  bool operator==(const Phase1Algorithms&) const = default;
};

}  // namespace gdoi::engine
