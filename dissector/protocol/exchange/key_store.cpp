#include "protocol/exchange/key_store.h"

#include "protocol/exchange/history.h"

namespace gdoi::exchange {

std::uint32_t KeyStore::add(ByteView key) {
  const auto print         = fingerprint(key).first;
  const auto [first, last] = index_.equal_range(print);
  for (auto entry = first; entry != last; ++entry) {
    if (equal_constant_time(keys_[entry->second].view(), key)) {
      return entry->second;
    }
  }
  const auto place = static_cast<std::uint32_t>(keys_.size());
  keys_.emplace_back(key);
  index_.emplace(print, place);
  return place;
}

ByteView KeyStore::get(std::uint32_t index) const {
  return index < keys_.size() ? keys_[index].view() : ByteView{};
}

}  // namespace gdoi::exchange
