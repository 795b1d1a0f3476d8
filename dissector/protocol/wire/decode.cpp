#include "protocol/wire/decode.h"

#include "protocol/wire/decoder.h"

namespace gdoi::wire {
namespace {

constexpr std::size_t kMarkerSize      = 4;
constexpr std::size_t kVersionOffset   = 17;
constexpr std::uint8_t kKeepaliveOctet = 0xff;
constexpr std::uint8_t kIsakmpVersion  = 0x10;
constexpr std::uint8_t kIkev2Version   = 0x20;

// A phase-1 header never starts with a zero cookie, so four zero octets before something that has
// a version octet at the right place are a marker on whatever port (RFC 3948 section 2.2).
bool has_marker(ByteView datagram) {
  if (datagram.size() < kMarkerSize + kHeaderSize || !all_zero(datagram.first(kMarkerSize))) {
    return false;
  }
  const auto version = datagram[kMarkerSize + kVersionOffset];
  return version == kIsakmpVersion || version == kIkev2Version;
}

}  // namespace

Decoder::Decoder(const Schema& schema, Tree& tree, std::uint8_t buffer, std::size_t block_size)
    : schema_(schema), tree_(tree), buffer_(buffer), block_size_(block_size) {}

void Decoder::datagram(ByteView octets, const DecodeOptions& options) {
  tree_.clear();
  tree_.datagram_ = octets;
  tree_.cut_      = options.cut;
  LayoutId layout = schema_.message;
  if (octets.size() == 1 && octets[0] == kKeepaliveOctet) {
    layout = schema_.keepalive;
  } else if (has_marker(octets)) {
    layout = schema_.marked;
  } else if (is_sealed_as_before(octets)) {
    repeat_sealed(octets);
    return;
  }
  const Cursor window(octets);
  Window frame;
  frame.message = true;
  root(layout, window, frame);
  if (layout == schema_.message && octets.size() < kHeaderSize) {
    report(Code::kShortHeader, 0, 0, kHeaderSize, octets.size());
  }
  if (layout == schema_.marked && !options.nat_port) {
    report(Code::kMarkerOn848, 0, 0, 0, kMarkerSize);
  }
  if (layout == schema_.message) {
    remember_sealed(octets);
  }
}

void Decoder::plaintext(Secret octets) {
  tree_.plaintexts_.push_back(std::move(octets));
  buffer_               = static_cast<std::uint8_t>(tree_.plaintexts_.size());
  tree_.plaintext_root_ = static_cast<NodeId>(tree_.count_);
  const Cursor window(tree_.buffer(buffer_));
  Window frame;
  frame.message = true;
  frame.next    = tree_.next_;
  root(schema_.plaintext, window, frame);
}

// The outermost structure covers its buffer to the last octet, also what its Length leaves out.
void Decoder::root(LayoutId layout, Cursor cursor, Window frame) {
  const auto id = static_cast<NodeId>(tree_.count_);
  Cursor inner  = cursor;
  structure(layout, inner, frame);
  cursor.skip_to(inner);
  if (tree_.count_ == id) {
    return;
  }
  if (cursor.left() > 0) {
    const auto offset = cursor.at();
    const auto rest   = cursor.rest();
    const bool align  = buffer_ == 0 && rest.size() <= kMaxAlignment && !frame.cut;
    depth_            = 1;
    const auto leaf   = add_leaf(align ? schema_.padding : schema_.trailing, offset, rest.size());
    depth_            = 0;
    report(align ? Code::kAlignment : Code::kTrailingOctets, leaf, offset, 0, rest.size());
  }
  auto& node = tree_.nodes_[id];
  if (schema_.rows[node.row].kind == Kind::kGroup) {
    node.length = static_cast<std::uint32_t>(cursor.at()) - node.offset;
    node.end    = static_cast<NodeId>(tree_.count_);
  }
}

void Decoder::structure(LayoutId layout, Cursor& cursor, Window& frame) {
  frame.start = cursor.at();
  run(layout, cursor, frame);
}

// Rows of one layout, in the structure `frame`. Included layouts share frame and cursor, so that a
// length in a header bounds the payload that includes it.
void Decoder::run(LayoutId layout_id, Cursor& cursor, Window& frame) {
  const auto& layout = schema_.layouts[layout_id];
  const auto rows    = schema_.rows.subspan(layout.first, layout.count);
  const bool grouped = !rows.empty() && rows[0].kind == Kind::kGroup;
  const bool outer   = grouped && frame.group == kNoNode;
  NodeId group       = kNoNode;
  if (grouped) {
    if (depth_ >= kMaxDepth) {
      report(Code::kTooDeep, 0, cursor.at(), kMaxDepth, depth_);
      return;
    }
    group = open(layout.first, cursor.at());
    if (outer) {
      frame.group = group;
    }
  }
  for (std::size_t i = grouped ? 1 : 0; i < rows.size() && !frame.cut; ++i) {
    const auto row_id = static_cast<RowId>(layout.first + i);
    const auto& row   = rows[i];
    if (row.width != 0 && row.role == Role::kNone &&
        (row.kind == Kind::kUint || row.kind == Kind::kBytes) && row.width <= cursor.left()) {
      // The bulk of all rows: a fixed width, and nothing depends on the value.
      add_leaf(row_id, cursor.at(), row.width);
      cursor.skip(row.width);
    } else if (row.kind == Kind::kItems) {
      ++i;
      items(static_cast<RowId>(row_id + 1), cursor, frame);
    } else if (is_leaf(row.kind)) {
      leaf(row_id, row, cursor, frame);
    } else {
      step(row, cursor, frame);
    }
  }
  if (!grouped) {
    return;
  }
  if (outer && frame.bounded) {
    trailing(cursor, frame);
  }
  close(group, cursor.at());
}

void Decoder::step(const Field& row, Cursor& cursor, Window& frame) {
  switch (row.kind) {
    case Kind::kInclude:
      if (const auto& part = schema_.layouts[row.arg];
          part.count == 1 && is_leaf(schema_.rows[part.first].kind)) {
        leaf(part.first, schema_.rows[part.first], cursor, frame);
      } else if (row.key == kOwnStructure) {
        own_structure(row.arg, cursor, frame);
      } else {
        run(row.arg, cursor, frame);
      }
      break;
    case Kind::kSelect:
      run(selected(row.arg), cursor, frame);
      break;
    case Kind::kSizedSelect:
      sized_select(row, cursor, frame);
      break;
    case Kind::kAttributes:
      attributes(row.arg, cursor, frame);
      break;
    case Kind::kElements:
      elements(row, cursor, frame);
      break;
    case Kind::kChain:
      chain(schema_.chains[row.arg], cursor, frame);
      break;
    default:
      break;
  }
}

LayoutId Decoder::selected(SelectorId id) const {
  const auto& selector = schema_.selectors[id];
  const auto value     = tree_.roles_[static_cast<std::size_t>(selector.role)] &
                     (selector.mask == 0 ? ~std::uint32_t{0} : selector.mask);
  for (const auto& choice : selector.cases) {
    if (choice.value == value) {
      return choice.layout;
    }
  }
  return selector.otherwise;
}

void Decoder::leaf(RowId row_id, const Field& row, Cursor& cursor, Window& frame) {
  std::size_t width = row.width;
  switch (row.kind) {
    case Kind::kIpv4:
      width = 4;
      break;
    case Kind::kIpv6:
      width = 16;
      break;
    case Kind::kSized:
      width = sized(row, frame);
      break;
    case Kind::kShare:
      width = share(cursor, frame);
      break;
    case Kind::kResync:
      if (!needs_resync(row, cursor)) {
        return;
      }
      break;
    default:
      if (width == 0) {
        width = cursor.left();
      }
      break;
  }
  const auto offset = cursor.at();
  const auto octets = cursor.take(width);
  if (!octets) {
    cut(row_id, width, cursor, frame);
    return;
  }
  if (width == 0) {
    return;
  }
  const auto node = add_leaf(row_id, offset, width);
  if (row.kind == Kind::kResync) {
    report(Code::kResynchronised, node, offset, 0, width);
  }
  if (row.kind != Kind::kUint ? is_number(row.kind) : row.role != Role::kNone) {
    number(row, node, to_uint(*octets), cursor, frame);
  }
}

void Decoder::number(const Field& row, NodeId node, std::uint64_t value, Cursor& cursor,
                     Window& frame) {
  const auto offset = tree_.nodes_[node].offset;
  if (row.role != Role::kNone) {
    tree_.roles_[static_cast<std::size_t>(row.role)] = static_cast<std::uint32_t>(value);
  }
  switch (row.kind) {
    case Kind::kReserved:
      if (value != 0) {
        report(Code::kReservedNotZero, node, offset, 0, value);
      }
      break;
    case Kind::kNext:
      if (row.key == kFirstBelow) {
        frame.next_below      = static_cast<std::uint32_t>(value);
        frame.next_below_node = node;
        break;
      }
      frame.next      = static_cast<std::uint32_t>(value);
      frame.next_node = node;
      if (frame.message && buffer_ == 0) {
        tree_.next_ = frame.next;
      }
      break;
    case Kind::kCount:
      frame.count      = value;
      frame.count_node = node;
      break;
    case Kind::kSize:
      frame.size = value;
      break;
    case Kind::kLength:
    case Kind::kValueLength:
      bound(row, node, value, cursor, frame);
      break;
    default:
      break;
  }
}

// A length that was read narrows the window of its structure, never widens it.
void Decoder::bound(const Field& row, NodeId node, std::uint64_t value, Cursor& cursor,
                    Window& frame) {
  const auto offset  = tree_.nodes_[node].offset;
  const auto covered = row.kind == Kind::kLength ? cursor.at() - frame.start : 0;
  frame.bounded      = true;
  if (value < covered) {
    report(Code::kLengthTooSmall, node, offset, covered, value);
    cursor     = cursor.sub(0);
    frame.cut  = true;
    frame.lost = true;
    return;
  }
  if (value - covered > cursor.left()) {
    report(Code::kLengthTooLarge, node, offset, value, covered + cursor.left());
    return;
  }
  cursor = cursor.sub(static_cast<std::size_t>(value - covered));
}

void Decoder::cut(RowId row_id, std::size_t needed, Cursor& cursor, Window& frame) {
  const auto offset = cursor.at();
  const auto had    = cursor.left();
  auto node         = frame.group == kNoNode ? 0 : frame.group;
  if (had > 0) {
    (void)cursor.rest();
    node                   = add_leaf(schema_.truncated, offset, had);
    tree_.nodes_[node].tag = row_id;
  }
  report(Code::kFieldCut, node, offset, needed, had);
  frame.cut = true;
}

void Decoder::trailing(Cursor& cursor, const Window& frame) {
  if (cursor.left() == 0) {
    return;
  }
  const auto offset = cursor.at();
  const auto size   = cursor.rest().size();
  const auto node   = add_leaf(schema_.trailing, offset, size);
  if (!frame.cut) {
    report(Code::kTrailingOctets, node, offset, 0, size);
  }
}

void Decoder::own_structure(LayoutId layout, Cursor& cursor, const Window& outer) {
  Cursor inner = cursor;
  Window frame;
  frame.message = outer.message;
  structure(layout, inner, frame);
  cursor.skip_to(inner);
}

void Decoder::sized_select(const Field& row, Cursor& cursor, const Window& outer) {
  if (outer.size == 0) {
    return;
  }
  if (outer.size > cursor.left()) {
    report(Code::kLengthTooLarge, outer.group == kNoNode ? 0 : outer.group, cursor.at(), outer.size,
           cursor.left());
  }
  Cursor inner =
      cursor.sub(static_cast<std::size_t>(std::min<std::uint64_t>(outer.size, cursor.left())));
  Window frame;
  frame.group = outer.group;
  frame.start = inner.at();
  run(selected(row.arg), inner, frame);
  trailing(inner, frame);
  cursor.skip_to(inner);
}

bool Decoder::full(const Cursor& cursor) {
  if (tree_.count_ < kMaxNodes) {
    return false;
  }
  if (!full_) {
    full_ = true;
    report(Code::kTooManyPayloads, 0, cursor.at(), kMaxNodes, tree_.count_);
  }
  return true;
}

NodeId Decoder::open(RowId row, std::size_t offset) {
  const auto id = add_leaf(row, offset, 0);
  ++depth_;
  return id;
}

void Decoder::close(NodeId id, std::size_t end) {
  --depth_;
  auto& node  = tree_.nodes_[id];
  node.length = static_cast<std::uint32_t>(end) - node.offset;
  node.end    = static_cast<NodeId>(tree_.count_);
}

void Decoder::report(Code code, NodeId node, std::size_t offset, std::uint64_t needed,
                     std::uint64_t had) {
  if (tree_.cut_ && buffer_ == 0 && is_about_missing_octets(code)) {
    return;
  }
  tree_.diagnostics_.push_back(
      {code, buffer_, node, static_cast<std::uint32_t>(offset), needed, had});
}

void decode(const Schema& schema, ByteView datagram, const DecodeOptions& options, Tree& tree) {
  Decoder(schema, tree, 0, 0).datagram(datagram, options);
}

void decode_plaintext(const Schema& schema, Secret plaintext, std::size_t block_size, Tree& tree) {
  Decoder(schema, tree, 0, block_size).plaintext(std::move(plaintext));
}

}  // namespace gdoi::wire
