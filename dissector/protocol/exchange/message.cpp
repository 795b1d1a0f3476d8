#include "protocol/exchange/message.h"

#include "protocol/tables/registry.h"

#include <algorithm>

namespace gdoi::exchange {
namespace {

constexpr std::size_t kHeaderSize    = 28;  // RFC 2408 section 3.1
constexpr std::size_t kGenericHeader = 4;   // RFC 2408 section 3.2
constexpr wire::NodeId kHeaderNodes  = 9;   // the message's group and its eight header fields
constexpr std::uint8_t kVersion1     = 0x10;
constexpr std::uint8_t kMajorVersion = 0xf0;

// The node of the ISAKMP message: the first, or that behind a non-ESP marker.
std::optional<wire::NodeId> message_node(const wire::Tree& tree) {
  const auto nodes = tree.nodes();
  for (wire::NodeId id = 0; id < nodes.size() && id < 3; ++id) {
    if (nodes[id].row == tables::row("message")) {
      return id;
    }
  }
  return std::nullopt;
}

}  // namespace

MessageView::MessageView(const wire::Tree& tree) : tree_(&tree) {
  const auto group = message_node(tree);
  if (!group) {
    return;
  }
  const auto& message = tree.node(*group);
  if (message.end < *group + kHeaderNodes || message.length < kHeaderSize ||
      tree.node(*group + kHeaderNodes - 1).row != tables::row("length")) {
    return;
  }
  header_ = tree.octets(message).first(kHeaderSize);
  if ((header_[17] & kMajorVersion) != kVersion1) {
    return;
  }
  std::copy_n(header_.begin(), initiator_.size(), initiator_.begin());
  std::copy_n(header_.begin() + 8, responder_.size(), responder_.begin());
  exchange_   = header_[18];
  flags_      = header_[19];
  message_id_ = static_cast<std::uint32_t>(to_uint(header_.subspan(20, 4)));
  valid_      = true;

  auto from = *group + kHeaderNodes;
  auto to   = message.end;
  if (encrypted() && from < to && tree.node(from).row == tables::row("enc.data")) {
    ciphertext_ = tree.octets(from);
    from = to = 0;
  }
  if (const auto root = tree.plaintext_root()) {
    from = *root + 1;
    to   = tree.node(*root).end;
  }
  while (from < to) {
    const auto& node = tree.node(from);
    if (tables::kRows[node.row].kind == wire::Kind::kGroup) {
      const auto whole = tree.octets(node);
      payloads_.push_back(
          {node.tag, from, whole, whole.subspan(std::min(kGenericHeader, whole.size()))});
    }
    from = node.end;
  }
}

const PayloadView* MessageView::find(std::uint32_t type) const {
  const auto found = std::ranges::find(payloads_, type, &PayloadView::type);
  return found == payloads_.end() ? nullptr : &*found;
}

ByteView MessageView::after_first_payload() const {
  if (payloads_.size() < 2) {
    return {};
  }
  const auto* begin = payloads_[1].whole.data();
  const auto* end   = payloads_.back().whole.data() + payloads_.back().whole.size();
  return {begin, end};
}

}  // namespace gdoi::exchange
