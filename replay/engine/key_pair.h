#pragma once

#include "engine/types.h"
#include "protocol/crypto/diffie_hellman.h"

namespace gdoi::engine {

/// An ephemeral key pair whose private value comes from `random`, so that a seed repeats it. MODP
/// private values are as long as RFC 3526 section 8 asks for the group's strength, ECP ones are
/// uniform below the order.
[[nodiscard]] Result<crypto::DhKeyPair> make_key_pair(crypto::Group group, Random& random);

/// A cookie that is not zero (RFC 2408 section 2.5.3: zero stands for "not known yet").
[[nodiscard]] keys::Cookie make_cookie(Random& random);

/// A message ID that is not zero (RFC 2408 section 3.1: zero is phase 1).
[[nodiscard]] std::uint32_t make_message_id(Random& random);

}  // namespace gdoi::engine
