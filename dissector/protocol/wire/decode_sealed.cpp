#include "protocol/wire/decoder.h"

/// Most messages of a capture are encrypted, and to whoever has no key they are a header and
/// octets. What nodes such a message has follows from four octets of its header, so that they are
/// copied from the message before instead of walking the layouts again.
namespace gdoi::wire {
namespace {

// RFC 2408 section 3.1: next payload, version, exchange type and flags; Length.
constexpr std::size_t kSteeringOffset = 16;
constexpr std::size_t kLengthOffset   = 24;
constexpr std::size_t kWordSize       = 4;

// Under the root's group only fields.
bool is_flat(std::span<const Node> nodes) {
  for (NodeId id = 1; id < nodes.size(); ++id) {
    if (nodes[id].end != id + 1) {
      return false;
    }
  }
  return nodes[0].end == nodes.size();
}

std::uint32_t word(ByteView octets, std::size_t offset) {
  return static_cast<std::uint32_t>(to_uint(octets.subspan(offset, kWordSize)));
}

}  // namespace

bool Decoder::is_sealed_as_before(ByteView octets) const {
  const auto& sealed = tree_.sealed_;
  return sealed.schema == &schema_ && octets.size() > kHeaderSize &&
         word(octets, kSteeringOffset) == sealed.steering &&
         word(octets, kLengthOffset) == octets.size();
}

void Decoder::repeat_sealed(ByteView octets) {
  const auto& sealed = tree_.sealed_;
  tree_.roles_       = sealed.roles;
  tree_.next_        = sealed.next;
  tree_.count_       = sealed.count;
  if (tree_.nodes_.size() < sealed.count) {
    tree_.nodes_.resize(kFirstNodes);
  }
  std::copy_n(sealed.nodes.begin(), sealed.count, tree_.nodes_.begin());
  const auto size                       = static_cast<std::uint32_t>(octets.size());
  tree_.nodes_[0].length                = size;
  tree_.nodes_[sealed.count - 1].length = size - static_cast<std::uint32_t>(kHeaderSize);
}

// Without a finding Length is the datagram's, so that the last leaf reaches its end.
void Decoder::remember_sealed(ByteView octets) {
  const auto nodes = tree_.nodes();
  if (tree_.cut_ || !tree_.diagnostics_.empty() || nodes.size() < 2 ||
      nodes.size() > SealedShape::kMostNodes) {
    return;
  }
  const auto& last = nodes.back();
  const auto& row  = schema_.rows[last.row];
  if (last.offset != kHeaderSize || row.kind != Kind::kBytes || row.width != 0 ||
      row.role != Role::kNone || !is_flat(nodes) || octets.size() != word(octets, kLengthOffset)) {
    return;
  }
  auto& sealed    = tree_.sealed_;
  sealed.schema   = &schema_;
  sealed.steering = word(octets, kSteeringOffset);
  sealed.next     = tree_.next_;
  sealed.count    = nodes.size();
  sealed.roles    = tree_.roles_;
  std::ranges::copy(nodes, sealed.nodes.begin());
}

}  // namespace gdoi::wire
