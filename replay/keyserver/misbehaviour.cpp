#include "keyserver/misbehaviour.h"

#include "protocol/exchange/payload_types.h"
#include "protocol/tables/registry.h"

#include <algorithm>

namespace gdoi::keyserver {
namespace {

using tables::row;
namespace payload = exchange::payload;

// Places in a header (RFC 2408 section 3.1), behind a non-ESP marker (RFC 3948 section 2.2).
constexpr std::size_t kMarkerSize     = 4;
constexpr std::size_t kHeaderSize     = 28;
constexpr std::size_t kCookieEnd      = 7;
constexpr std::size_t kExchangeTypeAt = 18;
constexpr std::size_t kFlagsAt        = 19;
constexpr std::size_t kMessageIdEnd   = 23;
constexpr std::uint8_t kEncrypted     = 1;
constexpr std::uint8_t kPullExchange  = 32;  // RFC 6407 section 3

constexpr std::uint64_t kTekPacket    = 1;  // RFC 6407 section 5.6
constexpr std::size_t kTekSpiSize     = 4;
constexpr std::size_t kForeignKeySize = 16;

/// How many datagrams are held back; more are lost.
constexpr std::size_t kMostHeld = 20'000;

/// Where the header of a datagram begins; nothing where it has none (a keepalive).
std::optional<std::size_t> header_of(ByteView datagram) {
  const bool marked = datagram.size() >= kMarkerSize && to_uint(datagram.first(kMarkerSize)) == 0;
  const std::size_t at = marked ? kMarkerSize : 0;
  return datagram.size() < at + kHeaderSize ? std::nullopt : std::optional(at);
}

bool is_tek_packet(const wire::Part& packet) {
  return std::ranges::any_of(packet.values, [](const wire::Setting& one) {
    const auto* const number = std::get_if<std::uint64_t>(&one.value);
    return one.row == row("kd.type") && number != nullptr && *number == kTekPacket;
  });
}

}  // namespace

Bytes Misconduct::proof(Misdeed when, Bytes value) const {
  if (is(when) && !value.empty()) {
    value.back() ^= 1U;
  }
  return value;
}

wire::Part Misconduct::announced(wire::Part sa) const {
  if (is(Misdeed::kSaWithoutKeys)) {
    std::erase_if(sa.parts, [](const wire::Part& one) {
      return one.type == payload::kSak || one.type == payload::kSat;
    });
  }
  return sa;
}

std::vector<wire::Part> Misconduct::delivered(std::vector<wire::Part> parts) const {
  if (is(Misdeed::kNoSeq)) {
    std::erase_if(parts, [](const wire::Part& one) { return one.type == payload::kSeq; });
  }
  const auto kd = std::ranges::find(parts, payload::kKd, &wire::Part::type);
  if (kd == parts.end()) {
    return parts;
  }
  if (is(Misdeed::kKdWithoutTek)) {
    const auto first = std::ranges::find_if(kd->parts, is_tek_packet);
    if (first != kd->parts.end()) {
      kd->parts.erase(first);
    }
  } else if (is(Misdeed::kKdWithForeignTek)) {
    Bytes spi(kTekSpiSize);
    Bytes key(kForeignKeySize);
    random_->fill(spi);
    random_->fill(key);
    wire::Part packet;
    packet.values = {
        {row("kd.type"), kTekPacket    },
        {row("spi"),     std::move(spi)}
    };
    packet.parts = {wire::attribute(1, std::move(key))};
    kd->parts.push_back(std::move(packet));
  }
  return parts;
}

void Misconduct::spoil(engine::Outgoing& message) const {
  auto& octets  = message.datagram;
  const auto at = header_of(octets);
  if (!at) {
    return;
  }
  if (is(Misdeed::kCorrupted) && (octets[*at + kFlagsAt] & kEncrypted) != 0) {
    octets.back() ^= 1U;
  } else if (is(Misdeed::kWrongCookies)) {
    octets[*at + kCookieEnd] ^= 1U;
  } else if (is(Misdeed::kWrongMessageId) && octets[*at + kExchangeTypeAt] == kPullExchange) {
    octets[*at + kMessageIdEnd] ^= 1U;
  } else if (is(Misdeed::kAnotherPort)) {
    message.source.port = message.source.port == 0xffff
                              ? static_cast<std::uint16_t>(message.source.port - 1)
                              : static_cast<std::uint16_t>(message.source.port + 1);
  }
}

std::vector<engine::Outgoing> Misconduct::sent(std::vector<engine::Outgoing> output,
                                               engine::Time now) {
  if (is(Misdeed::kNone)) {
    return output;
  }
  std::vector<engine::Outgoing> out;
  for (auto& message : output) {
    spoil(message);
    if (is(Misdeed::kLate)) {
      if (held_.size() < kMostHeld) {
        held_.emplace_back(now + what_.late, std::move(message));
      }
      continue;
    }
    if (is(Misdeed::kDuplicated)) {
      out.push_back(message);
    }
    out.push_back(std::move(message));
  }
  while (!held_.empty() && held_.front().first <= now) {
    out.push_back(std::move(held_.front().second));
    held_.pop_front();
  }
  return out;
}

std::optional<engine::Time> Misconduct::deadline() const {
  return held_.empty() ? std::nullopt : std::optional(held_.front().first);
}

}  // namespace gdoi::keyserver
