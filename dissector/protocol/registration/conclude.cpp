#include "protocol/registration/conclude.h"

#include "protocol/registration/diagnose.h"

#include <utility>

namespace gdoi::registration {

void conclude(Ledger& all, const std::unordered_set<std::uint32_t>& gone, const Context& context,
              GroupBook* groups) {
  all.drop(gone);
  History history;
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto one          = all[i];
    const auto before = history.before(one);
    one.attempt       = before.attempts + 1;
    diagnose(one, context, before);
    history.add(one);
    if (groups != nullptr) {
      groups->add(one);
    }
    all.set(i, std::move(one));
  }
}

}  // namespace gdoi::registration
