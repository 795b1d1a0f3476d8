#include "protocol/wire/decoder.h"

/// Attributes (RFC 2408 section 3.3) and what has no length of its own.
namespace gdoi::wire {
namespace {

constexpr std::size_t kAttributeHeader  = 4;
constexpr std::uint16_t kAttributeBasic = 0x8000;
constexpr std::uint16_t kAttributeType  = 0x7fff;

}  // namespace

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

std::size_t Decoder::sized(const Field& row, const Window& frame) {
  constexpr std::uint64_t kBitsPerOctet = 8;
  auto octets = row.key == kInBits ? (frame.size + kBitsPerOctet - 1) / kBitsPerOctet : frame.size;
  if (row.width > 1) {
    octets = (octets + row.width - 1) / row.width * row.width;
  }
  return static_cast<std::size_t>(octets);
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

}  // namespace gdoi::wire
