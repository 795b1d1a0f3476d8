#include "protocol/exchange/follower_impl.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/exchange/phase1_keys.h"
#include "protocol/tables/registry.h"

#include <algorithm>

/// What runs under a phase 1: PULL, Quick mode, Informational (RFC 6407 section 3, RFC 2409
/// sections 5.5 and 5.7).
namespace gdoi::exchange {
namespace {

constexpr keys::Cookie kNoCookie{};
constexpr std::uint8_t kInformationalType = 5;
constexpr std::uint8_t kPullType          = 32;
constexpr std::uint8_t kLastNumber        = 4;

// The numbers of a PULL that the payloads allow; 0: they do not tell.
std::uint8_t number_by_content(const MessageView& message) {
  const auto has = [&](std::uint8_t type) { return message.find(type) != nullptr; };
  if (!has(payload::kHash)) {
    return 0;
  }
  if (has(payload::kKd)) {
    return 4;
  }
  if (has(payload::kNonce)) {
    return has(payload::kSa) ? 2 : has(payload::kId) ? 1 : 0;
  }
  const bool only_allowed = std::ranges::all_of(message.payloads(), [](const PayloadView& item) {
    return item.type == payload::kHash || item.type == payload::kGap;
  });
  return only_allowed ? 3 : 0;
}

// Sides alternate, the GM begins: the next number of the sender's, or one that was passed over.
std::uint8_t number_by_order(const Conversation& conversation, Sender sender) {
  if (sender == Sender::kUnknown) {
    return 0;
  }
  const std::uint8_t parity = sender == Sender::kGm ? 1 : 0;
  const auto belongs        = [&](int number) { return number % 2 == parity; };
  for (int number = conversation.last + 1; number <= kLastNumber; ++number) {
    if (belongs(number)) {
      return static_cast<std::uint8_t>(number);
    }
  }
  for (int number = 1; number <= kLastNumber; ++number) {
    if (belongs(number) && conversation.frames.at(static_cast<std::size_t>(number)) == 0) {
      return static_cast<std::uint8_t>(number);
    }
  }
  return 0;
}

// RFC 2409 section 5.5: in Quick mode SA follows HASH, in a PULL (RFC 6407 section 3.2) the nonce.
bool is_quick(const MessageView& message) {
  const auto& payloads = message.payloads();
  return payloads.size() >= 3 && payloads[0].type == payload::kHash &&
         payloads[1].type == payload::kSa && payloads[2].type == payload::kNonce;
}

bool is_pull(const MessageView& message) {
  const auto& payloads = message.payloads();
  return payloads.size() >= 3 && payloads[0].type == payload::kHash &&
         payloads[1].type == payload::kNonce;
}

Exchange exchange_of(const MessageView& message, const Phase1& phase1) {
  switch (message.exchange_type()) {
    case kInformationalType:
      return Exchange::kInformational;
    case kPullType:
      return phase1.doi == kIpsecDoi ? Exchange::kQuick : Exchange::kPull;
    default:
      return Exchange::kOther;
  }
}

// Error types are those below the status types (RFC 2408 section 3.14.1).
bool is_error(const MessageView& message, const PayloadView& notify) {
  constexpr std::uint64_t kFirstStatusType = 16384;
  const auto type = message.tree().find_number(tables::row("notify.msgtype"), notify.node);
  return type && *type < kFirstStatusType;
}

// A DELETE of the KS in the place of an answer: the GM asked last. After PULL message 4 it is none.
bool is_refusal(const Phase1& phase1, const MessageView& message, const FrameRecord& record) {
  return record.sender == Sender::kKs && message.find(payload::kDelete) != nullptr &&
         phase1.last_gm_frame > phase1.last_ks_frame && phase1.last_gm_frame < record.frame;
}

// Whether the last message of a phase 1 was seen.
bool has_ended(const Phase1* phase1) {
  return phase1->frames[phase1->mode == Exchange::kAggressive ? 3 : 6] != 0;
}

bool numbered(Exchange exchange) {
  return exchange == Exchange::kPull || exchange == Exchange::kQuick;
}

}  // namespace

// The phase 1 that a message belongs to; one of which nothing is known where the capture began
// after it.
Phase1& Follower::Impl::phase1_of(const MessageView& message, const std::vector<Phase1*>& family) {
  const auto& responder = message.responder_cookie();
  std::vector<Phase1*> matching;
  std::ranges::copy_if(family, std::back_inserter(matching),
                       [&](const Phase1* one) { return one->responder == responder; });
  if (matching.empty()) {
    std::ranges::copy_if(family, std::back_inserter(matching),
                         [](const Phase1* one) { return one->responder == kNoCookie; });
  }
  if (matching.empty()) {
    auto& phase1     = phase1s.add(message.initiator_cookie());
    phase1.responder = responder;
    return phase1;
  }
  if (matching.size() > 1) {
    std::ranges::stable_partition(matching, has_ended);
  }
  auto* phase1 = matching.front();
  if (matching.size() > 1) {
    const auto opens = [&](Phase1* one) {
      Conversation fresh;
      fresh.message_id         = message.message_id();
      const auto* conversation = one->find(message.message_id());
      refresh_keys(crypto::openssl_suite(), given(*one), *one);
      return open_message(crypto::openssl_suite(), *one,
                          conversation != nullptr ? conversation : &fresh,
                          {message.ciphertext(), message.header()[16], Sender::kUnknown, 0,
                           message.exchange_type() == kInformationalType})
                 .crypt == Crypt::kDecrypted;
    };
    const auto has = [&](Phase1* one) { return one->find(message.message_id()) != nullptr; };
    auto found     = std::ranges::find_if(matching, opens);
    found          = found == matching.end() ? std::ranges::find_if(matching, has) : found;
    phase1         = found == matching.end() ? phase1 : *found;
  }
  phase1->responder = responder;
  return *phase1;
}

Conversation& Follower::Impl::conversation_at(Phase1& phase1, std::uint32_t message_id,
                                              Exchange exchange) {
  auto* conversation = phase1.find(message_id);
  if (conversation == nullptr) {
    if (phase1.conversations.size() >= std::max<std::size_t>(limits.pulls_each, 1)) {
      phase1.conversations.erase(phase1.conversations.begin());
    }
    conversation             = &phase1.conversations.emplace_back();
    conversation->message_id = message_id;
  }
  if (exchange == Exchange::kPull && conversation->pull == 0) {
    conversation->pull = next_pull++;
  }
  return *conversation;
}

void Follower::Impl::conversation_message(Passage& passage) {
  auto& [packet, tree, record] = passage;
  const MessageView message(tree);
  const auto print  = fingerprint(packet, false);
  const auto family = phase1s.with(message.initiator_cookie());
  for (auto* known : family) {
    auto* conversation = known->find(message.message_id());
    const auto* seen   = conversation == nullptr ? nullptr : conversation->history.find(print);
    if (seen != nullptr) {
      repeat(*seen, passage);
      known->note_frame(record);
      if (record.crypt == Crypt::kNoIv) {
        keep_pending(conversation->pending, limits.pending_each, packet, record);
      }
      phase1s.touch(*known);
      return;
    }
  }
  auto& phase1       = phase1_of(message, family);
  record.exchange    = exchange_of(message, phase1);
  record.phase1      = phase1.number;
  auto& conversation = conversation_at(phase1, message.message_id(), record.exchange);
  if (record.exchange == Exchange::kQuick && conversation.pull != 0) {
    record.exchange = Exchange::kPull;
  }
  if (numbered(record.exchange) && conversation.history.all().empty()) {
    guess_roles(phase1, packet, Sender::kGm);
  } else if (!phase1.gm) {
    guess_roles(phase1, packet, Sender::kUnknown);
  }
  record.sender = phase1.sender_of(packet);
  record.pull   = record.exchange == Exchange::kPull ? conversation.pull : 0;
  settle_conversation(phase1, conversation, passage);
  phase1.note_frame(record);
  conversation.history.add(print, record, chained(message));
  if (record.crypt == Crypt::kNoIv || (record.crypt == Crypt::kNoKey && phase1.keys.any_given)) {
    keep_pending(conversation.pending, limits.pending_each, packet, record);
  }
  phase1s.touch(phase1);
  retry(phase1);
}

bool Follower::Impl::settle_conversation(Phase1& phase1, Conversation& conversation,
                                         Passage& passage) {
  auto& [packet, tree, record] = passage;
  const auto& suite            = crypto::openssl_suite();
  const MessageView sealed(tree);
  const bool informational = record.exchange == Exchange::kInformational;
  const bool counted       = numbered(record.exchange);
  // A message that is settled late has its number already; only content changes it.
  if (record.number == 0) {
    record.number = informational ? 1
                    : counted     ? number_by_order(conversation, record.sender)
                                  : std::uint8_t{0};
  }
  refresh_keys(suite, given(phase1), phase1);
  if (sealed.encrypted()) {
    apply(open_message(suite, phase1, &conversation,
                       {sealed.ciphertext(), sealed.header()[16], record.sender, record.number,
                        informational}),
          phase1.keys, passage);
  }
  const bool readable = record.crypt == Crypt::kDecrypted || record.crypt == Crypt::kClear;
  record.guessed      = !readable && counted;
  if (readable) {
    const MessageView message(tree);
    if (record.exchange == Exchange::kPull && phase1.doi == 0 && is_quick(message)) {
      record.exchange = Exchange::kQuick;
      record.pull     = 0;
    } else if (record.exchange == Exchange::kQuick && is_pull(message)) {
      // A key server may take a phase 1 in the DOI of IPsec; what follows tells.
      record.exchange   = Exchange::kPull;
      conversation.pull = conversation.pull == 0 ? next_pull++ : conversation.pull;
      record.pull       = conversation.pull;
    }
    if (record.exchange == Exchange::kPull) {
      if (const auto number = number_by_content(message); number != 0) {
        record.number = number;
        record.sender = step_of(Exchange::kPull, number)->sender;
        assign_roles(phase1, passage.packet, record.sender, true);
      }
      record.hash = verify_pull(suite, phase1, conversation, record.number, message).hash;
      absorb(conversation, message, record);
    } else if (informational) {
      record.hash     = verify_informational(suite, phase1, message).hash;
      const auto* why = message.find(payload::kNotify);
      if ((why != nullptr && is_error(message, *why)) || is_refusal(phase1, message, record)) {
        record.answers = phase1.last_from(record.sender == Sender::kGm ? Sender::kKs : Sender::kGm);
      }
    }
  }
  if (counted && record.number != 0) {
    auto& first       = conversation.frames.at(record.number);
    first             = first == 0 ? packet.frame : first;
    conversation.last = std::max(conversation.last, record.number);
    record.answers    = conversation.frames.at(record.number - 1U);
  }
  return readable;
}

void Follower::Impl::absorb(Conversation& conversation, const MessageView& message,
                            const FrameRecord& record) {
  const auto* nonce = message.find(payload::kNonce);
  const bool good   = record.hash == Verdict::kGood;
  const auto take   = [&](Bytes& body) {
    if (nonce != nullptr && (body.empty() || good)) {
      body = to_bytes(nonce->body);
    }
  };
  if (record.number == 1) {
    take(conversation.ni_b);
  } else if (record.number == 2) {
    take(conversation.nr_b);
    if (auto policy = policy_of(message)) {
      conversation.policy = std::move(policy);
    }
    if (conversation.policy && conversation.download) {
      learn(&*conversation.policy, *conversation.download, conversation.frames[4]);
      conversation.download.reset();
    }
  } else if (record.number == 4) {
    if (auto download = download_of(message)) {
      learn(conversation.policy ? &*conversation.policy : nullptr, *download, record.frame);
      if (!conversation.policy) {
        conversation.download = std::move(download);
      }
    }
  }
}

}  // namespace gdoi::exchange
