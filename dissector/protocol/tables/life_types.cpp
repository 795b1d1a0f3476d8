#include "protocol/tables/life_types.h"

#include "protocol/tables/registry.h"

namespace gdoi::tables {

std::optional<std::uint64_t> life_type_of(const wire::Tree& tree, wire::NodeId duration) {
  const auto of     = tree.node(duration).row;
  const auto wanted = of == row("ike.attr.life_duration")     ? row("ike.attr.life_type")
                      : of == row("ipsec.attr.life_duration") ? row("ipsec.attr.life_type")
                                                              : wire::kNoRow;
  if (wanted == wire::kNoRow) {
    return std::nullopt;
  }
  // The attribute is around the value, and what has the attributes is around that.
  int around = 0;
  for (auto before = duration; before-- > 0;) {
    around += tree.node(before).end > duration ? 1 : 0;
    if (around == 2) {
      break;
    }
    if (tree.node(before).row == wanted) {
      return tree.number(before);
    }
  }
  return std::nullopt;
}

}  // namespace gdoi::tables
