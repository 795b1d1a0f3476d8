#include "protocol/base/hex.h"
#include "protocol/exchange/follower.h"
#include "protocol/exchange/message.h"

namespace gdoi::exchange {
namespace {

bool is_numbered(Exchange exchange) {
  return script(exchange).size() > 1;
}

bool is_push(Exchange exchange) {
  return exchange == Exchange::kPush || exchange == Exchange::kPushAck;
}

std::string owner(const FrameRecord& record, const wire::Tree& tree) {
  const MessageView message(tree);
  const auto initiator = to_hex(message.initiator_cookie());
  return is_push(record.exchange) ? "KEK SPI " + initiator + to_hex(message.responder_cookie())
                                  : "initiator cookie " + initiator;
}

}  // namespace

std::string message_title(const FrameRecord& record) {
  if (record.exchange == Exchange::kUnknown && record.cut) {
    return "Cut before the end of the ISAKMP header";
  }
  std::string title(name_of(record.exchange));
  if (record.number != 0 && is_numbered(record.exchange)) {
    title += record.guessed ? ", probably " : " ";
    title += std::to_string(record.number) + "/" + std::to_string(script(record.exchange).size());
  } else if (record.number != 0 && record.exchange == Exchange::kFragment) {
    title += " " + std::to_string(record.number);
  } else if (record.number != 0 && record.exchange == Exchange::kQuick) {
    title += (record.guessed ? ", probably message " : " message ") + std::to_string(record.number);
  }
  return title;
}

// NOLINTNEXTLINE(readability-convert-member-functions-to-static): it is about what a follower did
std::string Follower::key_remark(const FrameRecord& record, const wire::Tree& tree) const {
  switch (record.crypt) {
    case Crypt::kClear:
      return {};
    case Crypt::kNoKey:
      return "encrypted, no key for " + owner(record, tree);
    case Crypt::kNoIv:
      return "encrypted; there is a key for " + owner(record, tree) +
             ", but not the message that the IV depends on";
    case Crypt::kWrongKey:
      return "encrypted; no key that there is for " + owner(record, tree) + " fits";
    case Crypt::kDamaged:
      return record.cut ? "encrypted; the capture has not all of it, so it cannot be decrypted"
                        : "encrypted, but no whole number of cipher blocks";
    case Crypt::kDecrypted:
      break;
  }
  if (record.key_origin == KeyOrigin::kLearned) {
    return "decrypted with the KEK that the KD of frame " + std::to_string(record.key_frame) +
           " delivered";
  }
  switch (record.key_side) {
    case keys::Side::kGm:
      return "decrypted with the key of the GM's side";
    case keys::Side::kKs:
      return "decrypted with the key of the KS's side";
    case keys::Side::kBoth:
      break;
  }
  return {};
}

}  // namespace gdoi::exchange
