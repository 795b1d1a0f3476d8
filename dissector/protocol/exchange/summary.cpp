#include "protocol/exchange/fragments.h"
#include "protocol/exchange/message.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/tables/registry.h"

#include <algorithm>
#include <string_view>

namespace gdoi::exchange {
namespace {

constexpr std::uint8_t kMainMode       = 2;
constexpr std::uint8_t kAggressiveMode = 4;
constexpr std::uint8_t kPull           = 32;
constexpr std::uint8_t kPush           = 33;
constexpr std::uint8_t kPushAck        = 35;
constexpr std::uint8_t kInformational  = 5;

constexpr std::size_t kShortestRun = 3;

// "TEK, TEK", and from three on "TEK x3".
std::string list(const std::vector<std::string>& names) {
  std::string text;
  for (auto name = names.begin(); name != names.end();) {
    const auto end =
        std::find_if(name, names.end(), [&](const std::string& other) { return other != *name; });
    const auto count    = static_cast<std::size_t>(end - name);
    const bool together = count >= kShortestRun;
    for (std::size_t i = 0; i < (together ? 1 : count); ++i) {
      text += text.empty() ? "" : ", ";
      text += *name;
    }
    if (together) {
      text += " x" + std::to_string(count);
    }
    name = end;
  }
  return text;
}

std::string with_list(std::string name, const std::vector<std::string>& below) {
  return below.empty() ? name : name + ": " + list(below);
}

// "_I" where the initiator sends message `number` of a phase 1, "_R" where the responder does.
std::string_view side(const MessageView& message, std::uint8_t number) {
  if (message.exchange_type() == kMainMode && number >= 5) {
    return number == 5 ? "_I" : "_R";
  }
  if (message.exchange_type() == kAggressiveMode && number >= 2) {
    return number == 3 ? "_I" : "_R";
  }
  return {};
}

std::string hash_name(const MessageView& message, std::uint8_t number) {
  const auto type = message.exchange_type();
  if (number != 0 && (type == kPull || type == kInformational)) {
    return "HASH(" + std::to_string(number) + ")";
  }
  return "HASH" + std::string(side(message, number));
}

std::string sa_name(const wire::Tree& tree, wire::NodeId node) {
  std::vector<std::string> below;
  std::size_t transforms = 0;
  for (auto id = node; id < tree.node(node).end; ++id) {
    const auto row = tree.node(id).row;
    if (row == tables::row("sak")) {
      below.emplace_back("KEK");
    } else if (row == tables::row("gap")) {
      below.emplace_back("GAP");
    } else if (row == tables::row("sat")) {
      below.emplace_back("TEK");
    } else if (row == tables::row("trans")) {
      ++transforms;
    }
  }
  if (transforms > 1) {
    return "SA (" + std::to_string(transforms) + " transforms)";
  }
  return with_list("SA", below);
}

std::string_view key_packet_name(std::uint64_t type) {
  switch (type) {  // RFC 6407 section 5.6
    case 1:
      return "TEK";
    case 2:
      return "KEK";
    case 3:
      return "LKH";
    case 4:
      return "SID";
    default:
      return "key packet";
  }
}

std::string kd_name(const wire::Tree& tree, wire::NodeId node) {
  std::vector<std::string> below;
  for (auto id = node; id < tree.node(node).end; ++id) {
    if (tree.node(id).row == tables::row("kd.type")) {
      below.emplace_back(key_packet_name(tree.number(id)));
    }
  }
  return with_list("KD", below);
}

// A registered name; a number where only a range has one.
std::string notify_name(const wire::Tree& tree, wire::NodeId node) {
  const auto type = tree.find_number(tables::row("notify.msgtype"), node);
  if (!type) {
    return "NOTIFY";
  }
  for (const auto& name : tables::kNotifyTypes.names) {
    if (name.first == *type && name.last == *type) {
      return "NOTIFY " + std::string(name.text);
    }
  }
  return "NOTIFY " + std::to_string(*type);
}

std::string seq_name(const MessageView& message, wire::NodeId node) {
  const auto number = message.tree().find_number(tables::row("seq"), node);
  const auto type   = message.exchange_type();
  const bool shown  = number && (type == kPush || type == kPushAck);
  return shown ? "SEQ " + std::to_string(*number) : "SEQ";
}

std::string name_of(const MessageView& message, const PayloadView& item, std::uint8_t number) {
  switch (item.type) {
    case payload::kSa:
      return sa_name(message.tree(), item.node);
    case payload::kKe:
      return "KE";
    case payload::kId:
      return "ID";
    case payload::kCert:
      return "CERT";
    case payload::kCertReq:
      return "CERTREQ";
    case payload::kHash:
      return hash_name(message, number);
    case payload::kSig:
      return "SIG" + std::string(side(message, number));
    case payload::kNonce:
      return "NONCE";
    case payload::kNotify:
      return notify_name(message.tree(), item.node);
    case payload::kDelete:
      return "DELETE";
    case payload::kVid:
      return "VID";
    case payload::kConfig:
      return "CONFIG";
    case payload::kKd:
      return kd_name(message.tree(), item.node);
    case payload::kSeq:
      return seq_name(message, item.node);
    case payload::kPop:
      return "POP";
    case payload::kNatD:
    case payload::kNatDDraft:
    case payload::kNatDPrivate:
      return "NAT-D";
    case payload::kNatOa:
    case payload::kNatOaDraft:
    case payload::kNatOaPrivate:
      return "NAT-OA";
    case payload::kGap:
      return "GAP";
    case payload::kFragment:
      return "FRAGMENT";
    default:
      return "payload " + std::to_string(item.type);
  }
}

}  // namespace

std::string payload_summary(const MessageView& message, std::uint8_t number) {
  if (fragment_in(message)) {
    return {};  // the title has its number
  }
  if (message.payloads().empty() && !message.ciphertext().empty()) {
    return "encrypted, " + std::to_string(message.ciphertext().size()) + " octets";
  }
  std::vector<std::string> names;
  names.reserve(message.payloads().size());
  for (const auto& item : message.payloads()) {
    names.push_back(name_of(message, item, number));
  }
  return list(names);
}

}  // namespace gdoi::exchange
