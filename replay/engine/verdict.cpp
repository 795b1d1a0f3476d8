#include "engine/verdict.h"

#include <array>

namespace gdoi::engine {

std::string_view name_of(Ending ending) {
  constexpr std::array<std::string_view, 5> kNames{"accepted", "refused", "diverged", "invalid",
                                                   "aborted"};
  return kNames.at(static_cast<std::size_t>(ending));
}

}  // namespace gdoi::engine
