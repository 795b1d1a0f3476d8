#pragma once

// The readers behind convert_secrets(); not for others.

#include "protocol/keys/key_log.h"

#include <optional>
#include <string_view>

namespace gdoi::keys {

/// The comment that gives the log of gdoid the cookie that it lacks.
inline constexpr std::string_view kCookieComment = "# initiator cookie ";

[[nodiscard]] Result<KeyLog> convert_gdoid_log(std::string_view text, std::string_view name);
[[nodiscard]] Result<KeyLog> convert_gdoid_records(std::string_view text, std::string_view name);
[[nodiscard]] Result<KeyLog> convert_iec61850_dump(std::string_view text, std::string_view name);

/// The hash whose digest has that many octets.
[[nodiscard]] std::optional<crypto::Hash> hash_of_size(std::size_t octets);

/// The cipher with that many octets of key and of block; 0 where the block is not known. Nothing
/// where several have (24 octets of key alone).
[[nodiscard]] std::optional<crypto::Cipher> cipher_of_size(std::size_t key, std::size_t block);

/// A cookie of 16 hex digits.
[[nodiscard]] Result<Cookie> cookie_of(std::string_view digits);

}  // namespace gdoi::keys
