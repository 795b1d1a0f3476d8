#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace gdoi::exchange {

enum class Exchange : std::uint8_t {
  kUnknown,
  kKeepalive,      ///< NAT keepalive, one octet
  kMain,           ///< RFC 2409 section 5, identity protection
  kAggressive,     ///< RFC 2409 section 5
  kInformational,  ///< RFC 2409 section 5.7
  kPull,           ///< RFC 6407 section 3
  kPush,           ///< RFC 6407 section 4
  kPushAck,        ///< RFC 8263
  kQuick,          ///< exchange 32 under a phase 1 with DOI 1
  kIkev2,          ///< not followed
  kFragment,       ///< a piece of a message (exchange/fragments.h)
  kOther
};

/// In GDOI the GM initiates phase 1 and PULL, the KS sends PUSHes.
enum class Sender : std::uint8_t { kUnknown, kGm, kKs };

/// How the authenticating hash or signature of a message is computed.
enum class HashRule : std::uint8_t {
  kNone,
  kHashI,  ///< HASH_I or SIG_I over it
  kHashR,
  kHash1,
  kHash2,
  kHash3,
  kHash4,
  kInformational,
  kPushSignature,
  kPushAck
};

/// One message of an exchange. The follower, the replay engine and the reference KS read the same
/// table.
struct Step {
  Exchange exchange;
  std::uint8_t number;  ///< from 1
  Sender sender;        ///< kUnknown: either side
  bool encrypted;       ///< aggressive mode message 3 may also come in clear (RFC 2409 section 5)
  HashRule hash;
  std::string_view name;                   ///< "PULL message 1"
  std::string_view short_name;             ///< "pull1", "mm5", "am2": as in `inspect --json`
  std::string_view notation;               ///< "HDR*, HASH(1), Ni, ID"
  std::span<const std::uint8_t> required;  ///< payload types
  std::span<const std::uint8_t> allowed;   ///< beyond the required ones
};

/// All steps of an exchange, in order: main and aggressive mode, PULL, PUSH, PUSH-ACK and the
/// Informational (one each); empty for the others.
[[nodiscard]] std::span<const Step> script(Exchange exchange);
/// The step, or nullptr.
[[nodiscard]] const Step* step_of(Exchange exchange, std::uint8_t number);
/// Its number in the ISAKMP header (RFC 2408 section 3.1, RFC 6407 sections 3 and 4.2, RFC 8263
/// section 3.1); 0: it has none.
[[nodiscard]] std::uint8_t type_of(Exchange exchange);
/// "Main mode", "GROUPKEY-PULL", ...
[[nodiscard]] std::string_view name_of(Exchange exchange);

}  // namespace gdoi::exchange
