#pragma once

#include "protocol/registration/judge.h"

/// What may have ended an exchange: NOTIFY, DELETE, or an Informational that cannot be read.
namespace gdoi::registration {

/// Whether what a message says may be believed: it can be read, and no HASH proves it forged.
[[nodiscard]] bool is_credible(const exchange::FrameRecord& record);

/// Notes an ending for the exchange that is open under the session; `how` and `notify_type` of
/// `ending` are set. What the GM sends ends nothing by the KS's will and is kept apart.
void note_ending(Session& session, const exchange::Packet& packet,
                 const exchange::FrameRecord& record, Ending ending);

/// Whether this message of the KS is an error NOTIFY instead of the next message of its exchange.
[[nodiscard]] bool is_refusal(const exchange::FrameRecord& record, const wire::Tree& tree);

/// An Informational that was taken for an ending unread became readable.
void revise_ending(Conversation& conversation, const exchange::LateMessage& message);

}  // namespace gdoi::registration
