#pragma once

#include "cli/run_report.h"
#include "plan/settings.h"

#include <nlohmann/json.hpp>

namespace gdoi::cli {

/// As `--json` has it; null: it was not asked for.
[[nodiscard]] inline nlohmann::ordered_json minimised_json(const Replayed* one) {
  if (one == nullptr || !one->minimised) {
    return {};
  }
  return {
      {"runs",     one->minimised->runs                           },
      {"complete", one->minimised->complete                       },
      {"settings", plan::without_secrets(one->minimised->settings)},
      {"changes",  one->minimised->changes                        },
      {"left_out", one->minimised->left_out                       }
  };
}

}  // namespace gdoi::cli
