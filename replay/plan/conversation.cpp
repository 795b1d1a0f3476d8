#include "plan/conversation.h"

#include "protocol/exchange/intake.h"
#include "protocol/exchange/message.h"
#include "protocol/registration/tracker.h"
#include "protocol/tables/registry.h"

namespace gdoi::plan {
namespace {

using exchange::Crypt;
using exchange::Exchange;
using exchange::FrameRecord;
using exchange::MessageView;

}  // namespace

void Conversations::take(const FrameRecord& record, const wire::Tree& tree) {
  const bool phase1 =
      record.exchange == Exchange::kMain || record.exchange == Exchange::kAggressive;
  if ((!phase1 && record.exchange != Exchange::kPull) || record.number == 0) {
    return;
  }
  const MessageView view(tree);
  const auto* const step = exchange::step_of(record.exchange, record.number);
  if (!view.valid() || step == nullptr) {
    return;
  }
  auto& into          = all_[{view.initiator_cookie(), phase1 ? 0 : view.message_id()}];
  const bool readable = record.crypt == Crypt::kClear || record.crypt == Crypt::kDecrypted;
  auto& said          = into[std::string(step->short_name)];
  // What only a later frame made readable comes again.
  if (said.message && (said.readable || !readable)) {
    return;
  }
  said = {
      std::make_shared<Template>(Template{wire::Document(tables::schema(), tree), record.frame}),
      record.sender, view.ciphertext().size(), readable};
}

Conversation Conversations::of(const registration::Registration& story) const {
  Conversation made;
  const auto add = [&](std::uint32_t message_id) {
    const auto found = all_.find({story.initiator_cookie, message_id});
    if (found != all_.end()) {
      made.insert(found->second.begin(), found->second.end());
    }
  };
  add(0);
  if (story.message_id) {
    add(*story.message_id);
  }
  return made;
}

std::vector<Heard> listen(std::span<const Carried> datagrams, keys::KeyRing ring) {
  exchange::Intake intake;
  intake.use(std::move(ring));
  registration::Tracker tracker;
  Conversations conversations;
  std::uint64_t frame = 0;
  for (const auto& one : datagrams) {
    exchange::Packet packet;
    packet.frame       = ++frame;
    packet.time_ns     = one.time;
    packet.source      = one.message.source;
    packet.destination = one.message.destination;
    packet.payload     = one.message.datagram;
    intake.take(
        packet, false,
        [&](const exchange::Packet& whole, const FrameRecord& record, const wire::Tree& tree) {
          (void)tracker.on_message(whole, record, tree);
          conversations.take(record, tree);
        },
        [&](const exchange::LateMessage& late) {
          tracker.on_late(late);
          conversations.take(late.record, late.tree);
        });
  }
  tracker.finish();
  std::vector<Heard> heard;
  for (const auto& story : tracker.registrations()) {
    heard.push_back({story, conversations.of(story)});
  }
  return heard;
}

}  // namespace gdoi::plan
