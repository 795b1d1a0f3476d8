#pragma once

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gdoi::keys {

/// TEK protocols (RFC 6407 section 5.5, RFC 8052 section 2.2) as the key log writes them.
inline constexpr std::uint8_t kTekEsp      = 1;
inline constexpr std::uint8_t kTekAh       = 2;
inline constexpr std::uint8_t kTekIec61850 = 3;

/// esp, ah, iec61850; empty for another number.
[[nodiscard]] std::string_view protocol_name(std::uint8_t protocol);
[[nodiscard]] std::optional<std::uint8_t> protocol_named(std::string_view name);

/// Name of a transform (IANA "IPSEC ESP/AH Transform Identifiers", RFC 8052 section 2.2.3), or its
/// decimal number where it has none here.
[[nodiscard]] std::string transform_name(std::uint8_t protocol, std::uint16_t transform);
/// The reverse; decimal numbers up to 65535 are understood too.
[[nodiscard]] std::optional<std::uint16_t> transform_named(std::uint8_t protocol,
                                                           std::string_view name);

inline constexpr std::size_t kMaxTekKeySize = 256;

/// A TEK's key. Sizes are checked where they do not depend on a policy (DES, 3DES and AES in CBC);
/// elsewhere, where a salt may follow, only a limit holds. Errors are sentences about `field`.
[[nodiscard]] Result<Bytes> tek_key(std::uint8_t protocol, std::uint16_t transform,
                                    std::string_view field, std::string_view digits);

}  // namespace gdoi::keys
