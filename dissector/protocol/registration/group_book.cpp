#include "protocol/registration/group_book.h"

#include "protocol/registration/contents.h"
#include "protocol/registration/context.h"
#include "protocol/registration/reading.h"

#include <algorithm>

namespace gdoi::registration {

namespace {

bool has_address(const std::vector<exchange::Endpoint>& all, const exchange::Endpoint& one) {
  return std::ranges::any_of(all, [&](const auto& each) { return same_address(one, each); });
}

}  // namespace

void Recent::set(std::uint64_t number) {
  if (number >= end_) {
    const auto by = number + 1 - end_;
    bits_         = by >= kSize ? 0 : bits_ << by;
    end_          = number + 1;
  }
  if (const auto back = end_ - 1 - number; back < kSize) {
    bits_ |= std::uint64_t{1} << back;
  }
}

bool Recent::has(std::uint64_t number) const {
  return number < end_ && end_ - 1 - number < kSize && ((bits_ >> (end_ - 1 - number)) & 1U) != 0;
}

GroupBook::Entry* GroupBook::of(const std::string& key) {
  const auto found = entries_.find(key);
  return found != entries_.end() ? &found->second : nullptr;
}

GroupBook::Entry* GroupBook::entry(const std::optional<Group>& group,
                                   const exchange::Endpoint& ks) {
  const auto key = group_key(group, ks);
  auto* at       = of(key);
  if (at == nullptr) {
    if (entries_.size() >= kMaxGroups) {
      return nullptr;
    }
    at             = &entries_[key];
    at->view.group = group;
  }
  note_server(*at, ks);
  return at;
}

std::string GroupBook::group_key(const std::optional<Group>& group, const exchange::Endpoint& ks) {
  return group ? "g" + key_of(*group) : "k" + std::string(ks.address.begin(), ks.address.end());
}

void GroupBook::note_server(Entry& at, const exchange::Endpoint& ks) {
  auto& servers = at.view.servers;
  const bool known =
      std::ranges::any_of(servers, [&](const auto& each) { return same_address(each.ks, ks); });
  if (!known && servers.size() < kMaxServers) {
    servers.push_back({ks, {}});
  }
}

KekSeen& GroupBook::kek(Entry& at, const keys::KekSpi& spi, const exchange::Endpoint& ks) {
  auto& keks       = at.view.keks;
  const auto found = std::ranges::find(keks, spi, &KekSeen::spi);
  if (found != keks.end()) {
    return *found;
  }
  if (keks.size() >= kMaxKeks) {
    keks.erase(keks.begin());
  }
  keks.push_back({.spi = spi, .ks = ks});
  return keks.back();
}

void GroupBook::claim(const keys::KekSpi& spi, const std::string& key,
                      const exchange::Endpoint& ks) {
  const auto [place, fresh] = of_kek_.try_emplace(spi, key);
  auto* to                  = of(key);
  if (!fresh && place->second != key && to != nullptr) {
    // Its PUSHes came before it was known whose they are.
    if (auto* from = of(place->second)) {
      const auto found = std::ranges::find(from->view.keks, spi, &KekSeen::spi);
      if (found != from->view.keks.end()) {
        auto moved = *found;
        from->view.keks.erase(found);
        moved.by_destination = false;
        to->view.keks.push_back(std::move(moved));
      }
    }
    place->second = key;
  }
  if (of_kek_.size() > Rekeys::kMaxKeks) {
    of_kek_.erase(place == of_kek_.begin() ? std::next(place) : of_kek_.begin());
  }
  if (to != nullptr) {
    kek(*to, spi, ks).by_destination = false;
  }
}

void GroupBook::note_policy(Entry& at, const Policy& policy) {
  auto& known = at.view.policy;
  if (policy.kek) {
    known.kek        = policy.kek;
    at.ack_requested = !policy.kek->acknowledgement.empty();
    const auto& to   = policy.kek->destination;
    if (to && is_multicast(*to) && !has_address(at.destinations, *to) &&
        at.destinations.size() < kMaxDestinations) {
      at.destinations.push_back(*to);
    }
  }
  if (policy.tek_count != 0) {
    known.teks      = policy.teks;
    known.tek_count = policy.tek_count;
    known.tek_frame = policy.tek_frame;
  }
}

void GroupBook::on_policy(const Group& group, const exchange::Endpoint& ks, std::uint64_t frame,
                          const wire::Tree& tree) {
  auto* at = entry(group, ks);
  if (at == nullptr) {
    return;
  }
  const auto policy = policy_of(tree, frame);
  note_policy(*at, policy);
  if (policy.kek && policy.kek->spi) {
    claim(*policy.kek->spi, group_key(group, ks), ks);
  }
}

/// The group whose KEK it is; else the one group of this KS that PUSHes to that address go to; else
/// what is known of the KS without a group.
GroupBook::Entry* GroupBook::entry_of_push(const exchange::Packet& packet,
                                           const keys::KekSpi& spi) {
  if (const auto known = of_kek_.find(spi); known != of_kek_.end()) {
    return of(known->second);
  }
  const std::string* only = nullptr;
  for (const auto& [key, each] : entries_) {
    const bool here =
        each.view.group &&
        std::ranges::any_of(each.view.servers,
                            [&](const auto& one) { return same_address(one.ks, packet.source); }) &&
        (is_multicast(packet.destination) ? has_address(each.destinations, packet.destination)
                                          : each.members.contains(packet.destination.address));
    if (here && only != nullptr) {
      only = nullptr;
      break;
    }
    only = here ? &key : only;
  }
  auto* at       = only != nullptr ? of(*only) : entry(std::nullopt, packet.source);
  const auto key = only != nullptr ? *only : group_key(std::nullopt, packet.source);
  if (at != nullptr) {
    claim(spi, key, packet.source);
    kek(*at, spi, packet.source).by_destination = only != nullptr;
  }
  return at;
}

GroupBook::Member* GroupBook::member(Entry& at, const exchange::Endpoint& gm) {
  const auto found = at.members.find(gm.address);
  if (found != at.members.end()) {
    return &found->second;
  }
  if (member_count_ >= kMaxMembers) {
    ++at.view.left_out;
    return nullptr;
  }
  ++member_count_;
  auto& made        = at.members[gm.address];
  made.seen.gm      = gm;
  made.seen.gm.port = 0;
  return &made;
}

void GroupBook::on_push(const exchange::Packet& packet, const exchange::FrameRecord& record,
                        const wire::Tree& tree, bool late) {
  const auto spi = rekey_spi_of(tree);
  if (!spi || record.retransmission_of != 0) {
    return;
  }
  auto* at = entry_of_push(packet, *spi);
  if (at == nullptr) {
    return;
  }
  auto& under       = kek(*at, *spi, packet.source);
  const bool proof  = is_proof(record, tree);
  const bool unread = !is_readable(record);
  if (late) {
    under.unread -= std::min<std::uint64_t>(under.unread, unread ? 0 : 1);
  } else {
    if (under.pushes++ == 0) {
      under.destination = packet.destination;
      under.first_frame = record.frame;
      under.first_ns    = packet.time_ns;
    }
    under.last_frame = record.frame;
    under.unread += unread ? 1 : 0;
  }
  under.forged += record.signature == exchange::Verdict::kBad ? 1 : 0;
  if (!is_multicast(packet.destination)) {
    member(*at, packet.destination);
  }
  if (proof) {
    rekey(*at, packet, record, tree);
  }
}

void GroupBook::rekey(Entry& at, const exchange::Packet& packet,
                      const exchange::FrameRecord& record, const wire::Tree& tree) {
  const auto spi      = rekey_spi_of(tree);
  const auto sequence = sequence_of(tree);
  const auto policy   = policy_of(tree, record.frame);
  note_policy(at, policy);
  const auto shown = policy.kek ? policy.kek->spi : std::nullopt;
  const bool other = shown && *shown != *spi;
  if (other) {
    const auto key = of_kek_[*spi];
    claim(*shown, key, packet.source);
  }
  if (!sequence) {
    return;
  }
  auto& pushes   = at.view.pushes;
  const auto old = std::ranges::find_if(
      pushes, [&](const PushSeen& each) { return each.kek == *spi && each.sequence == *sequence; });
  const bool many = is_multicast(packet.destination);
  auto* gm        = many ? nullptr : member(at, packet.destination);
  auto number     = at.next_push;
  if (old != pushes.end()) {
    number -= static_cast<std::uint64_t>(pushes.end() - old);
    if (many || (gm != nullptr && gm->sent.has(number))) {
      if (old->repeats.size() < kMaxNamedPushes) {
        old->repeats.push_back(record.frame);
      }
    } else {
      ++old->gms;
    }
  } else {
    pushes.push_back({.kek           = *spi,
                      .sequence      = *sequence,
                      .frame         = record.frame,
                      .time_ns       = packet.time_ns,
                      .ks            = packet.source,
                      .destination   = packet.destination,
                      .multicast     = many,
                      .brings        = other ? shown : std::nullopt,
                      .teks          = policy.tek_count,
                      .gms           = many ? 0U : 1U,
                      .ack_requested = at.ack_requested});
    ++at.next_push;
    if (pushes.size() > kMaxPushes) {
      pushes.erase(pushes.begin());
      ++at.view.pushes_before;
    }
  }
  if (gm != nullptr) {
    gm->sent.set(number);
  }
}

void GroupBook::on_ack(const exchange::Packet& packet, const exchange::FrameRecord& record,
                       const wire::Tree& tree) {
  const auto spi      = rekey_spi_of(tree);
  const auto sequence = sequence_of(tree);
  const auto known    = spi ? of_kek_.find(*spi) : of_kek_.end();
  auto* at            = known != of_kek_.end() ? of(known->second) : nullptr;
  if (at == nullptr || !sequence || record.hash == exchange::Verdict::kBad) {
    return;
  }
  auto& pushes     = at->view.pushes;
  const auto found = std::ranges::find_if(
      pushes, [&](const PushSeen& each) { return each.kek == *spi && each.sequence == *sequence; });
  auto* gm = found != pushes.end() ? member(*at, packet.source) : nullptr;
  if (gm == nullptr) {
    return;
  }
  const auto number = at->next_push - static_cast<std::uint64_t>(pushes.end() - found);
  found->acks += gm->acked.has(number) ? 0U : 1U;
  gm->acked.set(number);
}

void GroupBook::on_server(const exchange::Endpoint& ks, const keys::Cookie& cookie,
                          std::uint64_t frame, const getvpn::VersionRules& rules,
                          const wire::Tree& tree) {
  if (servers_.size() < Context::kMaxServers || servers_.contains(ks.address)) {
    read_version(tree, cookie, frame, rules, servers_[ks.address]);
  }
}

}  // namespace gdoi::registration
