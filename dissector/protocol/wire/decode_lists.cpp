#include "protocol/wire/decoder.h"

#include <algorithm>

/// Lists: SPIs, proposals and transforms, key packets, payload chains.
namespace gdoi::wire {
namespace {

constexpr std::size_t kGenericHeader = 4;

}  // namespace

void Decoder::items(RowId row_id, Cursor& cursor, Window& frame) {
  std::uint64_t read = 0;
  const auto size    = static_cast<std::size_t>(std::min<std::uint64_t>(frame.size, cursor.end()));
  while (size > 0 && read < frame.count.value_or(0) && cursor.left() >= size && !full(cursor)) {
    add_leaf(row_id, cursor.at(), size);
    (void)cursor.take(size);
    ++read;
  }
  if (frame.count && size > 0 && read != *frame.count) {
    report(Code::kCountMismatch, frame.count_node, tree_.nodes_[frame.count_node].offset,
           *frame.count, read);
  }
}

void Decoder::elements(const Field& row, Cursor& cursor, Window& outer) {
  std::uint64_t read = 0;
  bool chained       = false;
  Window frame;
  while (cursor.left() > 0 && !full(cursor)) {
    if (!chained && outer.count && read >= *outer.count) {
      break;
    }
    const auto before = cursor.at();
    Cursor inner      = cursor;
    frame             = Window{};
    frame.remaining   = outer.count ? *outer.count - std::min(read, *outer.count) : 1;
    structure(row.arg, inner, frame);
    cursor.skip_to(inner);
    ++read;
    if (cursor.at() == before || frame.lost) {
      outer.cut = frame.lost;
      break;
    }
    chained = frame.next_node != kNoNode;
    if (chained) {
      if (frame.next == 0) {
        break;
      }
      if (frame.next != row.key) {
        report(Code::kElementNext, frame.next_node, tree_.nodes_[frame.next_node].offset, row.key,
               frame.next);
      }
    }
  }
  if (chained && frame.next != 0 && !frame.cut) {
    report(Code::kChainRunsOut, frame.next_node, tree_.nodes_[frame.next_node].offset, frame.next,
           0);
  }
  if (outer.count && read != *outer.count) {
    report(Code::kCountMismatch, outer.count_node, tree_.nodes_[outer.count_node].offset,
           *outer.count, read);
  }
}

void Decoder::chain(const Chain& chain, Cursor& cursor, Window& outer) {
  auto type      = outer.message ? outer.next : outer.next_below;
  auto next_node = outer.message ? outer.next_node : outer.next_below_node;
  if (next_node == kNoNode) {
    next_node = 0;
  }
  bool cut_short = false;
  while (type != 0 && !cut_short) {
    if (cursor.left() < kGenericHeader) {
      if (cursor.left() == 0) {
        report(Code::kChainRunsOut, next_node, tree_.nodes_[next_node].offset, type, 0);
      } else {
        cut(kNoRow, kGenericHeader, cursor, outer);
      }
      cut_short = true;
      break;
    }
    if (++payloads_ > kMaxPayloads) {
      report(Code::kTooManyPayloads, next_node, cursor.at(), kMaxPayloads, payloads_);
      cut_short = true;
      break;
    }
    const auto known = std::find_if(chain.payloads.begin(), chain.payloads.end(),
                                    [type](const Case& c) { return c.value == type; });
    const bool found = known != chain.payloads.end();
    const auto id    = static_cast<NodeId>(tree_.count_);
    Cursor inner     = cursor;
    Window frame;
    structure(found ? known->layout : chain.unknown, inner, frame);
    cursor.skip_to(inner);
    if (tree_.count_ == id) {
      break;
    }
    tree_.nodes_[id].tag = type;
    if (!found) {
      report(Code::kUnknownPayload, id, tree_.nodes_[id].offset, 0, type);
    }
    if (frame.next_node == kNoNode || frame.lost) {
      outer.cut = cut_short = true;
      break;
    }
    type      = frame.next;
    next_node = frame.next_node;
  }
  if (outer.message) {
    padding(cursor, cut_short);
  }
}

// What stands after the last payload of a message: padding of the cipher (RFC 2409 appendix B), up
// to 3 octets of alignment in clear (RFC 2408 section 3.6), or something that hides.
void Decoder::padding(Cursor& cursor, bool explained) {
  if (cursor.left() == 0) {
    return;
  }
  const auto offset = cursor.at();
  const auto octets = cursor.rest();
  // RFC 2409 appendix B: up to the block; strongSwan adds a whole one where nothing is missing.
  const auto most   = block_size_ > 0 ? block_size_ : kMaxAlignment;
  const bool is_pad = octets.size() <= most && !explained;
  const auto node   = add_leaf(is_pad ? schema_.padding : schema_.trailing, offset, octets.size());
  if (explained) {
    return;
  }
  if (!is_pad) {
    report(Code::kChainEndsEarly, node, offset, most, octets.size());
  } else if (!all_zero(octets)) {
    report(Code::kPaddingNotZero, node, offset, 0, octets.size());
  } else if (block_size_ == 0) {
    report(Code::kAlignment, node, offset, 0, octets.size());
  }
}

}  // namespace gdoi::wire
