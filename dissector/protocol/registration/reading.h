#pragma once

#include "protocol/registration/session.h"

/// What single messages add to a phase 1 and its PULLs.
namespace gdoi::registration {

/// Whether the payloads of a message can be read: it was in clear or is decrypted.
[[nodiscard]] bool is_readable(const exchange::FrameRecord& record);

/// Offer, choice and vendor IDs.
void read_phase1(Session& session, const exchange::FrameRecord& record, const wire::Tree& tree,
                 const getvpn::VersionRules& rules);

/// Group, lifetimes and what was downloaded.
void read_pull(Pull& pull, const exchange::FrameRecord& record, const wire::Tree& tree);

}  // namespace gdoi::registration
