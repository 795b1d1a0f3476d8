#include "protocol/exchange/intake.h"

namespace gdoi::exchange {

bool Intake::follow(const Packet& packet, const OnMessage& on_message, const OnLate& on_late) {
  const auto record = follower_.follow(packet, tree_);
  on_message(packet, record, tree_);
  for (auto& late : follower_.take_late()) {
    on_late(late);
  }
  // Nobody decrypts the data plane here.
  (void)follower_.take_learned_teks();
  return record.exchange == Exchange::kFragment;
}

bool Intake::take(const Packet& packet, bool unasked, const OnMessage& on_message,
                  const OnLate& on_late) {
  if (!floating_.admits(packet, unasked)) {
    return false;
  }
  if (!follow(packet, on_message, on_late) || packet.is_cut()) {
    return true;
  }
  if (const auto whole = fragments_.add(packet.source, tree_)) {
    auto message           = packet;
    message.payload        = *whole;
    message.claimed_length = static_cast<std::uint32_t>(whole->size());
    (void)follow(message, on_message, on_late);
    tree_.clear();  // it refers to `whole`
  }
  return true;
}

}  // namespace gdoi::exchange
