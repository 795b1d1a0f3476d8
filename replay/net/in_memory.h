#pragma once

#include "engine/initiator.h"
#include "keyserver/keyserver.h"

#include <vector>

namespace gdoi::net {

/// A datagram as it was sent.
struct Carried {
  engine::Time time = 0;
  engine::Outgoing message;
};

/// Lets a GM register with a KS in this process: a path that loses nothing, a clock that jumps to
/// whatever comes next, so that waiting takes no time. Starts the GM at `start` and returns all
/// that was sent, in order, once the GM is done and nothing is under way.
[[nodiscard]] std::vector<Carried> run_in_memory(engine::Initiator& gm,
                                                 const exchange::Endpoint& gm_at,
                                                 keyserver::KeyServer& ks,
                                                 const exchange::Endpoint& ks_at,
                                                 engine::Time start);

}  // namespace gdoi::net
