#include "protocol/registration/conclude.h"
#include "protocol/registration/diagnose.h"
#include "protocol/registration/judge.h"
#include "protocol/registration/tracker_impl.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>

namespace gdoi::registration {

namespace {

// Of live packet time; looking at all phase 1s that are silent costs.
constexpr std::int64_t kLookNs = 100'000'000;

/// For what a session stands for: its PULLs, or phase 1 where there was none. A probe stands for
/// nothing.
template <typename Take>
void for_each(const Session& session, Take take) {
  if (session.pulls_seen == 0 && session.registration != 0) {
    take(nullptr);
  }
  for (const auto& pull : session.pulls) {
    take(&pull);
  }
}

}  // namespace

void Tracker::Impl::mark(Session& session) {
  session.told_silent = false;
  if (live && !session.dirty) {
    session.dirty = true;
    dirty.push_back(session.key);
  }
}

void Tracker::Impl::store(const Session& session, const Pull* pull) {
  auto judged      = registration_of(session, pull, end_ns);
  const auto place = judged.number - 1;
  context.note(judged);
  all.set(place, std::move(judged));
}

void Tracker::Impl::refresh(Session& session) {
  session.dirty = false;
  for_each(session, [&](const Pull* pull) { store(session, pull); });
}

void Tracker::Impl::tell_so_far(std::uint32_t number) {
  auto one          = all[number - 1];
  const auto before = of_gm.before(all, one);
  one.attempt       = before.attempts + 1;
  diagnose(one, context, before);
  all.set(number - 1, std::move(one));
}

std::vector<std::uint64_t> Tracker::Impl::refresh_dirty() {
  if (!std::exchange(live, true)) {
    for (auto& session : sessions.all()) {
      mark(session);
    }
  }
  auto keys = std::exchange(dirty, {});
  refresh_all(keys);
  return keys;
}

void Tracker::Impl::refresh_all(const std::vector<std::uint64_t>& keys) {
  std::vector<std::uint32_t> numbers;
  for (const auto key : keys) {
    if (auto* session = sessions.find(key)) {
      refresh(*session);
      for_each(*session, [&](const Pull* pull) {
        numbers.push_back(pull != nullptr ? pull->registration : session->registration);
      });
    }
  }
  of_gm.update(all);
  std::ranges::for_each(numbers, [&](std::uint32_t number) { tell_so_far(number); });
}

void Tracker::Impl::drop(const Session& session) {
  dropped.push_back(session.registration);
  counts.probes += session.is_probe() ? 1U : 0U;
  for (const auto& pull : session.pulls) {
    dropped.push_back(pull.registration);
  }
}

void Tracker::Impl::close_oldest() {
  auto& session = sessions.oldest();
  refresh(session);
  if (session.is_none()) {
    drop(session);
  } else if (tells_ended) {
    refresh_all({session.key});
    note_ended(session, true);
  }
  sessions.close_oldest();
}

void Tracker::Impl::note_ended(Conversation& conversation, std::uint32_t number, bool over) {
  auto one           = all[number - 1];
  const bool silence = one.outcome == Outcome::kNoAnswer || one.outcome == Outcome::kIncomplete ||
                       one.how == How::kSilence;
  const bool anew = one.signs.restart_frame != 0 && one.outcome != Outcome::kIncomplete;
  if (silence && !over && !anew && end_ns - conversation.last_ns < kSilenceNs) {
    return;
  }
  if (conversation.told != one.outcome) {
    conversation.told = one.outcome;
    told.push_back(std::move(one));
  }
}

void Tracker::Impl::note_ended(Session& session, bool over) {
  if (session.is_none()) {
    return;
  }
  if (session.pulls_seen == 0) {
    note_ended(session.phase1, session.registration, over);
  }
  for (auto& pull : session.pulls) {
    note_ended(pull, pull.registration, over);
  }
}

std::vector<Registration> Tracker::Impl::ended(std::int64_t now_ns) {
  tells_ended = true;
  end_ns      = std::max(end_ns, now_ns);
  auto keys   = refresh_dirty();
  if (end_ns - looked_ns >= kLookNs) {
    looked_ns = end_ns;
    std::vector<std::uint64_t> silent;
    for (auto& session : sessions.all()) {
      if (end_ns - session.last_ns() < kSilenceNs) {
        break;  // those after it were used later
      }
      if (!std::exchange(session.told_silent, true)) {
        silent.push_back(session.key);
      }
    }
    refresh_all(silent);
    keys.insert(keys.end(), silent.begin(), silent.end());
  }
  for (const auto key : keys) {
    if (auto* session = sessions.find(key)) {
      note_ended(*session, false);
    }
  }
  return std::exchange(told, {});
}

void Tracker::Impl::finish() {
  for (auto& session : sessions.all()) {
    refresh(session);
    if (session.is_none()) {
      drop(session);
    }
  }
  sessions.clear();
  of_gm.clear();
  conclude(all, {dropped.begin(), dropped.end()}, context, groups ? &*groups : nullptr);
}

// Each session is judged once more, into a copy: what comes later must find all as it was.
Ledger Tracker::Impl::as_if_finished() {
  static_cast<void>(refresh_dirty());
  auto copy = all;
  std::unordered_set<std::uint32_t> gone(dropped.begin(), dropped.end());
  for (const auto& session : sessions.all()) {
    for_each(session, [&](const Pull* pull) {
      auto judged       = registration_of(session, pull, end_ns);
      const auto number = judged.number;
      copy.set(number - 1, std::move(judged));
      if (session.is_none()) {
        gone.insert(number);
      }
    });
  }
  conclude(copy, gone, context, nullptr);
  return copy;
}

}  // namespace gdoi::registration
