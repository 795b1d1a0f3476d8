#include "protocol/wire/tree.h"

namespace gdoi::wire {

std::optional<NodeId> Tree::find(RowId row) const {
  for (NodeId id = 0; id < count_; ++id) {
    if (nodes_[id].row == row) {
      return id;
    }
  }
  return std::nullopt;
}

std::optional<NodeId> Tree::find(RowId row, NodeId within) const {
  for (NodeId id = within; id < nodes_[within].end; ++id) {
    if (nodes_[id].row == row) {
      return id;
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> Tree::find_number(RowId row) const {
  const auto id = find(row);
  return id ? std::optional(number(*id)) : std::nullopt;
}

std::optional<std::uint64_t> Tree::find_number(RowId row, NodeId within) const {
  const auto id = find(row, within);
  return id ? std::optional(number(*id)) : std::nullopt;
}

void Tree::clear() {
  datagram_ = {};
  plaintexts_.clear();
  count_ = 0;
  diagnostics_.clear();
  plaintext_root_.reset();
  roles_.fill(0);
  cut_  = false;
  next_ = 0;
}

bool covers(const Tree& tree) {
  std::vector<std::size_t> reached(tree.buffer_count(), 0);
  const auto nodes = tree.nodes();
  for (NodeId id = 0; id < nodes.size(); ++id) {
    const auto& node = nodes[id];
    if (node.buffer >= reached.size() || node.end <= id || node.end > nodes.size()) {
      return false;
    }
    if (node.offset != reached[node.buffer]) {
      return false;
    }
    if (node.end == id + 1) {
      reached[node.buffer] += node.length;
    }
  }
  for (std::size_t i = 0; i < reached.size(); ++i) {
    if (reached[i] != tree.buffer(i).size()) {
      return false;
    }
  }
  return true;
}

}  // namespace gdoi::wire
