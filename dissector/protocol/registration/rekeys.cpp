#include "protocol/registration/rekeys.h"

#include "protocol/base/hex.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::registration {

namespace {

constexpr std::uint32_t kFirstSequence = 1;  // RFC 6407 section 5.7

/// The first gap among the SEQs over `known`, which `frame` tells.
std::optional<MissingPush> gap_over(const Sequence& sequence, std::uint32_t known,
                                    std::uint64_t frame, std::uint64_t until) {
  for (const auto& run : sequence.runs()) {
    if (run.last <= known) {
      continue;
    }
    if (run.first_frame >= until) {
      return std::nullopt;
    }
    if (run.first > known + 1) {
      return MissingPush{known + 1, run.first - 1, frame, run.first_frame};
    }
    known = run.last;
    frame = run.last_frame;
  }
  return std::nullopt;
}

}  // namespace

bool Sequence::add(std::uint32_t number, std::uint64_t frame) {
  const auto next = std::ranges::upper_bound(runs_, number, {}, &Run::first);
  if (next != runs_.begin() && std::prev(next)->last >= number) {
    return false;
  }
  const bool joins_before = next != runs_.begin() && std::prev(next)->last + 1 == number;
  const bool joins_next   = next != runs_.end() && next->first == number + 1;
  if (joins_before && joins_next) {
    std::prev(next)->last       = next->last;
    std::prev(next)->last_frame = next->last_frame;
    runs_.erase(next);
  } else if (joins_before) {
    std::prev(next)->last       = number;
    std::prev(next)->last_frame = frame;
  } else if (joins_next) {
    next->first       = number;
    next->first_frame = frame;
  } else {
    runs_.insert(next, {number, number, frame, frame});
  }
  if (runs_.size() > kMaxRuns) {
    runs_[0].last       = runs_[1].last;
    runs_[0].last_frame = runs_[1].last_frame;
    runs_.erase(runs_.begin() + 1);
  }
  return true;
}

std::string sequence_text(std::uint32_t first, std::uint32_t last) {
  return first == last ? fmt::format("SEQ {}", first) : fmt::format("SEQ {} to {}", first, last);
}

std::string kek_name(const keys::KekSpi& spi) {
  return to_hex(ByteView(spi).first(spi.size() / 2));
}

std::vector<MissingPush> gaps_of(const Sequence& sequence) {
  std::vector<MissingPush> gaps;
  const auto runs = sequence.runs();
  for (std::size_t i = 1; i < runs.size(); ++i) {
    gaps.push_back(
        {runs[i - 1].last + 1, runs[i].first - 1, runs[i - 1].last_frame, runs[i].first_frame});
  }
  return gaps;
}

RekeySa& Rekeys::at(const keys::KekSpi& spi) {
  const auto [place, fresh] = all_.try_emplace(spi);
  if (fresh) {
    place->second.spi = spi;
    order_.push_back(spi);
    if (order_.size() > kMaxKeks) {
      all_.erase(order_.front());
      order_.erase(order_.begin());
    }
  }
  return place->second;
}

void Rekeys::show(const keys::KekSpi& spi, const std::string& group, std::uint64_t frame) {
  auto& sa       = at(spi);
  sa.shown_frame = sa.shown_frame == 0 ? frame : sa.shown_frame;
  if (!sa.group.empty() || group.empty()) {
    return;
  }
  sa.group  = group;
  auto& all = of_group_[group];
  all.push_back(spi);
  if (all.size() > kMaxKeksOfGroup) {
    all.erase(all.begin());
  }
  if (of_group_.size() > kMaxKeks) {
    of_group_.erase(of_group_.begin());
  }
}

void Rekeys::learn_path(const std::string& path, const std::string& group) {
  if (path.empty() || group.empty() || (of_path_.size() >= kMaxKeks && !of_path_.contains(path))) {
    return;
  }
  const auto [place, fresh] = of_path_.try_emplace(path, group);
  if (!fresh && place->second != group) {
    place->second.clear();
  }
}

