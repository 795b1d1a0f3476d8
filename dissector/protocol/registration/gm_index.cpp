#include "protocol/registration/gm_index.h"

#include <algorithm>

namespace gdoi::registration {

std::size_t GmIndex::Hash::operator()(const std::array<std::uint8_t, 16>& address) const noexcept {
  constexpr std::uint64_t kMix = 0x9e3779b97f4a7c15;  // the 64-bit golden ratio
  const ByteView octets        = address;
  return std::hash<std::uint64_t>{}(to_uint(octets.first(8)) * kMix ^ to_uint(octets.subspan(8)));
}

void GmIndex::update(const Ledger& all) {
  for (; known_ < all.size(); ++known_) {
    numbers_[all[known_].gm.address].push_back(static_cast<std::uint32_t>(known_ + 1));
  }
}

Before GmIndex::before(const Ledger& all, const Registration& one) const {
  History history;
  const auto found = numbers_.find(one.gm.address);
  if (found == numbers_.end()) {
    return history.before(one);
  }
  const auto end  = std::ranges::lower_bound(found->second, one.number);
  const auto back = std::min<std::ptrdiff_t>(end - found->second.begin(), kMaxLookedBack);
  std::for_each(end - back, end, [&](std::uint32_t number) { history.add(all[number - 1]); });
  return history.before(one);
}

std::uint32_t GmIndex::last_before(const Registration& one) const {
  const auto found = numbers_.find(one.gm.address);
  if (found == numbers_.end()) {
    return 0;
  }
  const auto end = std::ranges::lower_bound(found->second, one.number);
  return end == found->second.begin() ? 0 : *std::prev(end);
}

void GmIndex::clear() {
  numbers_.clear();
  known_ = 0;
}

}  // namespace gdoi::registration
