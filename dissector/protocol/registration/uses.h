#pragma once

#include "protocol/registration/signs.h"
#include "protocol/wire/tree.h"

namespace gdoi::registration {

/// Features that the policy in a message's SA uses, each once: long lifetimes (KEK or TEK), Suite B
/// algorithms, IPv6 selectors, acknowledged PUSHes (RFC 8263).
[[nodiscard]] std::vector<Use> uses_of(const wire::Tree& tree, std::uint64_t frame);

}  // namespace gdoi::registration
