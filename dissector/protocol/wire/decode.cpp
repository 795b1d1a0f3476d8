#include "protocol/wire/decode.h"

#include "protocol/wire/decoder.h"

#include <algorithm>

namespace gdoi::wire {
namespace {

constexpr std::size_t kHeaderSize       = 28;
constexpr std::size_t kMarkerSize       = 4;
constexpr std::size_t kVersionOffset    = 17;
constexpr std::size_t kMaxAlignment     = 3;
constexpr std::uint8_t kKeepaliveOctet  = 0xff;
constexpr std::uint8_t kIsakmpVersion   = 0x10;
constexpr std::uint8_t kIkev2Version    = 0x20;
constexpr std::size_t kGenericHeader    = 4;
constexpr std::size_t kAttributeHeader  = 4;
constexpr std::uint16_t kAttributeBasic = 0x8000;
constexpr std::uint16_t kAttributeType  = 0x7fff;

bool all_zero(ByteView octets) {
  return std::all_of(octets.begin(), octets.end(), [](auto octet) { return octet == 0; });
}

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
  LayoutId layout = schema_.message;
  if (octets.size() == 1 && octets[0] == kKeepaliveOctet) {
    layout = schema_.keepalive;
  } else if (has_marker(octets)) {
    layout = schema_.marked;
  }
  Cursor window(octets);
  Window frame;
  frame.message = true;
  root(layout, window, frame);
  if (layout == schema_.message && octets.size() < kHeaderSize) {
    report(Code::kShortHeader, 0, 0, kHeaderSize, octets.size());
  }
  if (layout == schema_.marked && !options.nat_port) {
    report(Code::kMarkerOn848, 0, 0, 0, kMarkerSize);
  }
}

void Decoder::plaintext(Secret octets) {
  tree_.plaintexts_.push_back(std::move(octets));
  buffer_               = static_cast<std::uint8_t>(tree_.plaintexts_.size());
  tree_.plaintext_root_ = static_cast<NodeId>(tree_.nodes_.size());
  Cursor window(tree_.buffer(buffer_));
  Window frame;
  frame.message = true;
  frame.next    = tree_.next_;
  root(schema_.plaintext, window, frame);
}

void Decoder::part(LayoutId layout, ByteView octets) {
  tree_.clear();
  tree_.datagram_ = octets;
  Cursor window(octets);
  Window frame;
  root(layout, window, frame);
}

// The outermost structure covers its buffer to the last octet, also what its Length leaves out.
void Decoder::root(LayoutId layout, Cursor cursor, Window frame) {
  const auto id = static_cast<NodeId>(tree_.nodes_.size());
  Cursor inner  = cursor;
  structure(layout, inner, frame);
  cursor.skip_to(inner);
  if (tree_.nodes_.size() == id) {
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
  auto& node  = tree_.nodes_[id];
  node.length = static_cast<std::uint32_t>(cursor.at()) - node.offset;
  node.end    = static_cast<NodeId>(tree_.nodes_.size());
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
    if (row.kind == Kind::kItems) {
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
      run(row.arg, cursor, frame);
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
      width = frame.size;
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
  if (is_number(row.kind)) {
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
  auto type      = outer.next;
  auto next_node = outer.next_node == kNoNode ? 0 : outer.next_node;
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
    const auto id    = static_cast<NodeId>(tree_.nodes_.size());
    Cursor inner     = cursor;
    Window frame;
    structure(found ? known->layout : chain.unknown, inner, frame);
    cursor.skip_to(inner);
    if (tree_.nodes_.size() == id) {
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
  const auto most   = block_size_ > 0 ? block_size_ - 1 : kMaxAlignment;
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

void Decoder::attributes(LayoutId set, Cursor& cursor, Window& outer) {
  while (cursor.left() > 0 && !full(cursor)) {
    if (cursor.left() < kAttributeHeader) {
      cut(kNoRow, kAttributeHeader, cursor, outer);
      return;
    }
    Cursor inner = cursor;
    attribute(set, inner);
    cursor.skip_to(inner);
  }
}

void Decoder::attribute(LayoutId set, Cursor& cursor) {
  const auto& layout = schema_.layouts[set];
  const auto rows    = attribute_rows(schema_, set);
  const auto word    = to_uint(cursor.peek(2));
  const auto type    = static_cast<std::uint32_t>(word & kAttributeType);
  const bool basic   = (word & kAttributeBasic) != 0;

  const auto group        = open(layout.first, cursor.at());
  tree_.nodes_[group].tag = type;
  add_leaf(rows.type, cursor.at(), 2);
  (void)cursor.take(2);
  Window frame;
  frame.group = group;
  frame.start = cursor.at();
  if (basic) {
    cursor = cursor.sub(2);
  } else {
    const auto length = to_uint(cursor.peek(2));
    const auto node   = add_leaf(rows.length, cursor.at(), 2);
    (void)cursor.take(2);
    bound(schema_.rows[rows.length], node, length, cursor, frame);
  }
  const auto row_id = attribute_row(schema_, set, type);
  if (row_id == kNoRow) {
    report(Code::kAttributeUnknown, group, tree_.nodes_[group].offset, 0, type);
    leaf(rows.value, schema_.rows[rows.value], cursor, frame);
  } else {
    const auto& row = schema_.rows[row_id];
    if ((row.form == Form::kBasic && !basic) || (row.form == Form::kVariable && basic)) {
      report(Code::kAttributeForm, group, tree_.nodes_[group].offset, 0, type);
    }
    attribute_value(row_id, rows.value, cursor, frame);
  }
  trailing(cursor, frame);
  close(group, cursor.at());
}

void Decoder::attribute_value(RowId row_id, RowId octets_row, Cursor& cursor, Window& frame) {
  const auto& row = schema_.rows[row_id];
  if (row.kind == Kind::kInclude) {
    Window inner;
    inner.start   = cursor.at();
    inner.bounded = true;
    Cursor window = cursor;
    run(row.arg, window, inner);
    cursor.skip_to(window);
    return;
  }
  if (is_number(row.kind) && (cursor.left() == 0 || cursor.left() > sizeof(std::uint64_t))) {
    report(Code::kAttributeTooLong, frame.group, cursor.at(), sizeof(std::uint64_t), cursor.left());
    leaf(octets_row, schema_.rows[octets_row], cursor, frame);
    return;
  }
  leaf(row_id, row, cursor, frame);
}

// One implementation puts 6 octets, not 4, before the KEK attributes. The extra ones are taken as
// such only where the attributes cannot be read without skipping them and can with it.
bool Decoder::needs_resync(const Field& row, const Cursor& cursor) const {
  if (attributes_fit(row.arg, cursor)) {
    return false;
  }
  Cursor skipped = cursor;
  return skipped.take(row.width) && skipped.left() > 0 && attributes_fit(row.arg, skipped);
}

bool Decoder::attributes_fit(LayoutId set, Cursor cursor) const {
  while (cursor.left() > 0) {
    const auto word = cursor.take(2);
    const auto next = cursor.take(2);
    if (!word || !next) {
      return false;
    }
    const auto type = to_uint(*word);
    if (attribute_row(schema_, set, static_cast<std::uint32_t>(type & kAttributeType)) == kNoRow) {
      return false;
    }
    if ((type & kAttributeBasic) == 0 && !cursor.take(static_cast<std::size_t>(to_uint(*next)))) {
      return false;
    }
  }
  return true;
}

// LKH keys have no length of their own (RFC 6407 section 5.6.3): those left share what is left.
std::size_t Decoder::share(const Cursor& cursor, const Window& frame) {
  if (frame.remaining <= 1) {
    return cursor.left();
  }
  const auto each = static_cast<std::size_t>((cursor.end() - frame.start) / frame.remaining);
  const auto used = cursor.at() - frame.start;
  return each > used ? each - used : 0;
}

bool Decoder::full(const Cursor& cursor) {
  if (tree_.nodes_.size() < kMaxNodes) {
    return false;
  }
  if (!full_) {
    full_ = true;
    report(Code::kTooManyPayloads, 0, cursor.at(), kMaxNodes, tree_.nodes_.size());
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
  node.end    = static_cast<NodeId>(tree_.nodes_.size());
}

NodeId Decoder::add_leaf(RowId row, std::size_t offset, std::size_t length) {
  const auto id = static_cast<NodeId>(tree_.nodes_.size());
  tree_.nodes_.push_back({row, buffer_, static_cast<std::uint8_t>(depth_),
                          static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(length),
                          id + 1, 0});
  return id;
}

void Decoder::report(Code code, NodeId node, std::size_t offset, std::uint64_t needed,
                     std::uint64_t had) {
  tree_.diagnostics_.push_back(
      {code, buffer_, node, static_cast<std::uint32_t>(offset), needed, had});
}

void decode(const Schema& schema, ByteView datagram, const DecodeOptions& options, Tree& tree) {
  Decoder(schema, tree, 0, 0).datagram(datagram, options);
}

void decode_plaintext(const Schema& schema, Secret plaintext, std::size_t block_size, Tree& tree) {
  Decoder(schema, tree, 0, block_size).plaintext(std::move(plaintext));
}

void decode_layout(const Schema& schema, LayoutId layout, ByteView octets, Tree& tree) {
  Decoder(schema, tree, 0, 0).part(layout, octets);
}

}  // namespace gdoi::wire
