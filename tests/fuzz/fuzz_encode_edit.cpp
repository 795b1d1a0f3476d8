// A message and edits of it. Where the last octet is 0xe8 to 0xef its low bits say how many edits
// of 4 octets stand before it; else all is the message (a datagram as captured) and the edits are
// drawn from its octets. Whatever the message is, what comes out is covered and encodes again to
// the same octets. A message without findings stays without findings of structure, and its lengths,
// counts and next-payload fields stay as refresh_all would make them.

#include "fuzz/fuzz_require.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"
#include "protocol/wire/edit.h"
#include "protocol/wire/encode.h"

#include <algorithm>
#include <array>

namespace {

using gdoi::Bytes;
using gdoi::ByteView;
namespace wire = gdoi::wire;

constexpr std::uint32_t kMark     = 0xe8;
constexpr std::uint32_t kMarkMask = 0xf8;
constexpr std::size_t kDrawnEdits = 4;
constexpr std::size_t kEditSize   = 4;
constexpr std::size_t kMostSize   = 4'096;

// What an edit of a sound message must not bring about.
constexpr std::array kStructural = {
    wire::Code::kFieldCut,       wire::Code::kLengthTooSmall, wire::Code::kLengthTooLarge,
    wire::Code::kChainEndsEarly, wire::Code::kChainRunsOut,   wire::Code::kCountMismatch,
    wire::Code::kElementNext,
};

const wire::Schema& schema() {
  return gdoi::tables::schema();
}

bool has_structural(const wire::Tree& tree) {
  return std::any_of(tree.diagnostics().begin(), tree.diagnostics().end(), [](const auto& found) {
    return std::find(kStructural.begin(), kStructural.end(), found.code) != kStructural.end();
  });
}

// Edits of the first kinds keep a sound message sound; the others may say anything.
enum Kind : std::uint8_t { kErase, kClone, kMove, kLast, kSetNumber = kLast, kSetOctets, kKinds };

void edit(wire::Document& document, ByteView what, std::uint8_t kinds) {
  std::vector<wire::NodeRef> nodes;
  for (const auto node : document.walk(document.root())) {
    if (document.link(node).member || what[0] % kinds >= kLast) {
      nodes.push_back(node);
    }
  }
  if (nodes.empty()) {
    return;
  }
  wire::Editor editor(document);
  const auto node   = nodes[what[1] % nodes.size()];
  const auto before = encode(document);
  bool done         = false;
  switch (what[0] % kinds) {
    case kErase:
      done = editor.erase(node).ok();
      break;
    case kClone:
      done = editor.clone(node).ok();
      break;
    case kMove:
      done = editor.move(node, what[2]).ok();
      break;
    case kSetNumber:
      done = editor.set_number(node, gdoi::to_uint(what.subspan(2))).ok();
      break;
    default:
      done = editor.set_octets(node, Bytes(what[2], what[3])).ok();
      break;
  }
  gdoi::fuzz::require(done || encode(document) == before);
}

struct Input {
  ByteView message;
  Bytes edits{};
};

Input split(ByteView input) {
  const auto last = input.empty() ? 0U : input.back();
  if ((last & kMarkMask) == kMark) {
    const auto size = 1 + (last & ~kMarkMask) * kEditSize;
    if (input.size() >= size) {
      const auto tail = input.last(size);
      return {input.first(input.size() - size), gdoi::to_bytes(tail.first(size - 1))};
    }
  }
  Input whole{input};
  std::uint64_t hash = 14'695'981'039'346'656'037U;  // FNV-1a
  for (const auto octet : input) {
    hash = (hash ^ octet) * 1'099'511'628'211U;
  }
  for (std::size_t i = 0; i < kDrawnEdits; ++i) {
    hash *= 1'099'511'628'211U;
    gdoi::append_uint(whole.edits, hash >> 32U, kEditSize);
  }
  return whole;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = split(ByteView(data, std::min(size, kMostSize)));
  wire::Tree tree;
  wire::decode(schema(), input.message, {}, tree);
  const bool sound = tree.diagnostics().empty();
  wire::Document document(schema(), tree);
  for (std::size_t at = 0; at < input.edits.size() && document.root() != wire::kNoRef;
       at += kEditSize) {
    edit(document, ByteView(input.edits).subspan(at, kEditSize), sound ? kLast : kKinds);
  }
  const auto out = encode(document);
  wire::Tree again;
  wire::decode(schema(), out, {}, again);
  gdoi::fuzz::require(covers(again));
  gdoi::fuzz::require(encode(wire::Document(schema(), again)) == out);
  if (sound) {
    gdoi::fuzz::require(!has_structural(again));
    if (document.root() != wire::kNoRef) {
      wire::Editor(document).refresh_all();
    }
    gdoi::fuzz::require(encode(document) == out);
  }
  return 0;
}
