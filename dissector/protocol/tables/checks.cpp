#include "protocol/tables/checks.h"

#include "protocol/tables/checks_common.h"

#include <algorithm>
#include <array>

namespace gdoi::tables {
namespace checks {
namespace {

using wire::Code;
using wire::NodeId;
using wire::Tree;

constexpr std::uint8_t kEncryption    = 0x01;
constexpr std::uint8_t kCommit        = 0x02;
constexpr std::uint8_t kReservedFlags = 0xf8;
constexpr std::uint32_t kHashPayload  = 8;
constexpr std::uint32_t kSeqPayload   = 18;
constexpr std::size_t kMaxChecked     = 4'096;

bool is_phase1(std::uint8_t exchange) {
  return exchange <= kAggressive && exchange != 0;
}

bool all_zero(ByteView octets) {
  return std::all_of(octets.begin(), octets.end(), [](auto octet) { return octet == 0; });
}

void check_cookies(Tree& tree, const Message& message) {
  const auto initiator = tree.find(row("ispi"), message.root);
  const auto responder = tree.find(row("rspi"), message.root);
  if (!initiator || !responder || tree.node(*responder).length < 8) {
    return;
  }
  if (all_zero(tree.octets(*initiator))) {
    report(tree, Code::kInitiatorCookieZero, *initiator);
  }
  // The first message of phase 1 has no responder cookie yet, and what answers an unknown cookie
  // need not have one.
  const bool may_be_zero = is_phase1(message.exchange) || message.exchange == kInformational;
  if (!may_be_zero && all_zero(tree.octets(*responder))) {
    report(tree, Code::kResponderCookieZero, *responder);
  }
}

void check_message_id(Tree& tree, const Message& message) {
  const auto id = tree.find(row("messageid"), message.root);
  if (!id) {
    return;
  }
  const auto value = tree.number(*id);
  const bool zero =
      is_phase1(message.exchange) || message.exchange == kPush || message.exchange == kPushAck;
  if (zero && value != 0) {
    report(tree, Code::kMessageIdNotZero, *id, 0, value);
  }
  // A clear Informational comes before there is an SA that an ID could be unique in.
  const bool non_zero = message.exchange == kPull ||
                        (message.exchange == kInformational && (message.flags & kEncryption) != 0);
  if (non_zero && value == 0) {
    report(tree, Code::kMessageIdZero, *id);
  }
}

void check_flags(Tree& tree, const Message& message) {
  const auto flags = tree.find(row("flags"), message.root);
  if (!flags) {
    return;
  }
  if ((message.flags & kReservedFlags) != 0) {
    report(tree, Code::kReservedFlags, *flags, 0, message.flags);
  }
  if ((message.flags & kCommit) != 0) {
    report(tree, Code::kCommitFlag, *flags);
  }
  if ((message.flags & kEncryption) == 0 &&
      (message.exchange == kPull || message.exchange == kPush)) {
    report(tree, Code::kNotEncrypted, *flags);
  }
  if ((message.flags & kEncryption) != 0 && !tree.find(row("enc.data"), message.root)) {
    report(tree, Code::kNothingEncrypted, *flags);
  }
}

}  // namespace

void check_header(Tree& tree, const Message& message) {
  const auto version = tree.find(row("version"), message.root);
  if (version) {
    const auto value = tree.number(*version);
    if ((value >> 4U) != 1 && (value >> 4U) != 2) {
      report(tree, Code::kNotIsakmp, *version, 0, value);
    } else if ((value & 0x0fU) != 0) {
      report(tree, Code::kMinorVersion, *version, 0, value);
    }
  }
  if (const auto exchange = tree.find(row("exchangetype"), message.root)) {
    constexpr std::array<std::uint8_t, 9> kKnown = {1, 2, 3, 4, 5, 6, 32, 33, 35};
    constexpr std::uint8_t kUnregistered         = 34;
    constexpr std::uint8_t kPrivateUse           = 240;
    if (std::find(kKnown.begin(), kKnown.end(), message.exchange) == kKnown.end()) {
      const bool odd = message.exchange == kUnregistered || message.exchange >= kPrivateUse;
      report(tree, odd ? Code::kValuePrivate : Code::kExchangeType, *exchange, 0, message.exchange);
    }
  }
  check_flags(tree, message);
  check_message_id(tree, message);
  check_cookies(tree, message);
  const auto next = tree.find(row("nextpayload"), message.root);
  if (next && message.exchange == kPush &&
      (tree.number(*next) != kSeqPayload || message.flags != kEncryption)) {
    report(tree, Code::kPushHeader, *next, kSeqPayload, tree.number(*next));
  }
  if (next && message.exchange == kPushAck &&
      (tree.number(*next) != kHashPayload || message.flags != 0)) {
    report(tree, Code::kPushAckHeader, *next, kHashPayload, tree.number(*next));
  }
}

// Values that no registry names, and the rule that a payload's reserved and private numbers are
// worth a word (IANA). Only numbers with a registry are looked at.
void check_values(Tree& tree) {
  const auto size = std::min<std::size_t>(tree.nodes().size(), kMaxChecked);
  for (NodeId id = 0; id < size; ++id) {
    const auto& field = kRows[tree.node(id).row];
    if (field.names == nullptr || !wire::is_number(field.kind) || field.kind == wire::Kind::kNext ||
        tree.node(id).row == row("exchangetype") || tree.node(id).row == row("notify.msgtype")) {
      continue;
    }
    const auto value = tree.number(id);
    const auto name  = wire::name_of(field.names, value);
    if (name.starts_with("Private")) {
      report(tree, Code::kValuePrivate, id, 0, value);
    } else if (name.empty() || name.starts_with("Reserved") || name.starts_with("RESERVED") ||
               name.starts_with("Unassigned")) {
      report(tree, Code::kValueReserved, id, 0, value);
    }
  }
}

}  // namespace checks

namespace {

using checks::Message;
using wire::NodeId;
using wire::Tree;

constexpr std::size_t kMinNonce     = 8;
constexpr std::size_t kMaxIkeNonce  = 256;
constexpr std::size_t kMaxGdoiNonce = 128;

std::optional<Message> message_of(const Tree& tree) {
  const auto root = tree.find(row("message"));
  if (!root) {
    return std::nullopt;
  }
  const auto exchange = tree.find_number(row("exchangetype"), *root);
  const auto flags    = tree.find_number(row("flags"), *root);
  const auto version  = tree.find_number(row("version"), *root);
  if (!exchange || !flags || !version) {
    return std::nullopt;
  }
  const auto plaintext = tree.plaintext_root();
  const bool encrypted = (*flags & 1U) != 0;
  const bool ikev1     = (*version >> 4U) == 1;
  return Message{*root, plaintext.value_or(*root), static_cast<std::uint8_t>(*exchange),
                 static_cast<std::uint8_t>(*flags), ikev1 && (plaintext || !encrypted)};
}

void check_nonce(Tree& tree, NodeId payload, std::uint8_t exchange) {
  const auto node = tree.find(row("nonce"), payload);
  const auto size = node ? tree.node(*node).length : 0;
  const auto most = exchange == checks::kPull ? kMaxGdoiNonce : kMaxIkeNonce;
  if (size < kMinNonce || size > most) {
    checks::report(tree, wire::Code::kNonceLength, node.value_or(payload), most, size);
  }
}

void check_payload(Tree& tree, const Message& message, NodeId payload) {
  const auto row_id = tree.node(payload).row;
  if (row_id == row("payload.sa")) {
    if (tree.find(row("sa.next_attribute_payload"), payload)) {
      checks::check_gdoi_sa(tree, payload, message.exchange);
    } else {
      checks::check_phase1_sa(tree, payload);
    }
  } else if (row_id == row("payload.id")) {
    checks::check_identity(tree, payload, message.exchange);
  } else if (row_id == row("payload.nonce")) {
    check_nonce(tree, payload, message.exchange);
  } else if (row_id == row("payload.notify")) {
    checks::check_notify(tree, payload);
  } else if (row_id == row("payload.delete")) {
    checks::check_delete(tree, payload, message.exchange);
  } else if (row_id == row("payload.kd")) {
    checks::check_key_download(tree, message, payload);
  } else if (row_id == row("payload.seq") && message.exchange == checks::kPush) {
    const auto seq = tree.find(row("seq"), payload);
    if (seq && tree.number(*seq) == 0) {
      checks::report(tree, wire::Code::kSeqZero, *seq);
    }
  }
}

}  // namespace

void check(Tree& tree) {
  const auto message = message_of(tree);
  // The rules are about the message that a fragment is a piece of, and about whole ones.
  if (!message || tree.is_cut() || tree.find(row("frag.seq"))) {
    return;
  }
  checks::check_header(tree, *message);
  if (message->readable) {
    checks::check_payload_set(tree, *message);
    checks::children(tree, message->payloads,
                     [&](NodeId payload) { check_payload(tree, *message, payload); });
  }
  checks::check_values(tree);
}

}  // namespace gdoi::tables
