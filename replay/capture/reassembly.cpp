#include "capture/reassembly.h"

#include <algorithm>
#include <iterator>

namespace gdoi::capture {
namespace {

/// RFC 8200 4.5; within what RFC 1122 3.3.2 asks for IPv4. Without it a fragment that lost its
/// others would wait for the next packet with the same identification.
constexpr std::int64_t kTimeoutNs = 60'000'000'000;

/// Both length fields have 16 bits.
constexpr std::size_t kMaxPayload = 65535;

/// What a packet and a piece cost beside their octets, so that a flood of small fragments is
/// bounded too.
constexpr std::size_t kPartialCost = 256;
constexpr std::size_t kPieceCost   = 96;

/// Fragments that a receiver throws away by themselves: nothing in them, not a multiple of 8 octets
/// although more follow (RFC 8200 4.5, RFC 791 3.2), or not captured whole.
bool is_useless(const IpPacket& fragment) {
  return fragment.payload.empty() || fragment.payload.size() < fragment.claimed ||
         (fragment.more_fragments && fragment.payload.size() % 8 != 0);
}

}  // namespace

Reassembler::Key Reassembler::key_of(const IpPacket& fragment) {
  Key key;
  key.family         = fragment.family;
  key.protocol       = fragment.family == 4 ? fragment.protocol : std::uint8_t{0};
  key.identification = fragment.identification;
  std::ranges::copy(fragment.source, key.source.begin());
  std::ranges::copy(fragment.destination, key.destination.begin());
  return key;
}

Reassembler::Partials::iterator Reassembler::find_or_start(const Key& key, std::int64_t time_ns) {
  auto found = partials_.find(key);
  if (found != partials_.end() && time_ns - kTimeoutNs > found->second.first_seen_ns) {
    ++incomplete_;
    remove(found);
    found = partials_.end();
  }
  if (found == partials_.end()) {
    found = partials_.try_emplace(key).first;
    oldest_first_.push_back(key);
    found->second.age           = std::prev(oldest_first_.end());
    found->second.first_seen_ns = time_ns;
    hold(found->second, kPartialCost);
  }
  return found;
}

std::optional<Reassembler::Whole> Reassembler::add(const IpPacket& fragment, std::int64_t time_ns) {
  const auto found = find_or_start(key_of(fragment), time_ns);
  auto& partial    = found->second;
  if (!partial.spoiled && !is_useless(fragment)) {
    take(partial, fragment);
  }
  if (partial.spoiled || !partial.total || partial.received != *partial.total) {
    make_room();
    return std::nullopt;
  }
  whole_.clear();
  for (const auto& [offset, octets] : partial.pieces) {
    append(whole_, octets);
  }
  const Whole whole{partial.protocol, whole_};
  remove(found);
  return whole;
}

void Reassembler::take(Partial& partial, const IpPacket& fragment) {
  const std::size_t begin = fragment.fragment_offset;
  const std::size_t end   = begin + fragment.payload.size();
  const auto next         = partial.pieces.lower_bound(begin);
  if (next != partial.pieces.end() && next->first == begin &&
      equal(next->second, fragment.payload)) {
    return;
  }
  const bool over_next     = next != partial.pieces.end() && next->first < end;
  const bool over_previous = next != partial.pieces.begin() &&
                             std::prev(next)->first + std::prev(next)->second.size() > begin;
  const bool past_total  = partial.total && (end > *partial.total ||
                                            (!fragment.more_fragments && end != *partial.total));
  const bool beyond_last = !fragment.more_fragments && next != partial.pieces.end();
  if (over_next || over_previous || past_total || beyond_last || end > kMaxPayload) {
    spoil(partial);
    return;
  }
  partial.pieces.emplace_hint(next, begin, to_bytes(fragment.payload));
  partial.received += fragment.payload.size();
  hold(partial, fragment.payload.size() + kPieceCost);
  if (begin == 0) {
    partial.protocol = fragment.protocol;
  }
  if (!fragment.more_fragments) {
    partial.total = end;
  }
}

void Reassembler::finish() {
  incomplete_ += partials_.size();
  partials_.clear();
  oldest_first_.clear();
  held_ = 0;
}

/// The entry stays, so that the packet's later fragments do not start afresh.
void Reassembler::spoil(Partial& partial) {
  partial.spoiled = true;
  partial.pieces.clear();
  held_ -= partial.held - kPartialCost;
  partial.held = kPartialCost;
}

void Reassembler::hold(Partial& partial, std::size_t octets) {
  partial.held += octets;
  held_ += octets;
}

void Reassembler::remove(Partials::iterator partial) {
  held_ -= partial->second.held;
  oldest_first_.erase(partial->second.age);
  partials_.erase(partial);
}

void Reassembler::make_room() {
  while (held_ > max_octets_ && !oldest_first_.empty()) {
    ++incomplete_;
    remove(partials_.find(oldest_first_.front()));
  }
}

}  // namespace gdoi::capture
