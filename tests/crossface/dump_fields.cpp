// dump_fields CAPTURE KEY_LOG: every field that the library reads in a capture, one JSON object a
// line, in the order of the wire. The outside judge (compare.py) holds it against tshark.

#include "capture/reader.h"
#include "protocol/base/hex.h"
#include "protocol/exchange/follower.h"
#include "protocol/keys/key_log.h"
#include "protocol/tables/registry.h"

#include <fmt/format.h>

#include <bit>

namespace {

using gdoi::tables::kRows;
using gdoi::wire::Kind;
using gdoi::wire::Node;
using gdoi::wire::Tree;

struct Place {
  std::uint64_t frame;
  const Node* node;
};

void print(const Place& place, std::string_view filter, std::string_view value) {
  const auto& node = *place.node;
  fmt::print(R"({{"frame":{},"name":"gdoi.{}","buffer":{},"offset":{},"length":{},"value":"{}"}})"
             "\n",
             place.frame, filter, node.buffer, node.offset, node.length, value);
}

// The bits of a field are the rows behind its own.
void print_bits(const Place& place, std::uint64_t number) {
  for (auto row = std::size_t{place.node->row} + 1; row < kRows.size(); ++row) {
    const auto& bits = kRows[row];
    if (bits.kind != Kind::kBit || bits.width != place.node->length) {
      return;
    }
    print(place, bits.filter,
          fmt::format("{:x}", (number & bits.mask) >> std::countr_zero(bits.mask)));
  }
}

void print_message(std::uint64_t frame, const Tree& tree) {
  for (const auto& node : tree.nodes()) {
    const auto& row = kRows[node.row];
    if (row.filter.empty()) {
      continue;
    }
    const auto octets = tree.octets(node);
    const Place place{frame, &node};
    print(place, row.filter, gdoi::to_hex(octets));
    if (gdoi::wire::is_number(row.kind)) {
      print_bits(place, gdoi::to_uint(octets));
    }
  }
}

int fail(const std::string& text) {
  fmt::print(stderr, "{}\n", text);
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    return fail("usage: dump_fields CAPTURE KEY_LOG");
  }
  auto reader = gdoi::capture::Reader::open_file(arguments[1]);
  if (!reader) {
    return fail(reader.error().text);
  }
  auto keys = gdoi::keys::read_key_file(arguments[2]);
  if (!keys) {
    return fail(keys.error().text);
  }
  gdoi::exchange::Follower follower;
  follower.use(std::move(keys->ring));
  Tree tree;
  for (;;) {
    const auto next = reader->next();
    if (!next) {
      return fail(next.error().text);
    }
    if (!next->has_value()) {
      return 0;
    }
    const auto& datagram = **next;
    gdoi::exchange::Packet packet;
    packet.frame       = datagram.frame;
    packet.time_ns     = datagram.time_ns;
    packet.source      = {datagram.family, datagram.source, datagram.source_port};
    packet.destination = {datagram.family, datagram.destination, datagram.destination_port};
    packet.payload     = datagram.payload;
    // As in the plugin, a message that a later one explains stays as it was when it came.
    print_message(follower.follow(packet, tree).frame, tree);
    (void)follower.take_late();
  }
}
