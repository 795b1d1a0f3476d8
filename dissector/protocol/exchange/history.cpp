#include "protocol/exchange/history.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace gdoi::exchange {
namespace {

// Odd constants of SplitMix64 and of the golden ratio.
constexpr std::uint64_t kFirstFactor  = 0xbf58476d1ce4e5b9;
constexpr std::uint64_t kSecondFactor = 0x94d049bb133111eb;
constexpr std::uint64_t kSeed         = 0x9e3779b97f4a7c15;

std::uint64_t finish(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * kFirstFactor;
  value = (value ^ (value >> 27U)) * kSecondFactor;
  return value ^ (value >> 31U);
}

using Words = std::array<std::uint64_t, 2>;

void step(Fingerprint& print, const Words& words) {
  print.first  = std::rotl((print.first ^ words[0]) * kFirstFactor, 29);
  print.second = std::rotl((print.second + words[1]) * kSecondFactor, 31);
}

// Two lanes, which take eight octets in turn; each step is a bijection of its lane, so that a
// difference in one place never vanishes in the next.
void mix(Fingerprint& print, ByteView octets) {
  Words words{};
  std::size_t at = 0;
  for (; at + sizeof(words) <= octets.size(); at += sizeof(words)) {
    std::memcpy(words.data(), octets.data() + at, sizeof(words));
    step(print, words);
  }
  if (at < octets.size()) {
    words = {};
    std::memcpy(words.data(), octets.data() + at, octets.size() - at);
    step(print, words);
  }
  print.first ^= octets.size();
  print.second += octets.size();
}

// Both halves depend on both lanes.
Fingerprint finished(const Fingerprint& print) {
  return {finish(print.first + std::rotl(print.second, 32)),
          finish(print.second ^ std::rotl(print.first, 17))};
}

}  // namespace

Fingerprint fingerprint(ByteView octets) {
  Fingerprint print{kSeed, ~kSeed};
  mix(print, octets);
  return finished(print);
}

Fingerprint fingerprint(const Packet& packet, bool to_one) {
  Fingerprint print{kSeed, ~kSeed};
  mix(print, packet.source.address);
  mix(print, packet.payload);
  const auto to_any = finished(print);
  return to_one ? exchange::to_one(to_any, packet) : to_any;
}

Fingerprint to_one(const Fingerprint& to_any, const Packet& packet) {
  auto print = to_any;
  mix(print, packet.destination.address);
  return finished(print);
}

Seen* History::find(const Fingerprint& print) {
  for (std::size_t i = 0; i < firsts_.size(); ++i) {
    if (firsts_[i] == print.first && seen_[i].print == print) {
      return &seen_[i];
    }
  }
  return nullptr;
}

std::size_t History::place() {
  if (seen_.size() < limit_) {
    seen_.emplace_back();
    firsts_.emplace_back();
  } else if (!in_order_) {
    return std::exchange(oldest_, (oldest_ + 1) % seen_.size());
  } else {
    std::ranges::rotate(seen_, seen_.begin() + 1);
    std::ranges::rotate(firsts_, firsts_.begin() + 1);
  }
  return seen_.size() - 1;
}

Seen& History::add(const Fingerprint& print, const FrameRecord& record, ByteView ciphertext) {
  const auto at   = place();
  auto& seen      = seen_[at];
  firsts_[at]     = print.first;
  seen.print      = print;
  seen.record     = record;
  const auto tail = ciphertext.last(std::min(ciphertext.size(), seen.tail.size()));
  std::copy(tail.begin(), tail.end(), seen.tail.begin());
  seen.tail_size = static_cast<std::uint8_t>(tail.size());
  return seen;
}

void keep_pending(std::vector<Pending>& list, std::size_t limit, const Packet& packet,
                  const FrameRecord& record) {
  if (limit == 0 || packet.is_cut()) {
    return;
  }
  if (list.size() >= limit) {
    list.erase(list.begin());
  }
  auto& pending          = list.emplace_back(Pending{packet, to_bytes(packet.payload), record});
  pending.packet.payload = pending.octets;
}

}  // namespace gdoi::exchange
