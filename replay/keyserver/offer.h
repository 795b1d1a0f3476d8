#pragma once

#include "engine/types.h"
#include "protocol/exchange/message.h"

#include <optional>
#include <vector>

namespace gdoi::keyserver {

/// The transform that the KS takes of an initiator's SA.
struct Chosen {
  engine::Phase1Algorithms algorithms;
  Bytes sa_body;               ///< SA with that transform alone, as it was (RFC 2409 section 5)
  std::uint64_t lifetime = 0;  ///< seconds; 0: none was named
};

/// The first transform of an SA payload that is one of `accepted`. One with an attribute that the
/// KS does not know is none.
[[nodiscard]] std::optional<Chosen> choose(const exchange::MessageView& message,
                                           const exchange::PayloadView& sa,
                                           const std::vector<engine::Phase1Algorithms>& accepted);

/// The SA that the KS itself would offer with a suite, as if it had been chosen.
[[nodiscard]] std::optional<Chosen> offer_of(const engine::Phase1Algorithms& suite);

}  // namespace gdoi::keyserver
