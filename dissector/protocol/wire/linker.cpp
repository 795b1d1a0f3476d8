#include "protocol/wire/linker.h"

#include <algorithm>

namespace gdoi::wire {

LayoutId payload_layout(const Chain& chain, std::uint32_t type) {
  for (const auto& payload : chain.payloads) {
    if (payload.value == type) {
      return payload.layout;
    }
  }
  return chain.unknown;
}

std::optional<LayoutId> layout_of(const Schema& schema, RowId row) {
  for (std::size_t i = 0; i < schema.layouts.size(); ++i) {
    if (schema.layouts[i].count > 0 && schema.layouts[i].first == row) {
      return static_cast<LayoutId>(i);
    }
  }
  return std::nullopt;
}

void Linker::run() {
  for (auto& link : document_.links_) {
    // The memory of its list serves again.
    auto lengths = std::move(link.lengths);
    lengths.clear();
    link         = Link{};
    link.lengths = std::move(lengths);
  }
  for (const auto top : {document_.root_, document_.plaintext_}) {
    if (top == kNoRef) {
      continue;
    }
    const auto layout = layout_of(schema_, document_.value(top).row);
    if (!layout) {
      continue;
    }
    Frame frame;
    frame.group   = top;
    frame.message = true;
    frame.next    = top == document_.plaintext_ ? message_next_ : kNoRef;
    Place inside{top};
    rows(*layout, inside, frame);
    finish(frame);
  }
}

void Linker::rows(LayoutId layout_id, Place& at, Frame& frame) {
  const auto& layout = schema_.layouts[layout_id];
  for (std::size_t i = grouped(layout_id) ? 1 : 0; i < layout.count; ++i) {
    const auto row_id = static_cast<RowId>(layout.first + i);
    const auto& row   = schema_.rows[row_id];
    if (row.kind == Kind::kItems) {
      ++i;
      items(static_cast<RowId>(row_id + 1), at, frame);
    } else if (is_leaf(row.kind)) {
      leaf(row_id, at, frame);
    } else {
      structure(row, at, frame);
    }
  }
}

void Linker::enter(LayoutId layout, Place& at, Frame& frame) {
  if (!grouped(layout)) {
    rows(layout, at, frame);
    return;
  }
  if (!is_next(at, schema_.layouts[layout].first)) {
    return;
  }
  const auto group = peek(at);
  ++at.index;
  if (frame.group == kNoRef) {
    frame.group = group;
  }
  Place inside{group};
  rows(layout, inside, frame);
}

void Linker::structure(const Field& row, Place& at, Frame& frame) {
  switch (row.kind) {
    case Kind::kInclude:
      if (row.key == kOwnStructure) {
        Frame own;
        own.message = frame.message;
        enter(row.arg, at, own);
        finish(own);
      } else {
        enter(row.arg, at, frame);
      }
      break;
    case Kind::kSelect:
      enter(choose(row.arg, at), at, frame);
      break;
    case Kind::kSizedSelect:
      sized_select(row, at, frame);
      break;
    case Kind::kAttributes:
      attributes(row.arg, at);
      break;
    case Kind::kElements:
      elements(row, at, frame);
      break;
    case Kind::kChain:
      chain(row, at, frame);
      break;
    default:
      break;
  }
}

// A field that may have no octets is made where it has none, so that it can be found and filled.
void Linker::leaf(RowId row_id, Place& at, Frame& frame) {
  const auto& row = schema_.rows[row_id];
  if (!is_next(at, row_id)) {
    const bool open = row.kind == Kind::kSized || row.kind == Kind::kText ||
                      (row.kind == Kind::kBytes && row.width == 0);
    if (!open || is_next(at, schema_.truncated)) {
      return;
    }
    Value value;
    value.row = row_id;
    document_.add(at.group, at.index, std::move(value));
  }
  consume(peek(at), row, frame);
  ++at.index;
}

void Linker::consume(NodeRef ref, const Field& row, Frame& frame) {
  const auto& value = document_.value(ref);
  if (row.kind == Kind::kSized) {
    document_.links_[ref].size_field = frame.size;
  }
  if (!is_number(row.kind) || value.width == 0) {
    return;
  }
  if (row.role != Role::kNone) {
    roles_[static_cast<std::size_t>(row.role)] = static_cast<std::uint32_t>(value.number);
  }
  switch (row.kind) {
    case Kind::kNext:
      if (row.key == kFirstBelow) {
        frame.below = ref;
        break;
      }
      frame.next = ref;
      if (frame.message) {
        message_next_ = ref;
      }
      break;
    case Kind::kLength:
    case Kind::kValueLength:
      frame.lengths.push_back(ref);
      break;
    case Kind::kCount:
      frame.count = ref;
      break;
    case Kind::kSize:
      frame.size = ref;
      break;
    default:
      break;
  }
}

void Linker::sized_select(const Field& row, Place& at, Frame& outer) {
  const auto start = at.index;
  Frame frame;
  enter(choose(row.arg, at), at, frame);
  finish(frame);
  std::uint64_t octets = 0;
  for (auto i = start; i < at.index; ++i) {
    octets += document_.size(document_.value(at.group).children[i]);
  }
  const auto target = outer.size == kNoRef ? 0 : document_.value(outer.size).number;
  while (octets < target && (is_next(at, schema_.trailing) || is_next(at, schema_.truncated))) {
    octets += document_.size(peek(at));
    ++at.index;
  }
  for (auto i = start; i < at.index; ++i) {
    auto& link = document_.links_[document_.value(at.group).children[i]];
    if (link.size_field == kNoRef) {
      link.size_field = outer.size;
    }
  }
  auto& list = document_.links_[at.group].list;
  if (list.kind != ListKind::kNone && list.first >= start) {
    list.size_field = outer.size;
  }
}

void Linker::items(RowId row_id, Place& at, Frame& frame) {
  auto& list       = open_list(ListKind::kItems, row_id, at);
  list.count_field = frame.count;
  list.size_field  = frame.size;
  for (; is_next(at, row_id); ++at.index) {
    auto& link      = document_.links_[peek(at)];
    link.member     = true;
    link.size_field = frame.size;
    ++list.count;
  }
}

void Linker::elements(const Field& row, Place& at, Frame& outer) {
  auto& list       = open_list(ListKind::kElements, row.arg, at);
  list.key         = row.key;
  list.count_field = outer.count;
  while (grouped(row.arg) && is_next(at, schema_.layouts[row.arg].first)) {
    const auto member = peek(at);
    Frame frame;
    enter(row.arg, at, frame);
    finish(frame);
    document_.links_[member].member   = true;
    document_.links_[member].own_next = frame.next;
    ++document_.links_[at.group].list.count;
  }
}

void Linker::chain(const Field& row, Place& at, Frame& outer) {
  const auto& chain                             = schema_.chains[row.arg];
  open_list(ListKind::kChain, row.arg, at).head = outer.message ? outer.next : outer.below;
  while (peek(at) != kNoRef) {
    const auto member = peek(at);
    const auto layout = payload_layout(chain, document_.value(member).tag);
    if (!grouped(layout) || !is_next(at, schema_.layouts[layout].first)) {
      break;
    }
    Frame frame;
    enter(layout, at, frame);
    finish(frame);
    document_.links_[member].member   = true;
    document_.links_[member].own_next = frame.next;
    ++document_.links_[at.group].list.count;
  }
}

void Linker::attributes(LayoutId set, Place& at) {
  open_list(ListKind::kAttributes, set, at);
  for (; is_next(at, schema_.layouts[set].first); ++at.index) {
    attribute(set, peek(at));
    document_.links_[peek(at)].member = true;
    ++document_.links_[at.group].list.count;
  }
}

void Linker::attribute(LayoutId set, NodeRef group) {
  const auto known = attribute_rows(schema_, set);
  const auto own   = attribute_row(schema_, set, document_.value(group).tag);
  Frame frame;
  frame.group = group;
  Place at{group};
  at.index = is_next(at, known.type) ? 1 : 0;
  if (is_next(at, known.length)) {
    leaf(known.length, at, frame);
  }
  if (own == kNoRow || is_next(at, known.value)) {
    leaf(known.value, at, frame);
  } else if (schema_.rows[own].kind == Kind::kInclude) {
    Frame inner;
    enter(schema_.rows[own].arg, at, inner);
    finish(inner);
  } else {
    leaf(own, at, frame);
  }
  finish(frame);
}

void Linker::finish(const Frame& frame) {
  if (frame.group != kNoRef) {
    auto& lengths = document_.links_[frame.group].lengths;
    lengths.insert(lengths.end(), frame.lengths.begin(), frame.lengths.end());
  }
}

List& Linker::open_list(ListKind kind, std::uint16_t arg, const Place& at) {
  auto& list = document_.links_[at.group].list;
  list       = List{};
  list.kind  = kind;
  list.arg   = arg;
  list.first = at.index;
  return list;
}

// What the decoder picked stays picked, also where an edit changes the value that steered it.
LayoutId Linker::choose(SelectorId id, Place& at) {
  auto& choices = document_.values_[at.group].choices;
  if (at.choice == choices.size()) {
    const auto& selector = schema_.selectors[id];
    const auto mask      = selector.mask == 0 ? ~std::uint32_t{0} : selector.mask;
    const auto value     = roles_[static_cast<std::size_t>(selector.role)] & mask;
    const auto found     = std::find_if(selector.cases.begin(), selector.cases.end(),
                                        [value](const Case& c) { return c.value == value; });
    choices.push_back(found == selector.cases.end() ? selector.otherwise : found->layout);
  }
  return choices[at.choice++];
}

NodeRef Linker::peek(const Place& at) const {
  const auto& children = document_.value(at.group).children;
  return at.index < children.size() ? children[at.index] : kNoRef;
}

bool Linker::is_next(const Place& at, RowId row) const {
  const auto ref = peek(at);
  return ref != kNoRef && document_.value(ref).row == row;
}

bool Linker::grouped(LayoutId layout) const {
  const auto& found = schema_.layouts[layout];
  return found.count > 0 && schema_.rows[found.first].kind == Kind::kGroup;
}

}  // namespace gdoi::wire
