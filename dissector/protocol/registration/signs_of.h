#pragma once

#include "protocol/registration/judge.h"

namespace gdoi::registration {

/// What a PULL, or the phase 1 where `pull` is nullptr, shows beyond its outcome.
[[nodiscard]] Signs signs_of(const Session& session, const Pull* pull, const Judgement& judgement);

}  // namespace gdoi::registration
