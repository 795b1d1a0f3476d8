#include "plugin/story.h"

#include <algorithm>
#include <limits>
#include <new>
#include <string>

namespace gdoi::plugin {
namespace {

using exchange::Exchange;
using registration::Outcome;
using registration::Registration;

constexpr std::int64_t kNsPerMicro = 1'000;

const char* keep(const std::string& text) {
  return text.empty() ? nullptr : wmem_strdup(wmem_file_scope(), text.c_str());
}

std::string sentence(const registration::Diagnosis& diagnosis) {
  return diagnosis.seen + " " + diagnosis.why;
}

/// Wireshark cuts a line off behind 240 octets: what matters comes first.
std::string headline(const registration::Diagnosis& diagnosis) {
  const auto& best = diagnosis.best;
  const auto cause =
      best ? std::string(title_of(best->cause)) + ": " + std::string(name_of(best->grade)) + ". "
           : std::string();
  return cause + diagnosis.seen;
}

// A GM that gave up, or heard nothing, leaves its registration incomplete. What is merely possible
// is no failure: one that is not over may yet succeed.
bool has_failed(const Registration& one) {
  return one.outcome == Outcome::kRefused || one.outcome == Outcome::kNoAnswer ||
         (one.outcome == Outcome::kIncomplete && one.diagnosis.best &&
          one.diagnosis.best->grade != registration::Grade::kPossible);
}

bool opens_phase1(const exchange::FrameRecord& record) {
  return (record.exchange == Exchange::kMain || record.exchange == Exchange::kAggressive) &&
         record.number == 1 && record.retransmission_of == 0;
}

}  // namespace

const Told* Teller::tell(const exchange::Packet& packet, const exchange::FrameRecord& record,
                         const wire::Tree& tree) {
  // The message that the pieces make comes in the same frame as the last of them.
  if (record.exchange == Exchange::kFragment) {
    (void)tracker_.on_message(packet, record, tree);
    return nullptr;
  }
  auto* told = new (wmem_alloc(wmem_file_scope(), sizeof(Told))) Told;
  link(packet, record, *told);
  if (const auto number = tracker_.on_message(packet, record, tree); number != 0) {
    registration(number, record, *told);
  }
  return told;
}

void Teller::link(const exchange::Packet& packet, const exchange::FrameRecord& record, Told& told) {
  if (messages_.size() >= kMaxMessages) {
    messages_.clear();
  }
  messages_.try_emplace(packet.frame, Message{packet.time_ns, &told});
  const bool repeats = record.retransmission_of != 0;
  if (const auto first = messages_.find(record.retransmission_of);
      repeats && first != messages_.end()) {
    told.repeats        = first->second.told;
    first->second.again = &told;
  }
  const auto asked = messages_.find(record.answers);
  if (record.answers == 0 || asked == messages_.end()) {
    return;
  }
  for (auto* question : {asked->second.told, asked->second.again}) {
    if (question != nullptr && question->answered_in == 0) {
      question->answered_in = packet.frame;
    }
  }
  if (repeats) {
    return;
  }
  const auto micros = (packet.time_ns - asked->second.time_ns) / kNsPerMicro;
  told.is_response  = micros >= 0 && micros <= std::numeric_limits<std::uint32_t>::max();
  told.response_us  = told.is_response ? static_cast<std::uint32_t>(micros) : 0;
}

void Teller::registration(std::uint32_t number, const exchange::FrameRecord& record, Told& told) {
  const auto& all = tracker_.registrations();
  if (number > all.size()) {
    return;
  }
  const auto one    = all[number - 1];
  told.registration = number;
  told.state        = keep(state_of(one));
  if (has_failed(one)) {
    told.failure = keep(headline(one.diagnosis));
  }
  if (const auto& best = one.diagnosis.best) {
    told.cause = keep(std::string(name_of(best->cause)));
    told.grade = keep(std::string(name_of(best->grade)));
  }
  if (told.cause != nullptr || told.failure != nullptr) {
    told.diagnosis = keep(sentence(one.diagnosis));
  }
  if (opens_phase1(record)) {
    if (const auto earlier = tracker_.earlier(one); earlier && has_failed(*earlier)) {
      told.before =
          keep("This GM's attempt " + std::to_string(earlier->attempt) + " (registration " +
               std::to_string(earlier->number) + ") failed. " + headline(earlier->diagnosis));
    }
  }
}

}  // namespace gdoi::plugin
