#include "protocol/wire/decode.h"
#include "protocol/wire/edit.h"
#include "protocol/wire/linker.h"

#include <fmt/format.h>

#include <algorithm>

/// Edits of lists: payloads, proposals, transforms, attributes, key packets, SPIs.
namespace gdoi::wire {

Status Editor::erase(NodeRef node) {
  const auto above = document_.value(node).parent;
  if (!document_.link(node).member && !document_.is_group(node) && is_attribute(above)) {
    node = above;
  }
  if (!document_.link(node).member) {
    if (document_.is_group(node)) {
      return Error{fmt::format("{} is a fixed part of its message", name(node))};
    }
    return set_octets(node, {});
  }
  const auto parent = document_.value(node).parent;
  const auto index  = document_.index_of(node);
  const auto list   = document_.link(parent).list;
  const auto size   = document_.size(node);
  const auto by     = -static_cast<std::int64_t>(size);
  Plan plan;
  grow(plan, parent, index, size, by);
  shift(plan, list.count_field, -1);
  if (list.kind != ListKind::kItems) {
    shift(plan, list.size_field, by);
  }
  if (auto status = apply(plan); !status) {
    return status;
  }
  unlink(parent, index - list.first);
  document_.detach(node);
  document_.relink();
  return success();
}

Result<NodeRef> Editor::insert(NodeRef parent, std::size_t position, std::uint32_t type,
                               ByteView octets) {
  const auto list  = document_.link(parent).list;
  const auto index = list.first + std::min(position, list.count);
  const auto roles = document_.roles_before(parent, index);
  Tree tree;
  switch (list.kind) {
    case ListKind::kNone:
      return Error{fmt::format("{} is no list of structures", name(parent))};
    case ListKind::kChain:
      decode_layout(schema_, payload_layout(schema_.chains[list.arg], type), octets, tree, roles);
      break;
    case ListKind::kElements:
      decode_layout(schema_, list.arg, octets, tree, roles);
      break;
    case ListKind::kAttributes:
      decode_attributes(schema_, list.arg, octets, tree, roles);
      break;
    case ListKind::kItems: {
      Value item;
      item.row    = list.arg;
      item.octets = Secret(octets);
      return place(parent, position, document_.add(kNoRef, 0, std::move(item)));
    }
  }
  const auto tops = document_.import(tree, kNoRef, 0);
  if (tops.size() != 1) {
    return Error{
        fmt::format("the {} octets are {} structures, not one", octets.size(), tops.size())};
  }
  if (list.kind == ListKind::kChain) {
    document_.values_[tops.front()].tag = type;
  }
  return place(parent, position, tops.front());
}

Result<NodeRef> Editor::clone(NodeRef member) {
  if (!document_.link(member).member) {
    return Error{fmt::format("{} is no member of a list", name(member))};
  }
  const auto parent   = document_.value(member).parent;
  const auto position = document_.index_of(member) - document_.link(parent).list.first;
  return place(parent, position + 1, document_.copy(member, kNoRef, 0));
}

// Puts a structure without a parent into a list.
Result<NodeRef> Editor::place(NodeRef parent, std::size_t position, NodeRef node) {
  const auto list  = document_.link(parent).list;
  position         = std::min(position, list.count);
  const auto size  = document_.size(node);
  const auto index = list.first + position;
  Plan plan;
  grow(plan, parent, index, 0, static_cast<std::int64_t>(size));
  shift(plan, list.count_field, 1);
  if (list.kind != ListKind::kItems) {
    shift(plan, list.size_field, static_cast<std::int64_t>(size));
  } else if (list.count == 0) {
    put(plan, list.size_field, size);
  } else if (document_.size(document_.value(parent).children[list.first]) != size) {
    plan.status = Error{"an item must have as many octets as its neighbours"};
  }
  if (auto status = apply(plan); !status) {
    return status.error();
  }
  auto& siblings = document_.values_[parent].children;
  siblings.insert(siblings.begin() + static_cast<std::ptrdiff_t>(index), node);
  document_.values_[node].parent = parent;
  document_.relink();
  link_in(parent, position, node);
  return node;
}

Status Editor::move(NodeRef member, std::size_t position) {
  if (!document_.link(member).member) {
    return Error{fmt::format("{} is no member of a list", name(member))};
  }
  const auto parent = document_.value(member).parent;
  const auto list   = document_.link(parent).list;
  position          = std::min(position, list.count - 1);
  unlink(parent, document_.index_of(member) - list.first);
  document_.detach(member);
  auto& siblings = document_.values_[parent].children;
  siblings.insert(siblings.begin() + static_cast<std::ptrdiff_t>(list.first + position), member);
  document_.values_[member].parent = parent;
  document_.relink();
  link_in(parent, position, member);
  return success();
}

// The field that names the member at `position`: its predecessor's, or the head's.
NodeRef Editor::pointer_to(NodeRef parent, std::size_t position) const {
  const auto& list = document_.link(parent).list;
  if (position == 0) {
    return list.head;
  }
  return document_.link(document_.value(parent).children[list.first + position - 1]).own_next;
}

void Editor::unlink(NodeRef parent, std::size_t position) {
  const auto& list   = document_.link(parent).list;
  const auto member  = document_.value(parent).children[list.first + position];
  const auto next    = document_.link(member).own_next;
  const auto pointer = pointer_to(parent, position);
  if (pointer != kNoRef) {
    set(pointer, next == kNoRef ? 0 : document_.value(next).number);
  }
}

void Editor::link_in(NodeRef parent, std::size_t position, NodeRef member) {
  const auto& list   = document_.link(parent).list;
  const auto next    = document_.link(member).own_next;
  const auto pointer = pointer_to(parent, position);
  const auto type    = list.kind == ListKind::kChain ? document_.value(member).tag : list.key;
  if (next != kNoRef) {
    const auto behind = position + 1 < list.count ? list.key : 0;
    set(next, pointer == kNoRef ? behind : document_.value(pointer).number);
  }
  if (pointer != kNoRef && next != kNoRef) {
    set(pointer, type);
  }
}

}  // namespace gdoi::wire
