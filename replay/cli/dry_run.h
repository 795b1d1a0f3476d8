#pragma once

#include "plan/plan.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace gdoi::cli {

/// A message that would be sent.
struct PlannedMessage {
  std::string name;                                              ///< "main mode message 1"
  std::uint64_t captured_frame = 0;                              ///< 0: made anew
  std::string payloads;                                          ///< "SA, VID x4"
  bool as_captured = false;                                      ///< its very octets
  std::vector<std::pair<std::string, std::string>> addresses{};  ///< with values, where asked for
};

/// What a plan would send, in order.
[[nodiscard]] std::vector<PlannedMessage> planned_messages(const plan::Plan& plan,
                                                           bool addresses = false);

}  // namespace gdoi::cli
