#pragma once

#include "protocol/wire/tree.h"

namespace gdoi::tables {

/// Checks the rules that one message can be held to on its own, and reports what breaks them on the
/// tree. Call it once, after the plaintext (if any) was decoded: RFC 2407, 2408, 2409, 6407, 8052,
/// 8263. What depends on other messages (hashes, cookies, order) is the follower's.
void check(wire::Tree& tree);

}  // namespace gdoi::tables
