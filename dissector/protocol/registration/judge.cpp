#include "protocol/registration/judge.h"

#include "protocol/registration/reason.h"
#include "protocol/registration/signs_of.h"

#include <algorithm>

namespace gdoi::registration {

namespace {

using exchange::Exchange;
using exchange::Sender;

constexpr std::uint8_t kLastMainMessage       = 6;
constexpr std::uint8_t kLastAggressiveMessage = 3;

// The last message of aggressive mode has no answer (RFC 2409 section 5).
bool wants_answer(Exchange exchange, std::uint8_t number) {
  const bool is_end = exchange == Exchange::kAggressive && number == kLastAggressiveMessage;
  return sender_of(exchange, number) == Sender::kGm && !is_end;
}

void measure_wait(const Session& session, const StepSeen& step, std::int64_t end_ns,
                  Judgement& judgement) {
  if (step.repeats >= kPatientRepeats && step.last_ns - step.first_ns >= kPatienceNs) {
    judgement.waited = Waited::kRepeated;
    judgement.for_ns = step.last_ns - step.first_ns;
  }
  if (session.restart_frame != 0 && session.restart_ns - step.last_ns >= kPatienceNs) {
    judgement.waited = judgement.waited == Waited::kNo ? Waited::kBeganAnew : judgement.waited;
    judgement.for_ns = session.restart_ns - step.first_ns;
  } else if (judgement.waited == Waited::kNo && end_ns - step.last_ns >= kSilenceNs) {
    judgement.waited = Waited::kCaptureWentOn;
    judgement.for_ns = end_ns - step.first_ns;
  }
}

std::uint32_t ks_messages(const Session& session) {
  auto count = session.phase1.ks_messages;
  for (const auto& pull : session.pulls) {
    count += pull.ks_messages;
  }
  return count;
}

std::string phase1_state(const Session& session) {
  const auto highest    = session.phase1.highest();
  const auto aggressive = session.phase1.exchange == Exchange::kAggressive;
  if (highest == 0) {
    return "none";
  }
  const auto last = aggressive ? kLastAggressiveMessage : kLastMainMessage;
  if (highest == last || session.pulls_seen != 0) {
    return "complete";
  }
  return highest >= last - 2 && highest >= 2 ? "keys exchanged" : "negotiating";
}

void add_frames(Registration& registration, const Conversation& conversation) {
  for (const auto frame : conversation.frames) {
    if (registration.frames.size() == kMaxFrames) {
      return;
    }
    registration.frames.push_back(frame);
  }
}

void describe_pull(const Session& session, const Pull& pull, Registration& registration) {
  registration.message_id = pull.message_id;
  registration.group      = pull.group;
  registration.lifetimes  = pull.lifetimes;
  registration.uses       = pull.uses;
  registration.rekey      = pull.rekey;
  if (pull.registration == session.registration) {
    add_frames(registration, session.phase1);
  }
}

}  // namespace

Judgement judge(const Session& session, const Pull* pull, std::int64_t end_ns) {
  const Conversation& conversation = pull != nullptr ? *pull : session.phase1;
  Judgement judgement;
  judgement.end_ns = end_ns;
  if (pull != nullptr && pull->is_registered()) {
    judgement.outcome = Outcome::kRegistered;
    return judgement;
  }
  judgement.step = conversation.highest();
  if (judgement.step == 0) {
    return judgement;
  }
  const bool waits   = wants_answer(conversation.exchange, judgement.step);
  const auto& ending = conversation.ending;
  if (ending.how != How::kNone && ending.step == judgement.step &&
      (waits || ending.how != How::kInformational)) {
    judgement.outcome = Outcome::kRefused;
    judgement.how     = ending.how;
    judgement.step    = conversation.last_of_gm();
    return judgement;
  }
  if (!waits) {
    return judgement;
  }
  measure_wait(session, conversation.steps.at(judgement.step), end_ns, judgement);
  const bool ks_seen  = ks_messages(session) != 0;
  judgement.one_sided = !ks_seen && session.answered_by_cookie != 0;
  if (judgement.waited == Waited::kNo || judgement.one_sided) {
    return judgement;
  }
  judgement.outcome = ks_seen ? Outcome::kRefused : Outcome::kNoAnswer;
  judgement.how     = ks_seen ? How::kSilence : How::kNone;
  return judgement;
}

Registration registration_of(const Session& session, const Pull* pull, std::int64_t end_ns) {
  const Conversation& conversation = pull != nullptr ? *pull : session.phase1;
  const auto judgement             = judge(session, pull, end_ns);
  Registration registration;
  registration.number           = pull != nullptr ? pull->registration : session.registration;
  registration.gm               = session.gm;
  registration.ks               = session.ks;
  registration.initiator_cookie = session.cookie;
  registration.first_frame      = conversation.first_frame;
  registration.gm_version       = session.version;
  registration.phase1           = session.proposal;
  registration.phase1.state     = phase1_state(session);
  registration.outcome          = judgement.outcome;
  registration.how              = judgement.how;
  if (judgement.how == How::kNotify) {
    registration.notify_type = conversation.ending.notify_type;
  }
  if (const auto* step = exchange::step_of(conversation.exchange, judgement.step)) {
    registration.step = step->short_name;
  }
  if (pull != nullptr) {
    describe_pull(session, *pull, registration);
  }
  add_frames(registration, conversation);
  registration.started_ns = conversation.first_ns;
  registration.ended_ns   = conversation.last_ns;
  const auto encrypted    = session.phase1.encrypted + (pull != nullptr ? pull->encrypted : 0);
  const auto decrypted    = session.phase1.decrypted + (pull != nullptr ? pull->decrypted : 0);
  registration.decrypted  = encrypted != 0 && encrypted == decrypted;
  registration.signs      = signs_of(session, pull, judgement);
  explain(session, pull, judgement, registration);
  return registration;
}

}  // namespace gdoi::registration
