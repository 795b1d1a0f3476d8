#include "protocol/wire/edit.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::wire {
namespace {

constexpr std::uint64_t kBasicBit  = 0x8000;
constexpr std::uint64_t kTypeMask  = 0x7fff;
constexpr std::uint64_t kMaxBasic  = 0xffff;
constexpr std::size_t kHeaderField = 2;  ///< octets of an attribute's type word, length, TV value

std::size_t width_for(std::uint64_t number) {
  return number > 0xffff'ffffU ? 8 : 4;
}

bool fits(std::uint64_t number, std::size_t width) {
  return width >= sizeof(number) || number >> (8 * width) == 0;
}

bool variable_only(const Schema& schema, LayoutId set, std::uint32_t type) {
  const auto row = attribute_row(schema, set, type);
  return row != kNoRow && schema.rows[row].form == Form::kVariable;
}

}  // namespace

Bytes attribute_octets(const Schema& schema, LayoutId set, std::uint32_t type,
                       std::uint64_t number) {
  Bytes value;
  const bool short_form = number <= kMaxBasic && !variable_only(schema, set, type);
  append_uint(value, number, short_form ? kHeaderField : width_for(number));
  return attribute_octets(schema, set, type, value);
}

Bytes attribute_octets(const Schema& schema, LayoutId set, std::uint32_t type, ByteView value) {
  const bool basic = value.size() == kHeaderField && !variable_only(schema, set, type);
  Bytes octets;
  append_uint(octets, (type & kTypeMask) | (basic ? kBasicBit : 0), kHeaderField);
  if (!basic) {
    append_uint(octets, value.size(), kHeaderField);
  }
  append(octets, value);
  return octets;
}

Status Editor::set_number(NodeRef leaf, std::uint64_t number) {
  const auto& value = document_.value(leaf);
  if (value.width == 0) {
    return Error{fmt::format("{} is not a number", name(leaf))};
  }
  if (fits(number, value.width)) {
    set(leaf, number);
    if (is_attribute(value.parent) && document_.index_of(leaf) == 0) {
      document_.values_[value.parent].tag = static_cast<std::uint32_t>(number & kTypeMask);
    }
    return success();
  }
  if (document_.row(leaf).width == 0) {
    return resize(leaf, width_for(number), number, {});
  }
  return Error{fmt::format("{} does not fit the {} octets of {}", number, value.width, name(leaf))};
}

Status Editor::set_octets(NodeRef leaf, ByteView octets) {
  if (document_.is_group(leaf)) {
    return Error{fmt::format("{} is a structure; its octets are those of its fields", name(leaf))};
  }
  if (document_.value(leaf).width > 0) {
    if (octets.empty() || octets.size() > sizeof(std::uint64_t)) {
      return Error{fmt::format("{} is a number of 1 to 8 octets", name(leaf))};
    }
    if (octets.size() == document_.value(leaf).width) {
      return set_number(leaf, to_uint(octets));
    }
    return resize(leaf, octets.size(), to_uint(octets), {});
  }
  return resize(leaf, octets.size(), 0, octets);
}

// Gives a leaf another value of `size` octets: `octets`, or `number` where it is one.
Status Editor::resize(NodeRef leaf, std::size_t size, std::uint64_t number, ByteView octets) {
  const auto old    = document_.size(leaf);
  const auto parent = document_.value(leaf).parent;
  if (size != old) {
    if (auto status = may_resize(leaf, size); !status) {
      return status;
    }
    Plan plan;
    const bool to_long = is_attribute(parent) && document_.link(parent).lengths.empty();
    auto by            = static_cast<std::int64_t>(size) - static_cast<std::int64_t>(old);
    if (to_long) {
      by += static_cast<std::int64_t>(kHeaderField);
      put(plan, document_.value(parent).children.front(),
          document_.value(document_.value(parent).children.front()).number & ~kBasicBit);
      if (!fits(size, kHeaderField)) {
        return Error{fmt::format("{} octets are too many for {}", size, name(leaf))};
      }
    }
    grow(plan, parent, document_.index_of(leaf), old, by);
    resize_field(plan, leaf, size);
    if (auto status = apply(plan); !status) {
      return status;
    }
    if (to_long) {
      const auto set = document_.link(document_.value(parent).parent).list.arg;
      document_.add_number(parent, 1, attribute_rows(schema_, set).length, size, kHeaderField);
    }
  }
  auto& value = document_.values_[leaf];
  if (value.width > 0) {
    value.number = number;
    value.width  = static_cast<std::uint8_t>(size);
  } else {
    value.octets = Secret(octets);
  }
  if (size != old) {
    // Links follow from rows and sizes; what selectors picked stays picked.
    document_.relink();
  }
  return success();
}

// The kSize of a kSized leaf may count bits, and the leaf may be padded to its alignment.
void Editor::resize_field(Plan& plan, NodeRef leaf, std::size_t size) const {
  const auto field = document_.link(leaf).size_field;
  if (field == kNoRef) {
    return;
  }
  const auto& row = document_.row(leaf);
  const auto unit = row.kind == Kind::kSized && row.key == kInBits ? 8 : 1;
  const auto old  = document_.size(leaf);
  shift(plan, field, (static_cast<std::int64_t>(size) - static_cast<std::int64_t>(old)) * unit);
}

