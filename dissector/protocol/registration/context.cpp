#include "protocol/registration/context.h"

#include "protocol/registration/contents.h"
#include "protocol/registration/policy.h"

#include <algorithm>

namespace gdoi::registration {

namespace {

using exchange::Exchange;
using exchange::Sender;

constexpr std::int64_t kSlotNs      = 100'000'000;  // of one kept moment
constexpr std::uint8_t kLastButOne  = 5;            // main mode message that proves the GM
constexpr std::uint8_t kAggressive3 = 3;

std::string address_key(const exchange::Endpoint& endpoint) {
  return {endpoint.address.begin(), endpoint.address.end()};
}

/// From a KS to a multicast address; empty for any other.
std::string path_of(const exchange::Endpoint& ks, const exchange::Endpoint& to) {
  return is_multicast(to) ? address_key(ks) + address_key(to) : std::string{};
}

std::string series_of(const Registration& one) {
  auto key = address_key(one.gm);
  key += static_cast<char>(one.gm.family);
  if (one.group) {
    key += key_of(*one.group);
  }
  return key;
}

std::uint64_t shortest(const Lifetimes& lifetimes) {
  auto least = lifetimes.kek.value_or(0);
  for (const auto tek : lifetimes.teks) {
    least = least == 0 ? tek : std::min(least, tek);
  }
  return least;
}

bool completes(const exchange::FrameRecord& record) {
  return record.exchange == Exchange::kPull ||
         (record.exchange == Exchange::kMain && record.number >= kLastButOne) ||
         (record.exchange == Exchange::kAggressive && record.number >= kAggressive3);
}

bool opens(const exchange::FrameRecord& record) {
  return (record.exchange == Exchange::kMain || record.exchange == Exchange::kAggressive) &&
         record.number == 2 && record.retransmission_of == 0;
}

}  // namespace

std::string key_of(const Group& group) {
  std::string key(1, static_cast<char>(group.id_type));
  key.append(group.octets.begin(), group.octets.end());
  return key;
}

bool same_address(const exchange::Endpoint& one, const exchange::Endpoint& other) {
  return one.family == other.family && one.address == other.address;
}

bool is_multicast(const exchange::Endpoint& endpoint) {
  constexpr std::uint8_t kClassD = 0xe0;
  return endpoint.family == 6 ? endpoint.address[0] == 0xff
                              : (endpoint.address[0] & 0xf0U) == kClassD;
}

bool is_proof(const exchange::FrameRecord& record, const wire::Tree& tree) {
  return record.crypt == exchange::Crypt::kDecrypted &&
         record.signature != exchange::Verdict::kBad && tree.plaintext_root().has_value();
}

Before History::before(const Registration& one) const {
  const auto found = series_.find(series_of(one));
  return found != series_.end() ? found->second : Before{};
}

void History::add(const Registration& one) {
  auto& series = series_[series_of(one)];
  if (one.outcome != Outcome::kRegistered) {
    series.first_attempt_ns = series.attempts == 0 ? one.started_ns : series.first_attempt_ns;
    ++series.attempts;
    series.step       = one.step;
    series.step_frame = one.signs.frame;
    return;
  }
  series = {.served       = true,
            .served_frame = one.signs.frame,
            .served_ns    = one.ended_ns,
            .lifetime     = shortest(one.lifetimes),
            .rekey        = one.rekey};
}

void Context::on_message(const exchange::Packet& packet, const exchange::FrameRecord& record) {
  if (record.sender == Sender::kKs) {
    auto* ks = server(packet.source);
    if (ks == nullptr) {
      return;
    }
    add(record.exchange == Exchange::kPush ? ks->pushes : ks->sent, packet);
    if (opens(record) && ks->open.size() < kMaxHalfOpen && ks->open.insert(record.phase1).second) {
      ks->opened.emplace_back(packet.time_ns, record.phase1);
    }
  }
  if (completes(record)) {
    if (auto* ks = server(record.sender == Sender::kKs ? packet.source : packet.destination)) {
      ks->open.erase(record.phase1);
    }
  }
}

void Context::on_push(const exchange::Packet& packet, const exchange::FrameRecord& record,
                      const wire::Tree& tree) {
  const bool proof  = is_proof(record, tree);
  const bool unread = record.crypt != exchange::Crypt::kDecrypted && !rekeys_.empty();
  if (record.retransmission_of != 0 || !(proof || unread)) {
    return;
  }
  const auto spi = rekey_spi_of(tree);
  if (spi && proof) {
    rekeys_.on_push(*spi, sequence_of(tree), kek_spi_of(tree),
                    path_of(packet.source, packet.destination), record.frame);
  } else if (spi && unread) {
    rekeys_.on_unread(*spi);
  }
}

void Context::on_policy(const exchange::Endpoint& ks, const Group& group, std::uint64_t frame,
                        const wire::Tree& tree) {
  if (const auto spi = kek_spi_of(tree)) {
    const auto to = push_destination_of(tree);
    rekeys_.on_pull(*spi, address_key(ks) + key_of(group), to ? path_of(ks, *to) : std::string{},
                    frame);
  }
}

void Context::note(const Registration& one) {
  if (!one.group || (one.uses.empty() && one.outcome != Outcome::kRegistered)) {
    return;
  }
  auto* ks = server(one.ks);
  auto key = key_of(*one.group);
  if (ks == nullptr || (ks->groups.size() >= kMaxGroups && !ks->groups.contains(key))) {
    return;
  }
  auto& group = ks->groups[std::move(key)];
  for (const auto& use : one.uses) {
    const auto known = std::ranges::find(group.uses, use.feature, &Use::feature);
    if (known == group.uses.end()) {
      group.uses.push_back(use);
      group.shown_by.push_back(one.gm);
    } else if (use.frame < known->frame) {
      *known                                                               = use;
      group.shown_by[static_cast<std::size_t>(known - group.uses.begin())] = one.gm;
    }
  }
  if (one.outcome == Outcome::kRegistered) {
    note_served(group.served, {one.gm, one.gm_version.text(), one.signs.frame});
  }
}

// In the order of the capture, in whatever order registrations are looked at: live and at the end
// the same GM is named.
void Context::note_served(std::vector<Served>& all, Served one) {
  const auto known = std::ranges::find(all, one.gm, &Served::gm);
  if (known != all.end()) {
    if (known->frame <= one.frame) {
      return;
    }
    all.erase(known);
  }
  all.insert(std::ranges::upper_bound(all, one.frame, {}, &Served::frame), std::move(one));
  if (all.size() > kMaxServed) {
    all.pop_back();
  }
}

std::uint32_t Context::half_open(const exchange::Endpoint& ks, std::int64_t now_ns) {
  auto* at = server(ks);
  if (at == nullptr) {
    return 0;
  }
  while (!at->opened.empty() && (now_ns - at->opened.front().first > kHalfOpenNs ||
                                 !at->open.contains(at->opened.front().second))) {
    at->open.erase(at->opened.front().second);
    at->opened.pop_front();
  }
  return static_cast<std::uint32_t>(at->open.size());
}

const Context::GroupSeen* Context::group(const exchange::Endpoint& ks, const Group& group) const {
  const auto* at = find(ks);
  if (at == nullptr) {
    return nullptr;
  }
  const auto found = at->groups.find(key_of(group));
  return found != at->groups.end() ? &found->second : nullptr;
}

const Context::Served* Context::other_group(const Registration& one) const {
  const auto* at = find(one.ks);
  if (at == nullptr || !one.group) {
    return nullptr;
  }
  const auto own          = key_of(*one.group);
  const Served* first     = nullptr;
  const Served* same      = nullptr;
  const auto take_earlier = [](const Served*& known, const Served& each) {
    known = known == nullptr || each.frame < known->frame ? &each : known;
  };
  for (const auto& [key, seen] : at->groups) {
    if (key == own || seen.served.empty()) {
      continue;
    }
    take_earlier(first, seen.served.front());
    const auto of_gm = std::ranges::find(seen.served, one.gm.address,
                                         [](const Served& each) { return each.gm.address; });
    if (of_gm != seen.served.end()) {
      take_earlier(same, *of_gm);
    }
  }
  return same != nullptr ? same : first;
}

std::optional<Context::Moment> Context::alive(const exchange::Endpoint& ks, std::int64_t from_ns,
                                              std::int64_t to_ns) const {
  const auto* at = find(ks);
  return at != nullptr ? first(at->sent, from_ns, to_ns) : std::nullopt;
}

std::optional<Context::Moment> Context::push_after(const exchange::Endpoint& ks,
                                                   std::int64_t from_ns, std::int64_t to_ns) const {
  const auto* at = find(ks);
  return at != nullptr ? first(at->pushes, from_ns, to_ns) : std::nullopt;
}

void Context::add(Moments& moments, const exchange::Packet& packet) {
  const auto slot = packet.time_ns / kSlotNs;
  if (!moments.empty() && moments.rbegin()->first == slot) {
    return;
  }
  moments.try_emplace(slot, Moment{packet.frame, packet.time_ns, packet.destination});
  if (moments.size() > kMaxMoments) {
    moments.erase(moments.begin());
  }
}

std::optional<Context::Moment> Context::first(const Moments& moments, std::int64_t from_ns,
                                              std::int64_t to_ns) {
  for (auto at = moments.lower_bound(from_ns / kSlotNs);
       at != moments.end() && at->second.ns <= to_ns; ++at) {
    if (at->second.ns > from_ns) {
      return at->second;
    }
  }
  return std::nullopt;
}

Context::Server* Context::server(const exchange::Endpoint& ks) {
  if (last_ == nullptr || last_address_ != ks.address) {
    const auto found = servers_.find(ks.address);
    if (found == servers_.end() && servers_.size() >= kMaxServers) {
      return nullptr;
    }
    last_         = found != servers_.end() ? &found->second : &servers_[ks.address];
    last_address_ = ks.address;
  }
  return last_;
}

const Context::Server* Context::find(const exchange::Endpoint& ks) const {
  const auto found = servers_.find(ks.address);
  return found != servers_.end() ? &found->second : nullptr;
}

}  // namespace gdoi::registration
