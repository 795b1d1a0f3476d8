#pragma once

#include "scenario/scenario.h"

#include <string>
#include <vector>

namespace gdoi::scenario {

/// Axes as reports show them: of a pre-shared key its place among the others, "psk 2". One is the
/// setting `psk`, or what `policy` (text of a policy file; empty: none) has for a key.
[[nodiscard]] std::vector<Axis> shown_axes(std::vector<Axis> axes, const std::string& policy);

}  // namespace gdoi::scenario
