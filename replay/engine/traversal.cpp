#include "engine/traversal.h"

#include "plan/rebind.h"
#include "protocol/exchange/fragments.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/tables/registry.h"

#include <algorithm>

namespace gdoi::engine {
namespace {

namespace payload = exchange::payload;

constexpr std::array<std::uint8_t, 16> kNatTraversal{
    0x4a, 0x13, 0x1c, 0x81, 0x07, 0x03, 0x58, 0x45, 0x5c, 0x57, 0x28, 0xf2, 0x0e, 0x95, 0x45, 0x2f};
constexpr std::array<std::uint8_t, 16> kFragmentation{
    0x40, 0x48, 0xb7, 0xd5, 0x6e, 0xbc, 0xe8, 0x85, 0x25, 0xe7, 0xde, 0x7f, 0x00, 0xd6, 0xc2, 0xd3};

bool begins_with(ByteView octets, ByteView prefix) {
  return octets.size() >= prefix.size() && equal(octets.first(prefix.size()), prefix);
}

}  // namespace

ByteView nat_traversal_vendor_id() {
  return kNatTraversal;
}

ByteView fragmentation_vendor_id() {
  return kFragmentation;
}

bool announces(const exchange::MessageView& message, ByteView vendor_id) {
  return std::ranges::any_of(message.payloads(), [&](const exchange::PayloadView& one) {
    return one.type == payload::kVid && begins_with(one.body, vendor_id);
  });
}

bool announces(const wire::Document& message, ByteView vendor_id) {
  const auto nodes = message.walk(message.root());
  return std::ranges::any_of(nodes, [&](wire::NodeRef node) {
    return message.value(node).row == tables::row("vid_bytes") && !message.is_group(node) &&
           begins_with(message.value(node).octets.view(), vendor_id);
  });
}

std::array<Bytes, 2> nat_detection(const Ends& ends) {
  return {plan::nat_hash(ends.hash, ends.initiator, ends.responder, ends.remote),
          plan::nat_hash(ends.hash, ends.initiator, ends.responder, ends.local)};
}

// The first is that of the receiver as the sender knows it, the rest are the sender's own.
std::optional<NatSeen> nat_between(const Ends& ends, const exchange::MessageView& message) {
  const auto [remote, local] = nat_detection(ends);
  std::optional<NatSeen> seen;
  for (const auto& one : message.payloads()) {
    if (one.type != payload::kNatD) {
      continue;
    }
    if (!seen) {
      seen = NatSeen{!equal(one.body, local), true};
    } else if (equal(one.body, remote)) {
      seen->remote = false;
    }
  }
  return seen;
}

std::vector<Bytes> in_pieces(ByteView message) {
  return message.size() <= kLongestWhole ? std::vector<Bytes>{to_bytes(message)}
                                         : exchange::cut(message, kLongestWhole);
}

}  // namespace gdoi::engine
