#include "protocol/exchange/history.h"

#include <algorithm>
#include <bit>
#include <cstring>

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

// Two lanes of eight octets at a time; each step is a bijection of its lane, so that a difference
// in one place never vanishes in the next.
void mix(Fingerprint& print, ByteView octets) {
  std::size_t at     = 0;
  std::uint64_t word = 0;
  while (at < octets.size()) {
    const auto size = std::min(sizeof(word), octets.size() - at);
    word            = 0;
    std::memcpy(&word, octets.data() + at, size);
    print.first  = std::rotl((print.first ^ word) * kFirstFactor, 29);
    print.second = std::rotl((print.second + word) * kSecondFactor, 31);
    at += size;
  }
  print.first ^= octets.size();
  print.second += octets.size();
}

Fingerprint finished(const Fingerprint& print) {
  return {finish(print.first), finish(print.second ^ std::rotl(print.first, 17))};
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
  if (to_one) {
    mix(print, packet.destination.address);
  }
  mix(print, packet.payload);
  return finished(print);
}

Seen* History::find(const Fingerprint& print) {
  const auto found = std::ranges::find(seen_, print, &Seen::print);
  return found == seen_.end() ? nullptr : &*found;
}

Seen& History::add(const Fingerprint& print, const FrameRecord& record, ByteView ciphertext) {
  if (seen_.size() >= limit_) {
    seen_.erase(seen_.begin());
  }
  auto& seen      = seen_.emplace_back();
  seen.print      = print;
  seen.record     = record;
  const auto tail = ciphertext.last(std::min(ciphertext.size(), seen.tail.size()));
  std::copy(tail.begin(), tail.end(), seen.tail.begin());
  seen.tail_size = static_cast<std::uint8_t>(tail.size());
  return seen;
}

void keep_pending(std::vector<Pending>& list, std::size_t limit, const Packet& packet,
                  const FrameRecord& record) {
  if (limit == 0) {
    return;
  }
  if (list.size() >= limit) {
    list.erase(list.begin());
  }
  auto& pending          = list.emplace_back(Pending{packet, to_bytes(packet.payload), record});
  pending.packet.payload = pending.octets;
}

}  // namespace gdoi::exchange
