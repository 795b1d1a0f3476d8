// Whole conversations from outside. Input: datagrams one after the other, each after one octet of
// direction and port and its length in two octets (make_seeds cuts the captures so). Beyond staying
// alive: what a record says must read the same tree again, a late message must be older than the
// one that made it readable, and a second follower must say the same.

#include "fuzz/fuzz_keys.h"
#include "fuzz/fuzz_require.h"
#include "protocol/exchange/follower.h"
#include "protocol/exchange/message.h"
#include "protocol/keys/key_ring.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

using namespace gdoi;
using namespace gdoi::exchange;
using gdoi::fuzz::require;

constexpr std::uint8_t kFromKs      = 1;
constexpr std::uint8_t kNatPort     = 2;
constexpr std::uint8_t kOtherMember = 4;
constexpr std::size_t kMostPackets  = 400;

bool same(const wire::Tree& a, const wire::Tree& b) {
  if (a.nodes().size() != b.nodes().size() || a.buffer_count() != b.buffer_count() ||
      a.diagnostics().size() != b.diagnostics().size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.buffer_count(); ++i) {
    if (!equal(a.buffer(i), b.buffer(i))) {
      return false;
    }
  }
  for (wire::NodeId id = 0; id < a.nodes().size(); ++id) {
    const auto& left  = a.node(id);
    const auto& right = b.node(id);
    if (left.row != right.row || left.offset != right.offset || left.length != right.length) {
      return false;
    }
  }
  return true;
}

void check(const Follower& follower, const FrameRecord& record, ByteView octets, bool nat,
           const wire::Tree& tree) {
  require(wire::covers(tree));
  require((record.crypt == Crypt::kDecrypted) == (tree.buffer_count() == 2));
  wire::Tree again;
  follower.decode_again(record, octets, nat, again);
  require(same(tree, again));
  require(!message_title(record).empty());
  (void)follower.key_remark(record, tree);
  (void)payload_summary(MessageView(tree), record.number);
}

Packet packet_of(std::uint8_t direction, std::uint64_t frame, ByteView octets) {
  Packet packet;
  packet.frame    = frame;
  packet.payload  = octets;
  const bool from = (direction & kFromKs) != 0;
  auto& ks        = from ? packet.source : packet.destination;
  auto& gm        = from ? packet.destination : packet.source;
  ks.address      = {10, 0, 224, 44};
  gm.address      = {10, 0, 224, static_cast<std::uint8_t>(direction & kOtherMember ? 40 : 37)};
  ks.port = gm.port = (direction & kNatPort) != 0 ? 4500 : 848;
  return packet;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FollowerLimits limits;
  limits.phase1s      = 4;
  limits.pulls_each   = 3;
  limits.pending_each = 2;
  limits.keks         = 2;
  Follower follower(limits);
  follower.use(gdoi::fuzz::captured_keys());
  ByteView rest(data, size);
  std::uint64_t frame = 0;
  while (rest.size() >= 3 && frame < kMostPackets) {
    const auto direction = rest[0];
    const auto length    = std::min<std::size_t>(to_uint(rest.subspan(1, 2)), rest.size() - 3);
    const auto octets    = rest.subspan(3, length);
    rest                 = rest.subspan(3 + length);
    const bool nat       = (direction & kNatPort) != 0;
    const auto packet    = packet_of(direction, ++frame, octets);
    wire::Tree tree;
    const auto record = follower.follow(packet, tree);
    require(record.frame == frame && record.retransmission_of < frame && record.answers < frame);
    check(follower, record, octets, nat, tree);
    for (const auto& late : follower.take_late()) {
      require(late.record.frame < frame && late.record.crypt == Crypt::kDecrypted);
      const bool late_nat = late.packet.source.port == 4500;
      check(follower, late.record, late.octets, late_nat, late.tree);
    }
    (void)follower.take_learned_teks();
  }
  return 0;
}
