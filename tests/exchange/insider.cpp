#include "exchange/insider.h"

#include "protocol/crypto/key_schedule.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/keys/key_log.h"

#include <algorithm>

namespace gdoi::simulation {
namespace {

// RFC 2408 section 3.1
constexpr std::size_t kHeader        = 28;
constexpr std::size_t kNextPayloadAt = 16;
constexpr std::size_t kExchangeAt    = 18;
constexpr std::size_t kFlagsAt       = 19;
constexpr std::size_t kMessageIdAt   = 20;
constexpr std::size_t kLengthAt      = 24;
constexpr std::size_t kGeneric       = 4;
constexpr std::uint8_t kMain         = 2;
constexpr std::uint8_t kAggressive   = 4;

bool is_phase1(ByteView datagram) {
  return datagram.size() > kHeader &&
         (datagram[kExchangeAt] == kMain || datagram[kExchangeAt] == kAggressive) &&
         to_uint(datagram.subspan(kMessageIdAt, 4)) == 0;
}

bool is_encrypted(ByteView datagram) {
  return (datagram[kFlagsAt] & 1U) != 0;
}

Bytes encoded(const std::vector<RawPayload>& payloads) {
  Bytes out;
  for (std::size_t i = 0; i < payloads.size(); ++i) {
    const auto& body = payloads[i].body;
    append(out, Bytes{i + 1 < payloads.size() ? payloads[i + 1].type : std::uint8_t{0}, 0});
    append_uint(out, kGeneric + body.size(), 2);
    append(out, body);
  }
  return out;
}

std::optional<keys::Phase1Key> key_in(const std::vector<std::string>& key_log) {
  std::string text;
  for (const auto& line : key_log) {
    text += line + '\n';
  }
  auto log = keys::parse_key_log(text, "key log");
  if (!log || log->ring.phase1_entries().empty()) {
    return std::nullopt;
  }
  auto& cookie = log->ring.phase1(log->ring.phase1_entries().begin()->first);
  if (cookie.keys.empty() || !cookie.keys.front().cipher || !cookie.keys.front().hash) {
    return std::nullopt;
  }
  return std::move(cookie.keys.front());
}

}  // namespace

std::optional<std::vector<RawPayload>> raw_payloads(std::uint8_t first, ByteView octets) {
  std::vector<RawPayload> all;
  auto type = first;
  while (type != 0) {
    if (octets.size() < kGeneric) {
      return std::nullopt;
    }
    const auto size = static_cast<std::size_t>(to_uint(octets.subspan(2, 2)));
    if (size < kGeneric || size > octets.size()) {
      return std::nullopt;
    }
    all.push_back({type, to_bytes(octets.subspan(kGeneric, size - kGeneric))});
    type   = octets[0];
    octets = octets.subspan(size);
  }
  return all;
}

void Insider::see(ByteView datagram) {
  constexpr std::size_t kTwo     = 2;
  constexpr std::size_t kLargest = 16;  // block of a cipher
  if (!is_phase1(datagram)) {
    return;
  }
  if (is_encrypted(datagram)) {
    if (datagram.size() >= kHeader + kLargest) {
      last_block_ = to_bytes(datagram.last(kLargest));
    }
    return;
  }
  const auto payloads = raw_payloads(datagram[kNextPayloadAt], datagram.subspan(kHeader));
  if (!payloads) {
    return;
  }
  const auto ke = std::ranges::find(*payloads, exchange::payload::kKe, &RawPayload::type);
  if (ke != payloads->end() && public_values_.size() < kTwo &&
      std::ranges::find(public_values_, ke->body) == public_values_.end()) {
    public_values_.push_back(ke->body);
  }
}

bool Insider::change(Bytes& datagram, const std::vector<std::string>& key_log,
                     const Change& change) const {
  if (!is_phase1(datagram)) {
    return false;
  }
  const auto first     = datagram[kNextPayloadAt];
  const auto behind    = ByteView(datagram).subspan(kHeader);
  const bool encrypted = is_encrypted(datagram);
  const auto key       = encrypted ? key_in(key_log) : std::nullopt;
  const auto& suite    = crypto::openssl_suite();
  Bytes iv;
  auto clear = to_bytes(behind);
  if (encrypted) {
    if (!key || public_values_.size() < 2) {
      return false;
    }
    const auto block = crypto::block_size(*key->cipher);
    iv = last_block_.empty() ? crypto::phase1_iv(suite, *key->hash, *key->cipher, public_values_[0],
                                                 public_values_[1])
                             : to_bytes(ByteView(last_block_).last(block));
    auto opened = suite.decrypt(*key->cipher, key->key.view(), iv, behind);
    if (!opened) {
      return false;
    }
    clear = std::move(*opened);
  }
  auto payloads = raw_payloads(first, clear);
  if (!payloads) {
    return false;
  }
  change(*payloads);
  auto made = encoded(*payloads);
  if (encrypted) {
    const auto block = crypto::block_size(*key->cipher);
    made.resize((made.size() + block) / block * block);
    auto sealed = suite.encrypt(*key->cipher, key->key.view(), iv, made);
    if (!sealed) {
      return false;
    }
    made = std::move(*sealed);
  }
  datagram.resize(kHeader);
  datagram[kNextPayloadAt] = payloads->empty() ? std::uint8_t{0} : payloads->front().type;
  append(datagram, made);
  Bytes length;
  append_uint(length, datagram.size(), 4);
  std::ranges::copy(length, datagram.begin() + static_cast<std::ptrdiff_t>(kLengthAt));
  return true;
}

}  // namespace gdoi::simulation