Status Editor::may_resize(NodeRef leaf, std::size_t size) const {
  const auto& row = document_.row(leaf);
  const bool free = row.kind == Kind::kSized || row.kind == Kind::kShare ||
                    (row.width == 0 && row.kind != Kind::kIpv4 && row.kind != Kind::kIpv6);
  if (!free) {
    return Error{fmt::format("{} has {} octets, not {}", name(leaf), document_.size(leaf), size)};
  }
  const auto parent = document_.value(leaf).parent;
  if (is_attribute(parent) && document_.index_of(leaf) == 0) {
    return Error{fmt::format("{} has 2 octets", name(leaf))};
  }
  const auto shared = document_.link(leaf).member ? leaf : parent;
  if ((document_.link(leaf).member || row.kind == Kind::kShare) && document_.link(shared).member &&
      document_.link(document_.value(shared).parent).list.count > 1) {
    return Error{fmt::format("{} has as many octets as its neighbours", name(leaf))};
  }
  return success();
}

// All lengths and sizes around child `index` of `parent` count `by` octets more. A length that ends
// before that place does not count it.
void Editor::grow(Plan& plan, NodeRef parent, std::size_t index, std::size_t old_size,
                  std::int64_t by) const {
  std::size_t offset = 0;
  for (auto group = parent; group != kNoRef; group = document_.value(group).parent) {
    const auto& children = document_.value(group).children;
    for (std::size_t i = 0; i < index; ++i) {
      offset += document_.size(children[i]);
    }
    for (const auto field : document_.link(group).lengths) {
      std::size_t start = 0;
      if (document_.row(field).kind == Kind::kValueLength) {
        start = document_.size(field);
        for (auto at = field; at != group; at = document_.value(at).parent) {
          const auto& before = document_.value(document_.value(at).parent).children;
          for (std::size_t i = 0; i < document_.index_of(at); ++i) {
            start += document_.size(before[i]);
          }
        }
      }
      const auto counted = document_.value(field).number;
      const bool inside  = offset >= start && (offset - start < counted ||
                                              (offset - start == counted && old_size == 0));
      if (inside) {
        shift(plan, field, by);
      }
    }
    shift(plan, document_.link(group).size_field, by);
    if (document_.value(group).parent != kNoRef) {
      index = document_.index_of(group);
    }
  }
}

void Editor::shift(Plan& plan, NodeRef field, std::int64_t by) const {
  if (field == kNoRef || by == 0) {
    return;
  }
  const auto old  = document_.value(field).number;
  const auto less = static_cast<std::uint64_t>(-by);
  put(plan, field, by > 0 ? old + static_cast<std::uint64_t>(by) : old - std::min(old, less));
}

void Editor::put(Plan& plan, NodeRef field, std::uint64_t number) const {
  if (field == kNoRef) {
    return;
  }
  if (!fits(number, document_.value(field).width)) {
    plan.status = Error{fmt::format("{} would have to be {}, which does not fit its {} octets",
                                    name(field), number, document_.value(field).width)};
    return;
  }
  plan.changes.push_back({field, number});
}

Status Editor::apply(const Plan& plan) {
  if (plan.status) {
    for (const auto& change : plan.changes) {
      set(change.field, change.number);
    }
  }
  return plan.status;
}

void Editor::set(NodeRef field, std::uint64_t number) {
  auto& value = document_.values_[field];
  if (fits(number, value.width)) {
    value.number = number;
  }
}

void Editor::refresh_all() {
  for (const auto top : {document_.root(), document_.plaintext()}) {
    for (const auto node : document_.walk(top)) {
      refresh(node);
    }
  }
}

void Editor::refresh(NodeRef node) {
  const auto& link = document_.link(node);
  if (link.size_field != kNoRef && document_.value(node).parent != kNoRef) {
    const auto& siblings = document_.value(document_.value(node).parent).children;
    std::uint64_t octets = 0;
    for (const auto sibling : siblings) {
      const bool same = document_.link(sibling).size_field == link.size_field;
      octets += same && (!link.member || sibling == node) ? document_.size(sibling) : 0;
    }
    const auto& row = document_.row(node);
    const bool bits = row.kind == Kind::kSized && row.key == kInBits;
    set(link.size_field, bits ? octets * 8 : octets);
  }
  for (const auto field : link.lengths) {
    if (document_.row(field).kind == Kind::kLength) {
      set(field, document_.size(node));
    } else if (document_.value(field).parent == node) {
      std::uint64_t octets = 0;
      const auto& children = document_.value(node).children;
      for (auto i = document_.index_of(field) + 1; i < children.size(); ++i) {
        octets += document_.size(children[i]);
      }
      set(field, octets);
    }
  }
  const auto& list = link.list;
  if (list.count_field != kNoRef) {
    set(list.count_field, list.count);
  }
  if (list.kind != ListKind::kChain && list.kind != ListKind::kElements) {
    return;
  }
  for (std::size_t i = 0; i <= list.count; ++i) {
    const auto pointer = pointer_to(node, i);
    if (pointer != kNoRef && i < list.count) {
      const auto member = document_.value(node).children[list.first + i];
      set(pointer, list.kind == ListKind::kChain ? document_.value(member).tag : list.key);
    } else if (pointer != kNoRef) {
      set(pointer, 0);
    }
  }
}

NodeRef Editor::member_of(NodeRef node) const {
  while (node != kNoRef && !document_.link(node).member) {
    node = document_.value(node).parent;
  }
  return node;
}

bool Editor::is_attribute(NodeRef node) const {
  if (node == kNoRef || !document_.link(node).member) {
    return false;
  }
  return document_.link(document_.value(node).parent).list.kind == ListKind::kAttributes;
}

std::string Editor::name(NodeRef node) const {
  const auto& row = document_.row(node);
  return row.label.empty() ? std::string(row.filter) : std::string(row.label);
}

}  // namespace gdoi::wire
