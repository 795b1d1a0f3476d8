#include "engine/verdict.h"

#include <array>

namespace gdoi::engine {

std::string_view name_of(Ending ending) {
  constexpr std::array<std::string_view, kEndings.size()> kNames{
      "accepted", "refused", "diverged", "invalid", "aborted", "withstood", "fooled"};
  return kNames.at(static_cast<std::size_t>(ending));
}

}  // namespace gdoi::engine
