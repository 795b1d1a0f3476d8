#include "protocol/registration/signs_of.h"

#include <algorithm>

namespace gdoi::registration {

namespace {

using exchange::Sender;

constexpr std::int64_t kAtOnceNs = 1'000'000'000;

/// The slowest answer of the KS. What comes right after a repetition answers that one: the first
/// was lost.
void add_late(const Conversation& conversation, Signs& signs) {
  for (std::uint8_t number = 2; number <= kMaxStep; ++number) {
    const auto& asked  = conversation.steps.at(number - 1U);
    const auto& answer = conversation.steps.at(number);
    if (asked.frame == 0 || answer.frame == 0 || answer.frame < asked.frame ||
        sender_of(conversation.exchange, number) != Sender::kKs) {
      continue;
    }
    const auto took      = answer.first_ns - asked.first_ns;
    const bool to_repeat = asked.repeats != 0 && asked.last_ns <= answer.first_ns &&
                           answer.first_ns - asked.last_ns < kAtOnceNs;
    if (took > kLateNs && took > signs.late_ns && !to_repeat) {
      signs.late_frame  = answer.frame;
      signs.late_ns     = took;
      signs.late_number = number;
    }
  }
}

/// Repetitions of the GM's message that came after the KS's answer to it.
void add_ignored(const Conversation& conversation, std::uint8_t highest, Signs& signs) {
  if (highest < 2 || sender_of(conversation.exchange, highest) != Sender::kKs) {
    return;
  }
  const auto& asked  = conversation.steps.at(highest - 1U);
  const auto& answer = conversation.steps.at(highest);
  if (asked.frame == 0 || asked.last_ns - answer.first_ns < kPatienceNs) {
    return;
  }
  const auto named = std::min<std::size_t>(asked.repeats, kMaxNamedRepeats);
  for (std::size_t i = 0; i < named; ++i) {
    const auto frame = asked.repeat_frames.at(i);
    if (frame > answer.frame) {
      signs.repeated_frame = signs.repeated_frame == 0 ? frame : signs.repeated_frame;
      ++signs.repeats_after;
    }
  }
  signs.answer_frame = signs.repeats_after != 0 ? answer.frame : 0;
}

bool has_stopped(const Session& session, const Conversation& conversation, const Signs& signs,
                 std::int64_t end_ns) {
  const auto highest = conversation.highest();
  if (highest == 0 || sender_of(conversation.exchange, highest) != Sender::kKs ||
      signs.repeats_after > 1) {
    return false;
  }
  const auto& last = conversation.steps.at(highest);
  return session.restart_frame != 0 || end_ns - last.first_ns >= kSilenceNs;
}

void add_message(const Conversation& conversation, std::uint8_t number, Signs& signs) {
  const auto& step = conversation.steps.at(number);
  signs.number     = number;
  signs.frame      = step.frame;
  signs.asked_ns   = step.first_ns;
  signs.sent       = step.frame != 0 ? 1 + step.repeats : 0;
  signs.octets     = step.octets;
}

}  // namespace

Signs signs_of(const Session& session, const Pull* pull, const Judgement& judgement) {
  const Conversation& conversation = pull != nullptr ? *pull : session.phase1;
  Signs signs;
  signs.exchange = conversation.exchange;
  add_message(conversation, judgement.step != 0 ? judgement.step : conversation.highest(), signs);
  signs.watched_ns = judgement.for_ns;
  if (judgement.how != How::kSilence && judgement.how != How::kNone) {
    signs.ending_frame  = conversation.ending.frame;
    signs.ending_proved = conversation.ending.proved;
  }
  if (const auto& notice = conversation.gm_notice; notice.how != How::kNone) {
    signs.notice_frame  = notice.frame;
    signs.notice_type   = notice.notify_type;
    signs.notice_proved = notice.proved;
  }
  signs.restart_frame         = session.restart_frame;
  signs.one_sided_frame       = judgement.one_sided ? session.answered_by_cookie : 0;
  signs.port_frame            = session.port_frame;
  signs.port_before           = session.port_before;
  signs.port_after            = session.port_after;
  signs.sides_differ_frame    = session.sides_differ;
  signs.initial_contact_frame = session.first_contact;
  signs.lost_fragments_frame  = session.lost_fragment(judgement.end_ns);
  signs.half_open             = session.half_open;
  if (pull != nullptr) {
    add_late(session.phase1, signs);
  }
  add_late(conversation, signs);
  if (judgement.outcome == Outcome::kIncomplete) {
    add_ignored(conversation, conversation.highest(), signs);
    signs.gm_stopped = has_stopped(session, conversation, signs, judgement.end_ns);
    if (signs.gm_stopped && session.restart_frame != 0) {
      signs.restart_gap_ns = session.restart_ns - conversation.last_ns;
    }
  }
  return signs;
}

}  // namespace gdoi::registration
