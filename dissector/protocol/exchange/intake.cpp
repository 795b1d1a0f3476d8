#include "protocol/exchange/intake.h"

namespace gdoi::exchange {

void Intake::follow(const Packet& packet, const OnMessage& on_message, const OnLate& on_late) {
  const auto record = follower_.follow(packet, tree_);
  on_message(packet, record, tree_);
  for (auto& late : follower_.take_late()) {
    on_late(late);
  }
  // Nobody decrypts the data plane here.
  (void)follower_.take_learned_teks();
}

bool Intake::take(const Packet& packet, bool unasked, const OnMessage& on_message,
                  const OnLate& on_late) {
  if (!floating_.admits(packet, unasked)) {
    return false;
  }
  follow(packet, on_message, on_late);
  if (const auto whole = fragments_.add(packet.source, tree_)) {
    auto message    = packet;
    message.payload = *whole;
    follow(message, on_message, on_late);
    tree_.clear();  // it refers to `whole`
  }
  return true;
}

}  // namespace gdoi::exchange
