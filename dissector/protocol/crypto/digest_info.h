#pragma once

#include "protocol/base/bytes.h"
#include "protocol/crypto/algorithms.h"

namespace gdoi::crypto {

/// DER of DigestInfo up to the digest (RFC 8017 section 9.2, note 1).
[[nodiscard]] ByteView digest_info_prefix(Hash hash);

}  // namespace gdoi::crypto
