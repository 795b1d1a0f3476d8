#include "protocol/registration/session_table.h"

#include <functional>
#include <iterator>
#include <utility>

namespace gdoi::registration {

std::size_t SessionTable::AddressHash::operator()(
    const std::array<std::uint8_t, 16>& address) const noexcept {
  // The 64-bit golden ratio, so that the two halves do not cancel each other out.
  constexpr std::uint64_t kMix = 0x9e3779b97f4a7c15;
  const ByteView octets        = address;
  return std::hash<std::uint64_t>{}(to_uint(octets.first(8)) * kMix ^ to_uint(octets.subspan(8)));
}

Session* SessionTable::find(std::uint64_t key) {
  const auto found = by_key_.find(key);
  return found != by_key_.end() ? &*found->second : nullptr;
}

Session* SessionTable::find(const keys::Cookie& cookie) {
  const auto found = by_cookie_.find(to_uint(cookie));
  return found != by_cookie_.end() ? find(found->second) : nullptr;
}

Session* SessionTable::use(std::uint64_t key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) {
    return nullptr;
  }
  sessions_.splice(sessions_.end(), sessions_, found->second);
  return &sessions_.back();
}

void SessionTable::close_oldest() {
  const auto& session = sessions_.front();
  if (closed_.insert(session.key).second) {
    closed_order_.push_back(session.key);
    if (closed_order_.size() > kMaxClosedPhase1s) {
      closed_.erase(closed_order_.front());
      closed_order_.pop_front();
    }
  }
  if (const auto found = by_cookie_.find(to_uint(session.cookie));
      found != by_cookie_.end() && found->second == session.key) {
    by_cookie_.erase(found);
  }
  if (const auto found = newest_of_gm_.find(session.gm.address);
      found != newest_of_gm_.end() && found->second == session.key) {
    newest_of_gm_.erase(found);
  }
  by_key_.erase(session.key);
  sessions_.pop_front();
}

Session& SessionTable::open(std::uint64_t key, const keys::Cookie& cookie) {
  auto& session  = sessions_.emplace_back();
  session.key    = key;
  session.cookie = cookie;
  by_key_.emplace(key, std::prev(sessions_.end()));
  by_cookie_[to_uint(cookie)] = key;
  return session;
}

Session* SessionTable::succeed(const Session& session) {
  const auto [place, fresh] = newest_of_gm_.try_emplace(session.gm.address, session.key);
  if (fresh) {
    return nullptr;
  }
  return find(std::exchange(place->second, session.key));
}

void SessionTable::clear() {
  sessions_.clear();
  by_key_.clear();
  by_cookie_.clear();
  newest_of_gm_.clear();
  closed_.clear();
  closed_order_.clear();
}

}  // namespace gdoi::registration
