#pragma once

#include <span>
#include <string>
#include <string_view>

namespace gdoi::cli {

/// The one of `known` that is nearly `word` (a third of its letters may be wrong, left out or too
/// many); empty where none is.
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> known);

}  // namespace gdoi::cli
