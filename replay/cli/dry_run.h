#pragma once

#include "plan/plan.h"

#include <cstdint>
#include <string>
#include <vector>

namespace gdoi::cli {

/// A message that would be sent.
struct PlannedMessage {
  std::string name;                  ///< "main mode message 1"
  std::uint64_t captured_frame = 0;  ///< 0: made anew
  std::string payloads;              ///< "SA, VID x4"
};

/// What a plan would send, in order.
[[nodiscard]] std::vector<PlannedMessage> planned_messages(const plan::Plan& plan);

}  // namespace gdoi::cli