void Rekeys::on_pull(const keys::KekSpi& spi, const std::string& group, const std::string& path,
                     std::uint64_t frame) {
  learn_path(path, group);
  show(spi, group, frame);
}

void Rekeys::on_push(const keys::KekSpi& spi, std::optional<std::uint32_t> sequence,
                     const std::optional<keys::KekSpi>& shown, const std::string& path,
                     std::uint64_t frame) {
  auto& sa = at(spi);
  if (sequence) {
    sa.sequence.add(*sequence, frame);
  }
  learn_path(path, sa.group);
  if (const auto only = of_path_.find(path); sa.group.empty() && only != of_path_.end()) {
    const auto group = only->second;
    show(spi, group, frame);
  }
  const auto group = sa.group;
  if (!shown || *shown == spi) {
    sa.shown_frame = sa.shown_frame == 0 ? frame : sa.shown_frame;
    return;
  }
  const bool known = std::ranges::find(sa.next, *shown, &RekeySa::Successor::spi) != sa.next.end();
  if (!known && sa.next.size() < kMaxSuccessors) {
    sa.next.push_back({*shown, frame, sequence.value_or(0)});
  }
  show(*shown, group, frame);
}

void Rekeys::on_unread(const keys::KekSpi& spi) {
  if (const auto found = all_.find(spi); found != all_.end()) {
    found->second.unread = true;
  }
}

const RekeySa* Rekeys::find(const keys::KekSpi& spi) const {
  const auto found = all_.find(spi);
  return found != all_.end() ? &found->second : nullptr;
}

std::optional<MissingPush> Rekeys::missing(const keys::KekSpi& spi, std::uint32_t sequence,
                                           std::uint64_t frame, std::uint64_t until) const {
  const auto* sa = find(spi);
  for (std::size_t steps = 0; sa != nullptr && steps < kMaxKeksOfGroup; ++steps) {
    if (auto gap = gap_over(sa->sequence, sequence, frame, until)) {
      return gap;
    }
    const auto next = std::ranges::find_if(sa->next, [&](const RekeySa::Successor& each) {
      return each.frame > frame && each.frame < until;
    });
    if (next == sa->next.end()) {
      return std::nullopt;
    }
    const auto* brought = find(next->spi);
    frame               = next->frame;
    sequence            = next->sequence;
    // gdoid goes on counting; RFC 6407 section 5.7 has it begin anew under a new KEK.
    if (brought != nullptr && !brought->sequence.runs().empty() &&
        brought->sequence.runs().front().first <= sequence) {
      sequence = kFirstSequence - 1;
    }
    sa = brought;
  }
  return std::nullopt;
}

const RekeySa* Rekeys::unseen(const keys::KekSpi& spi, std::uint64_t frame,
                              std::uint64_t until) const {
  const auto* sa = find(spi);
  if (sa == nullptr || sa->group.empty()) {
    return nullptr;
  }
  std::vector<keys::KekSpi> brought{spi};
  for (std::size_t i = 0; i < brought.size() && i < kMaxKeksOfGroup; ++i) {
    const auto* one = find(brought[i]);
    if (one == nullptr) {
      continue;
    }
    if (one->unread) {
      return nullptr;
    }
    for (const auto& next : one->next) {
      if (next.frame > frame && next.frame < until &&
          std::ranges::find(brought, next.spi) == brought.end()) {
        brought.push_back(next.spi);
      }
    }
  }
  const auto of_group = of_group_.find(sa->group);
  if (of_group == of_group_.end()) {
    return nullptr;
  }
  for (const auto& other : of_group->second) {
    const auto* one = find(other);
    if (one != nullptr && one->shown_frame > frame && one->shown_frame < until &&
        std::ranges::find(brought, other) == brought.end()) {
      return one;
    }
  }
  return nullptr;
}

}  // namespace gdoi::registration
