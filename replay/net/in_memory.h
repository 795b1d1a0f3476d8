#pragma once

#include "keyserver/keyserver.h"
#include "net/crew.h"

#include <functional>

namespace gdoi::net {

/// Lets a crew register with a KS in this process: a path that loses nothing, a clock that jumps to
/// whatever comes next, so that waiting takes no time. The first GM stands at `gm_at`, the others
/// on other ports of it. Begins at `now` and moves it to when the last datagram has arrived. `stop`
/// is asked now and then.
[[nodiscard]] CrewEnd run_in_memory(Crew& crew, const Pace& pace, const exchange::Endpoint& gm_at,
                                    keyserver::KeyServer& ks, const exchange::Endpoint& ks_at,
                                    engine::Time& now, const std::function<bool()>& stop);

}  // namespace gdoi::net
