#include "protocol/registration/ending.h"

#include "protocol/registration/reading.h"

#include <algorithm>

namespace gdoi::registration {

bool is_credible(const exchange::FrameRecord& record) {
  return is_readable(record) && record.hash != exchange::Verdict::kBad;
}

void note_ending(Session& session, const exchange::Packet& packet,
                 const exchange::FrameRecord& record, Ending ending) {
  auto* conversation = session.open_exchange();
  if (conversation == nullptr) {
    return;
  }
  ending.frame  = packet.frame;
  ending.step   = conversation->highest();
  ending.clear  = record.crypt == exchange::Crypt::kClear;
  ending.proved = !ending.clear && record.hash == exchange::Verdict::kGood;
  const bool by_gm =
      record.sender == exchange::Sender::kGm ||
      (record.sender == exchange::Sender::kUnknown && packet.source.address == session.gm.address);
  if (by_gm) {
    auto& before = conversation->gm_notice;
    before       = before.how == How::kNone && ending.how != How::kInformational ? ending : before;
    return;
  }
  const auto& asked = conversation->steps.at(conversation->last_of_gm());
  auto& before      = conversation->ending;
  const bool better = before.how == How::kNone || before.step != ending.step ||
                      (before.how == How::kInformational && ending.how != before.how);
  if (better && packet.time_ns - asked.last_ns <= kAnswerNs) {
    before = ending;
  }
}

bool is_refusal(const exchange::FrameRecord& record, const wire::Tree& tree) {
  return record.sender == exchange::Sender::kKs && is_credible(record) &&
         std::ranges::any_of(notices_of(tree),
                             [](const Notice& one) { return one.how == How::kNotify; });
}

void revise_ending(Conversation& conversation, const exchange::LateMessage& message) {
  const auto frame = message.record.frame;
  if (std::ranges::find(conversation.frames, frame) != conversation.frames.end()) {
    ++conversation.decrypted;
  }
  auto& ending = conversation.ending;
  if (ending.frame != frame || ending.how != How::kInformational) {
    return;
  }
  const auto notices =
      is_credible(message.record) ? notices_of(message.tree) : std::vector<Notice>{};
  ending.how         = notices.empty() ? How::kNone : notices.front().how;
  ending.notify_type = notices.empty() ? std::uint16_t{0} : notices.front().type;
  ending.proved      = message.record.hash == exchange::Verdict::kGood;
}

}  // namespace gdoi::registration
