#include "protocol/wire/document.h"

#include "protocol/wire/linker.h"

#include <algorithm>

namespace gdoi::wire {
namespace {

constexpr std::size_t kUsualChildren = 8;  // the header of a message has as many fields

Value value_of(const Schema& schema, const Tree& tree, const Node& node) {
  Value value;
  value.row        = node.row;
  value.tag        = node.tag;
  const auto& kind = schema.rows[node.row].kind;
  if (kind == Kind::kGroup) {
    return value;
  }
  const auto octets = tree.octets(node);
  if (is_number(kind) && !octets.empty() && octets.size() <= sizeof(value.number)) {
    value.number = to_uint(octets);
    value.width  = static_cast<std::uint8_t>(octets.size());
  } else {
    value.octets = Secret(octets);
  }
  return value;
}

}  // namespace

Document::Document(const Schema& schema, const Tree& tree) : schema_(&schema) {
  reserve(tree.nodes().size());
  const auto tops  = import(tree, kNoRef, 0);
  const auto plain = tree.plaintext_root();
  if (!tops.empty() && (!plain || *plain > 0)) {
    root_ = tops.front();
  }
  if (plain && !tops.empty() && tree.nodes().size() > *plain) {
    plaintext_ = static_cast<NodeRef>(*plain);
  }
  relink();
}

Document Document::clone() const {
  Document other(*schema_);
  other.values_.reserve(values_.size());
  for (const auto& value : values_) {
    other.values_.push_back({value.row, value.tag, value.parent, value.children, value.number,
                             value.width, value.octets.clone(), value.choices});
  }
  other.links_     = links_;
  other.root_      = root_;
  other.plaintext_ = plaintext_;
  return other;
}

std::size_t Document::size(NodeRef ref) const {
  const auto& value = values_[ref];
  std::size_t total = value.width + value.octets.size();
  for (const auto child : value.children) {
    total += size(child);
  }
  return total;
}

std::size_t Document::index_of(NodeRef ref) const {
  const auto& siblings = values_[values_[ref].parent].children;
  return static_cast<std::size_t>(std::find(siblings.begin(), siblings.end(), ref) -
                                  siblings.begin());
}

std::optional<NodeRef> Document::find(RowId row) const {
  for (const auto top : {root_, plaintext_}) {
    if (top != kNoRef) {
      if (const auto found = find(row, top)) {
        return found;
      }
    }
  }
  return std::nullopt;
}

std::optional<NodeRef> Document::find(RowId row, NodeRef within) const {
  if (values_[within].row == row) {
    return within;
  }
  for (const auto child : values_[within].children) {
    if (const auto found = find(row, child)) {
      return found;
    }
  }
  return std::nullopt;
}

std::vector<NodeRef> Document::walk(NodeRef from) const {
  std::vector<NodeRef> found;
  std::vector<NodeRef> open;
  if (from != kNoRef) {
    found.reserve(values_.size());
    open.reserve(values_.size());
    open.push_back(from);
  }
  while (!open.empty()) {
    const auto ref = open.back();
    open.pop_back();
    found.push_back(ref);
    const auto& children = values_[ref].children;
    open.insert(open.end(), children.rbegin(), children.rend());
  }
  return found;
}

Roles Document::roles_before(NodeRef parent, std::size_t index) const {
  Roles roles{};
  const auto& siblings = values_[parent].children;
  const auto stop      = index < siblings.size() ? siblings[index] : kNoRef;
  const auto inside    = walk(parent);
  const auto last      = stop == kNoRef ? inside.back() : kNoRef;
  for (const auto top : {root_, plaintext_}) {
    for (const auto ref : walk(top)) {
      if (ref == stop) {
        return roles;
      }
      const auto role = row(ref).role;
      if (role != Role::kNone && values_[ref].width > 0) {
        roles[static_cast<std::size_t>(role)] = static_cast<std::uint32_t>(values_[ref].number);
      }
      if (ref == last) {
        return roles;
      }
    }
  }
  return roles;
}

void Document::reserve(std::size_t nodes) {
  values_.reserve(nodes);
  links_.reserve(nodes);
}

NodeRef Document::add(NodeRef parent, std::size_t index, Value value) {
  const auto ref = static_cast<NodeRef>(values_.size());
  value.parent   = parent;
  values_.push_back(std::move(value));
  links_.emplace_back();
  if (parent != kNoRef) {
    auto& siblings = values_[parent].children;
    if (siblings.empty()) {
      siblings.reserve(kUsualChildren);
    }
    siblings.insert(siblings.begin() + static_cast<std::ptrdiff_t>(index), ref);
  }
  return ref;
}

NodeRef Document::add_number(NodeRef parent, std::size_t index, RowId row, std::uint64_t number,
                             std::size_t width) {
  Value value;
  value.row    = row;
  value.number = number;
  value.width  = static_cast<std::uint8_t>(width);
  return add(parent, index, std::move(value));
}

void Document::detach(NodeRef ref) {
  auto& siblings = values_[values_[ref].parent].children;
  siblings.erase(std::find(siblings.begin(), siblings.end(), ref));
  values_[ref].parent = kNoRef;
}

NodeRef Document::copy(NodeRef from, NodeRef parent, std::size_t index) {
  const auto& source = values_[from];
  const auto ref     = add(parent, index,
                           {source.row,
                            source.tag,
                            kNoRef,
                            {},
                            source.number,
                            source.width,
                            source.octets.clone(),
                            source.choices});
  for (std::size_t i = 0; i < values_[from].children.size(); ++i) {
    copy(values_[from].children[i], ref, i);
  }
  return ref;
}

// The nodes of a tree with their values, the outermost as children of `parent` from `index` on.
std::vector<NodeRef> Document::import(const Tree& tree, NodeRef parent, std::size_t index) {
  const auto base  = static_cast<NodeRef>(values_.size());
  const auto nodes = tree.nodes();
  std::vector<NodeRef> tops;
  std::vector<NodeId> open;
  for (NodeId id = 0; id < nodes.size(); ++id) {
    while (!open.empty() && nodes[open.back()].end <= id) {
      open.pop_back();
    }
    const auto value = open.empty() ? parent : base + open.back();
    auto at          = index + tops.size();
    if (!open.empty()) {
      at = values_[value].children.size();
    }
    const auto ref = add(value, at, value_of(*schema_, tree, nodes[id]));
    if (open.empty()) {
      tops.push_back(ref);
    }
    if (nodes[id].end > id + 1) {
      open.push_back(id);
    }
  }
  return tops;
}

void Document::relink() {
  Linker(*this).run();
}

}  // namespace gdoi::wire
