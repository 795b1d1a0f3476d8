#include "protocol/registration/context.h"
#include "protocol/registration/group_book.h"

#include <algorithm>
#include <limits>

/// What a group comes to when the capture is at its end.
namespace gdoi::registration {

namespace {

void name(std::vector<PushSeen>& pushes, const PushSeen& push) {
  if (pushes.size() < kMaxNamedPushes) {
    pushes.push_back(push);
  }
}

}  // namespace

void GroupBook::add(const Registration& one) {
  auto* at = entry(one.group, one.ks);
  auto* gm = at != nullptr ? member(*at, one.gm) : nullptr;
  if (gm == nullptr) {
    return;
  }
  auto& seen = gm->seen;
  seen.ks    = one.ks;
  if (one.phase1.state != "none" || one.gm_version.source != GmVersion::Source::kNotAnnounced) {
    seen.version = one.gm_version;
  }
  ++seen.attempts;
  seen.outcome = one.outcome;
  seen.frame   = one.signs.frame;
  if (one.outcome == Outcome::kRegistered) {
    ++seen.registrations;
    seen.first_served = seen.first_served == 0 ? one.signs.frame : seen.first_served;
    seen.last_served  = one.signs.frame;
    seen.rekey        = one.rekey;
  }
  for (const auto& use : one.uses) {
    if (std::ranges::find(at->view.uses, use.feature, &Use::feature) == at->view.uses.end()) {
      at->view.uses.push_back(use);
    }
  }
}

void GroupBook::judge(const Entry& at, Member& member, const Rekeys& rekeys, std::int64_t end_ns) {
  constexpr auto kEnd = std::numeric_limits<std::uint64_t>::max();
  auto& seen          = member.seen;
  if (seen.rekey.kek) {
    if (seen.rekey.sequence) {
      seen.missing = rekeys.missing(*seen.rekey.kek, *seen.rekey.sequence, seen.last_served, kEnd);
    }
    if (const auto* other = rekeys.unseen(*seen.rekey.kek, seen.last_served, kEnd)) {
      seen.unseen       = other->spi;
      seen.unseen_frame = other->shown_frame;
    }
  }
  auto number = at.next_push - at.view.pushes.size();
  for (const auto& push : at.view.pushes) {
    const auto place = number++;
    const bool member_then =
        seen.first_served != 0 && seen.first_served < push.frame && same_address(seen.ks, push.ks);
    const bool sent = member.sent.has(place);
    if (end_ns - push.time_ns < kAckNs) {
      continue;
    }
    if (member_then && !push.multicast && !sent) {
      name(seen.not_sent, push);
    }
    if (!push.ack_requested || !(sent || (member_then && push.multicast))) {
      continue;
    }
    ++seen.asked_acks;
    if (!member.acked.has(place)) {
      ++seen.missing_acks;
      name(seen.unacknowledged, push);
    }
  }
}

std::vector<GroupView> GroupBook::take(const Rekeys& rekeys, std::int64_t end_ns) {
  std::vector<GroupView> views;
  for (auto& [key, at] : entries_) {
    for (auto& server : at.view.servers) {
      if (const auto found = servers_.find(server.ks.address); found != servers_.end()) {
        server.version = found->second;
      }
    }
    for (auto& kek : at.view.keks) {
      const auto* sa = rekeys.find(kek.spi);
      if (sa == nullptr) {
        continue;
      }
      kek.shown_frame = sa->shown_frame;
      kek.sequence    = sa->sequence;
      for (const auto& next : sa->next) {
        const auto found = std::ranges::find(at.view.keks, next.spi, &KekSeen::spi);
        if (found != at.view.keks.end() && found->brought_frame == 0) {
          found->brought_frame = next.frame;
        }
      }
    }
    for (auto& [address, member] : at.members) {
      judge(at, member, rekeys, end_ns);
      at.view.members.push_back(std::move(member.seen));
    }
    views.push_back(std::move(at.view));
  }
  entries_.clear();
  return views;
}

}  // namespace gdoi::registration
