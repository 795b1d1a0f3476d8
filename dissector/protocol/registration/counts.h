#pragma once

#include "protocol/registration/tracker.h"

namespace gdoi::registration {

/// Counts a message of the tracker. Verdicts count where the message could be read; those of
/// retransmissions do not count again.
void count_message(const exchange::FrameRecord& record, Counts& counts);

/// Corrects the counts by a message that became readable after it had been counted.
void count_late(const exchange::FrameRecord& record, Counts& counts);

}  // namespace gdoi::registration
