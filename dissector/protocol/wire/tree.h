#pragma once

#include "protocol/base/bytes.h"
#include "protocol/base/secret.h"
#include "protocol/wire/diagnostic.h"
#include "protocol/wire/schema.h"

#include <array>
#include <optional>
#include <span>
#include <vector>

namespace gdoi::wire {

using NodeId = std::uint32_t;

/// The values read last for each role; they steer the selectors.
using Roles = std::array<std::uint32_t, static_cast<std::size_t>(Role::kCount)>;

/// A field or structure at its place. Pre-order: the children of node i are i + 1 up to `end`.
struct Node {
  RowId row            = kNoRow;
  std::uint8_t buffer  = 0;
  std::uint8_t depth   = 0;
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
  NodeId end           = 0;  ///< behind the last descendant
  std::uint32_t tag    = 0;  ///< payload type of a payload, attribute type of an attribute
};

/// The nodes of an encrypted message in which nothing was wrong: the fields of its header and one
/// run of octets. The next one mostly has the same, but for how long that run is.
struct SealedShape {
  static constexpr std::size_t kMostNodes = 16;

  const Schema* schema   = nullptr;  ///< nullptr: none yet
  std::uint32_t steering = 0;        ///< the header's octets that decide about nodes, as a number
  std::uint32_t next     = 0;
  std::size_t count      = 0;
  std::array<Node, kMostNodes> nodes{};
  Roles roles{};
};

/// A message, decoded without loss: the leaves of each buffer cover it exactly once. Buffer 0 is
/// the datagram and belongs to the caller; the others are plaintexts and belong to the tree.
class Tree {
 public:
  [[nodiscard]] std::span<const Node> nodes() const { return {nodes_.data(), count_}; }

  [[nodiscard]] const Node& node(NodeId id) const { return nodes_[id]; }

  [[nodiscard]] std::span<const Diagnostic> diagnostics() const { return diagnostics_; }

  [[nodiscard]] std::size_t buffer_count() const { return 1 + plaintexts_.size(); }

  [[nodiscard]] ByteView buffer(std::size_t index) const {
    return index == 0 ? datagram_ : plaintexts_[index - 1].view();
  }

  /// The octets of a node.
  [[nodiscard]] ByteView octets(const Node& node) const {
    return buffer(node.buffer).subspan(node.offset, node.length);
  }

  [[nodiscard]] ByteView octets(NodeId id) const { return octets(nodes_[id]); }

  /// The octets of a node as a big-endian number (the last 8 of them).
  [[nodiscard]] std::uint64_t number(NodeId id) const { return to_uint(octets(id)); }

  /// First node of a row inside `within` (a node and its descendants), or in the whole tree.
  [[nodiscard]] std::optional<NodeId> find(RowId row) const;
  [[nodiscard]] std::optional<NodeId> find(RowId row, NodeId within) const;
  [[nodiscard]] std::optional<std::uint64_t> find_number(RowId row) const;
  [[nodiscard]] std::optional<std::uint64_t> find_number(RowId row, NodeId within) const;

  /// Whether the capture has not all of the datagram.
  [[nodiscard]] bool is_cut() const { return cut_; }

  /// Root of the decrypted part, if there is one.
  [[nodiscard]] std::optional<NodeId> plaintext_root() const { return plaintext_root_; }

  /// Forgets the message, keeps the memory.
  void clear();

  /// Adds a finding; for the decoder and the checks.
  void report(const Diagnostic& diagnostic) { diagnostics_.push_back(diagnostic); }

 private:
  friend class Decoder;
  ByteView datagram_;
  std::vector<Secret> plaintexts_;
  std::vector<Node> nodes_;  ///< the first `count_` are the tree, the rest memory kept for the next
  std::size_t count_ = 0;
  std::vector<Diagnostic> diagnostics_;
  std::optional<NodeId> plaintext_root_;
  Roles roles_{};
  bool cut_           = false;
  std::uint32_t next_ = 0;  ///< type of the first payload, kept for the plaintext
  SealedShape sealed_;      ///< of an earlier message
};

/// Whether the leaves of each buffer cover it exactly once and in order: the invariant of a tree.
[[nodiscard]] bool covers(const Tree& tree);

}  // namespace gdoi::wire
