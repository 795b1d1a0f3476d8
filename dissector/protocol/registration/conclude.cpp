#include "protocol/registration/conclude.h"

#include "protocol/registration/diagnose.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace gdoi::registration {

namespace {

void arrange(Ledger& all, const std::unordered_set<std::uint32_t>& gone) {
  std::vector<std::pair<std::uint64_t, std::size_t>> places;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!gone.contains(all.id_at(i))) {
      places.emplace_back(all.first_frame_at(i), i);
    }
  }
  std::ranges::sort(places);
  std::vector<std::size_t> order(places.size());
  std::ranges::transform(places, order.begin(), [](const auto& each) { return each.second; });
  all.arrange(order);
}

}  // namespace

void conclude(Ledger& all, const std::unordered_set<std::uint32_t>& gone, const Context& context,
              GroupBook* groups) {
  arrange(all, gone);
  History history;
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto one          = all[i];
    const auto before = history.before(one);
    one.number        = static_cast<std::uint32_t>(i + 1);
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
