#pragma once

#include "engine/types.h"
#include "protocol/base/secret.h"
#include "protocol/registration/registration.h"
#include "protocol/wire/document.h"

#include <optional>
#include <string>
#include <vector>

/// From a capture to what is to be sent. Naming law: *captured* and *live*, always this pair.
namespace gdoi::plan {

/// A message to send: a captured one as values, or one composed from what the user said.
struct Template {
  wire::Document document;           ///< plaintext as second root where it is encrypted
  std::uint64_t captured_frame = 0;  ///< 0: composed
};

/// What the captured messages had where the live ones have something else.
struct Captured {
  keys::Cookie initiator{};
  keys::Cookie responder{};
  std::optional<std::uint32_t> message_id;
  exchange::Endpoint gm;
  exchange::Endpoint ks;
  registration::Outcome outcome = registration::Outcome::kIncomplete;
  registration::How how         = registration::How::kNone;
  std::string step;
};

/// One registration, ready to be replayed.
struct Plan {
  std::uint32_t number = 0;  ///< of the captured registration; 0: synthetic
  Captured captured;
  Template mm1;    ///< HDR, SA, [VID ...]
  Template mm3;    ///< HDR, KE, Ni, ...
  Template mm5;    ///< HDR*, IDii, HASH_I, ...
  Template pull1;  ///< HDR*, HASH(1), Ni, ID
  Template pull3;  ///< HDR*, HASH(3) [, GAP]
  Secret psk;
  std::vector<std::string> altered;  ///< what the user changed, for the report
};

}  // namespace gdoi::plan
