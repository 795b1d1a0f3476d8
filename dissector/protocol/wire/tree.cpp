#include "protocol/wire/tree.h"

namespace gdoi::wire {

std::optional<NodeId> Tree::find(RowId row) const {
  for (NodeId id = 0; id < nodes_.size(); ++id) {
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
  nodes_.clear();
  diagnostics_.clear();
  plaintext_root_.reset();
  roles_.fill(0);
  next_ = 0;
}

}  // namespace gdoi::wire
