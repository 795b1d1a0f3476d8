#include "protocol/exchange/floating.h"

namespace gdoi::exchange {
namespace {

constexpr std::size_t kMostPhase1s = 100'000;
constexpr std::size_t kMarkerSize  = 4;   // RFC 3948 section 2.2
constexpr std::size_t kHeaderSize  = 28;  // RFC 2408 section 3.1
constexpr std::size_t kExchangeAt  = 18;
constexpr std::uint8_t kMainMode   = 2;
constexpr std::uint8_t kAggressive = 4;
constexpr std::uint8_t kPull       = 32;
constexpr std::uint8_t kPush       = 33;
constexpr std::uint8_t kPushAck    = 35;
constexpr std::size_t kVersionAt   = 17;
constexpr std::uint8_t kMajor      = 0xf0;
constexpr std::uint8_t kVersion1   = 0x10;

std::uint64_t initiator_of(ByteView message) {
  return to_uint(message.first(sizeof(keys::Cookie)));
}

// PULL, PUSH and PUSH-ACK (RFC 6407 section 7, RFC 8263 section 3.1); the same numbers are others
// in IKEv2.
bool is_exchange_of_gdoi(ByteView message) {
  const auto exchange = message[kExchangeAt];
  return (message[kVersionAt] & kMajor) == kVersion1 &&
         (exchange == kPull || exchange == kPush || exchange == kPushAck);
}

}  // namespace

bool on_nat_port(const Packet& packet) {
  return packet.source.port == kNatPort || packet.destination.port == kNatPort;
}

bool Floating::note(const Packet& packet) {
  const auto message = packet.payload;
  if (message.size() < kHeaderSize ||
      (message[kExchangeAt] != kMainMode && message[kExchangeAt] != kAggressive)) {
    return false;
  }
  const auto cookie = initiator_of(message);
  if (!cookies_.insert(cookie).second) {
    return false;
  }
  order_.push_back(cookie);
  if (order_.size() > kMostPhase1s) {
    cookies_.erase(order_.front());
    order_.pop_front();
  }
  return true;
}

bool Floating::carries_on(const Packet& packet) const {
  const auto datagram = packet.payload;
  if (datagram.size() < kMarkerSize + kHeaderSize || to_uint(datagram.first(kMarkerSize)) != 0) {
    return false;
  }
  const auto message = datagram.subspan(kMarkerSize);
  return cookies_.contains(initiator_of(message)) || is_exchange_of_gdoi(message);
}

bool Floating::admits(const Packet& packet, bool unasked) {
  if (unasked) {
    return carries_on(packet);
  }
  (void)note(packet);
  return true;
}

}  // namespace gdoi::exchange
