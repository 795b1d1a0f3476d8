#include "protocol/exchange/phase1.h"

#include <algorithm>
#include <functional>
#include <ranges>

namespace gdoi::exchange {
namespace {

// Phase 1s of one initiator cookie: replays of a capture in a capture.
constexpr std::size_t kMostOfOneCookie = 16;

bool same_address(const Endpoint& a, const Endpoint& b) {
  return a.family == b.family && a.address == b.address;
}

}  // namespace

bool Phase1Keys::proved() const {
  return std::ranges::any_of(ciphers, &CipherKey::proved);
}

Conversation* Phase1::find(std::uint32_t message_id) {
  const auto found =
      std::find_if(conversations.rbegin(), conversations.rend(),
                   [&](const Conversation& one) { return one.message_id == message_id; });
  return found == conversations.rend() ? nullptr : &*found;
}

const Conversation* Phase1::find(std::uint32_t message_id) const {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): the same search, nothing is changed
  return const_cast<Phase1*>(this)->find(message_id);
}

void Phase1::note_frame(const FrameRecord& record) {
  if (record.sender == Sender::kGm) {
    last_gm_frame = record.frame;
  } else if (record.sender == Sender::kKs) {
    last_ks_frame = record.frame;
  }
}

// Ports may change in mid-exchange (RFC 3947 section 4), so they count only where GM and KS have
// one address.
Sender Phase1::sender_of(const Packet& packet) const {
  if (!gm || !ks) {
    return Sender::kUnknown;
  }
  if (same_address(*gm, *ks)) {
    if (packet.source.port != packet.destination.port) {
      return packet.source.port == gm->port || packet.destination.port == ks->port ? Sender::kGm
                                                                                   : Sender::kKs;
    }
    return Sender::kUnknown;
  }
  if (same_address(packet.source, *gm) || same_address(packet.destination, *ks)) {
    return Sender::kGm;
  }
  if (same_address(packet.source, *ks) || same_address(packet.destination, *gm)) {
    return Sender::kKs;
  }
  return Sender::kUnknown;
}

void Phase1::set_roles(const Packet& packet, Sender sender, bool sure) {
  if (sender == Sender::kUnknown || (roles_sure && !sure)) {
    return;
  }
  gm         = sender == Sender::kGm ? packet.source : packet.destination;
  ks         = sender == Sender::kGm ? packet.destination : packet.source;
  roles_sure = sure;
}

Bytes Phase1::padded(ByteView public_value) const {
  const auto size = negotiated.group ? crypto::public_value_size(*negotiated.group) : 0;
  Bytes value(std::max(size, public_value.size()) - public_value.size(), 0);
  append(value, public_value);
  return value;
}

std::size_t Phase1Table::CookieHash::operator()(std::uint64_t cookie) const noexcept {
  constexpr std::uint64_t kMix = 0x9e3779b97f4a7c15;  // the 64-bit golden ratio
  return std::hash<std::uint64_t>{}(cookie * kMix);
}

std::vector<Phase1*> Phase1Table::with(const keys::Cookie& initiator) {
  std::vector<Phase1*> all;
  if (const auto found = by_cookie_.find(to_uint(initiator)); found != by_cookie_.end()) {
    for (const auto& place : std::views::reverse(found->second)) {
      all.push_back(&*place);
    }
  }
  return all;
}

Phase1& Phase1Table::add(const keys::Cookie& initiator) {
  if (order_.size() >= limit_) {
    remove(order_.begin());
  }
  if (const auto found = by_cookie_.find(to_uint(initiator));
      found != by_cookie_.end() && found->second.size() >= kMostOfOneCookie) {
    remove(found->second.front());
  }
  auto& phase1     = order_.emplace_back();
  phase1.number    = next_++;
  phase1.initiator = initiator;
  by_cookie_[to_uint(initiator)].push_back(std::prev(order_.end()));
  return phase1;
}

void Phase1Table::touch(const Phase1& phase1) {
  for (const auto place : by_cookie_[to_uint(phase1.initiator)]) {
    if (&*place == &phase1) {
      order_.splice(order_.end(), order_, place);
      return;
    }
  }
}

void Phase1Table::remove(Place place) {
  const auto family = by_cookie_.find(to_uint(place->initiator));
  std::erase(family->second, place);
  if (family->second.empty()) {
    by_cookie_.erase(family);
  }
  order_.erase(place);
}

void Phase1Table::forget_keys() {
  for (auto& phase1 : order_) {
    phase1.keys = {};
  }
}

}  // namespace gdoi::exchange
