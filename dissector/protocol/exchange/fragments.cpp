#include "protocol/exchange/fragments.h"

#include "protocol/exchange/payload_types.h"
#include "protocol/tables/registry.h"

#include <algorithm>

namespace gdoi::exchange {

using tables::row;

std::optional<Fragment> fragment_in(const MessageView& message) {
  if (message.find(payload::kFragment) == nullptr) {
    return std::nullopt;
  }
  const auto& tree = message.tree();
  const auto data  = tree.find(row("frag.data"));
  if (!data || message.payloads().size() != 1) {
    return std::nullopt;
  }
  constexpr std::uint64_t kLast = 1;
  Fragment found;
  found.id     = static_cast<std::uint16_t>(tree.find_number(row("frag.packetid")).value_or(0));
  found.number = static_cast<std::uint8_t>(tree.find_number(row("frag.seq")).value_or(0));
  found.last   = (tree.find_number(row("frag.last")).value_or(0) & kLast) != 0;
  found.data   = tree.octets(*data);
  return found.number == 0 || found.data.empty() ? std::nullopt : std::optional(found);
}

std::vector<Bytes> cut(ByteView message, std::size_t longest) {
  constexpr std::size_t kHeader         = 28;  // RFC 2408 section 3.1
  constexpr std::size_t kNextPayloadAt  = 16;
  constexpr std::size_t kFlagsAt        = 19;
  constexpr std::size_t kLengthAt       = 24;
  constexpr std::uint8_t kEncryptedFlag = 1;
  constexpr std::size_t kFragmentHead   = 8;
  constexpr std::size_t kMostFragments  = 255;
  constexpr std::size_t kId             = 1;
  if (message.size() < kHeader || longest <= kHeader + kFragmentHead) {
    return {to_bytes(message)};
  }
  const auto most  = longest - kHeader - kFragmentHead;
  const auto count = (message.size() + most - 1) / most;
  if (count > kMostFragments) {
    return {to_bytes(message)};
  }
  std::vector<Bytes> fragments;
  for (std::size_t number = 1; number <= count; ++number) {
    const auto data = message.subspan((number - 1) * most)
                          .first(std::min(most, message.size() - (number - 1) * most));
    Bytes octets           = to_bytes(message.first(kLengthAt));
    octets[kNextPayloadAt] = payload::kFragment;
    octets[kFlagsAt] &= static_cast<std::uint8_t>(~kEncryptedFlag);
    append_uint(octets, kHeader + kFragmentHead + data.size(), 4);
    append_uint(octets, 0, 2);
    append_uint(octets, kFragmentHead + data.size(), 2);
    append_uint(octets, kId, 2);
    append_uint(octets, number, 1);
    append_uint(octets, number == count ? 1 : 0, 1);
    append(octets, data);
    fragments.push_back(std::move(octets));
  }
  return fragments;
}

Fragments::Pending& Fragments::begin(const Key& key) {
  drop(key);
  while (!order_.empty() && pending_.size() >= limits_.messages) {
    drop(Key(order_.front()));
  }
  auto& made = pending_[key];
  made.age   = order_.insert(order_.end(), key);
  return made;
}

void Fragments::drop(const Key& key) {
  if (const auto found = pending_.find(key); found != pending_.end()) {
    order_.erase(found->second.age);
    pending_.erase(found);
  }
}

std::optional<Bytes> Fragments::add(const Endpoint& sender, const wire::Tree& tree) {
  const MessageView message(tree);
  const auto fragment = fragment_in(message);
  if (!fragment) {
    return std::nullopt;
  }
  const Key key{sender, message.initiator_cookie(), message.responder_cookie(), fragment->id};
  auto found         = pending_.find(key);
  const auto differs = [&] {
    const auto part = found->second.parts.find(fragment->number);
    return part != found->second.parts.end() && !equal(part->second, fragment->data);
  };
  // The same number with other octets: the sender is at its next message.
  auto& pending = found == pending_.end() || differs() ? begin(key) : found->second;
  if (pending.parts.try_emplace(fragment->number, to_bytes(fragment->data)).second) {
    pending.octets += fragment->data.size();
  }
  if (fragment->last) {
    pending.last = fragment->number;
  }
  if (pending.octets > limits_.octets) {
    drop(key);
    return std::nullopt;
  }
  if (pending.last == 0 || pending.parts.size() != pending.last ||
      pending.parts.rbegin()->first != pending.last) {
    return std::nullopt;
  }
  constexpr std::size_t kMarkerSize = 4;  // RFC 3948 section 2.2
  Bytes whole(tree.find(row("marked")) ? kMarkerSize : 0);
  whole.reserve(whole.size() + pending.octets);
  for (const auto& [number, part] : pending.parts) {
    append(whole, part);
  }
  drop(key);
  return whole;
}

}  // namespace gdoi::exchange
