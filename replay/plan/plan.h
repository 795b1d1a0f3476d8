#pragma once

#include "engine/credentials.h"
#include "plan/changes.h"
#include "protocol/base/secret.h"
#include "protocol/exchange/script.h"
#include "protocol/registration/registration.h"
#include "protocol/wire/document.h"

#include <memory>
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
  exchange::Exchange mode = exchange::Exchange::kMain;  ///< or aggressive
  std::vector<Template>
      phase1;      ///< the GM's messages: 1, 3 and 5 of main mode, 1 and 3 of the other
  Template pull1;  ///< HDR*, HASH(1), Ni, ID
  Template pull3;  ///< HDR*, HASH(3) [, GAP]
  std::uint16_t auth_method = crypto::kAuthPsk;  ///< that the last phase-1 message is made for
  Secret psk;                                    ///< empty with signatures
  std::shared_ptr<const engine::Credentials> credentials;  ///< none with a pre-shared key
  std::vector<std::string> altered;  ///< what is otherwise than captured from the start
  std::vector<Change> changes{};     ///< made in the messages when they are sent

  /// The GM's message with this number in the script of the phase 1 (exchange/script.h).
  [[nodiscard]] const Template& phase1_message(std::uint8_t of) const {
    return phase1.at((of - 1U) / 2U);
  }
};

}  // namespace gdoi::plan
