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

constexpr std::uint8_t kUdp = 17;

/// Both ports, at the beginning of the UDP header (RFC 768).
constexpr std::size_t kPorts = 4;

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

Reassembler::Partials::iterator Reassembler::find_or_start(const Key& key, std::int64_t time_ns,
                                                           std::uint64_t frame) {
  auto found = partials_.find(key);
  if (found != partials_.end() && time_ns - kTimeoutNs > found->second.first_seen_ns) {
    give_up(found->first, found->second);
    remove(found);
    found = partials_.end();
  }
  if (found == partials_.end()) {
    found = partials_.try_emplace(key).first;
    oldest_first_.push_back(key);
    found->second.age           = std::prev(oldest_first_.end());
    found->second.first_seen_ns = time_ns;
    found->second.first_frame   = frame;
    hold(found->second, kPartialCost);
  }
  return found;
}

void Reassembler::give_up(const Key& key, const Partial& partial) {
  ++incomplete_;
  const auto first = partial.pieces.find(0);
  if (lost_.size() >= kMaxLost || first == partial.pieces.end() || partial.protocol != kUdp ||
      first->second.size() < kPorts) {
    return;
  }
  const ByteView octets = first->second;
  lost_.push_back({.frame            = partial.first_frame,
                   .time_ns          = partial.first_seen_ns,
                   .family           = key.family,
                   .source           = key.source,
                   .destination      = key.destination,
                   .source_port      = static_cast<std::uint16_t>(to_uint(octets.first(2))),
                   .destination_port = static_cast<std::uint16_t>(to_uint(octets.subspan(2, 2)))});
}

std::optional<Reassembler::Whole> Reassembler::add(const IpPacket& fragment, std::int64_t time_ns,
                                                   std::uint64_t frame) {
  const auto found = find_or_start(key_of(fragment), time_ns, frame);
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
  for (const auto& key : oldest_first_) {
    give_up(key, partials_.at(key));
  }
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
    const auto oldest = partials_.find(oldest_first_.front());
    give_up(oldest->first, oldest->second);
    remove(oldest);
  }
}

}  // namespace gdoi::capture
