#pragma once

#include "protocol/registration/judge.h"

namespace gdoi::registration {

/// Writes reason and evidence: one sentence that says what was seen, in which frames, and on what
/// the judgement rests. Claims nothing that the capture does not show.
void explain(const Session& session, const Pull* pull, const Judgement& judgement,
             Registration& registration);

}  // namespace gdoi::registration
