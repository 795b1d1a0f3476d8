#pragma once

#include "protocol/wire/tree.h"

#include <optional>
#include <vector>

namespace gdoi::wire {

/// A place in a Document; stays valid through edits, also of other places.
using NodeRef = std::uint32_t;

inline constexpr NodeRef kNoRef = 0xffffffff;

/// A field or structure with its own value. Numbers of 1 to 8 octets are numbers, everything else
/// is octets (wiped when it goes: a KD holds keys).
struct Value {
  RowId row         = kNoRow;
  std::uint32_t tag = 0;  ///< payload type of a payload, attribute type of an attribute
  NodeRef parent    = kNoRef;
  std::vector<NodeRef> children{};
  std::uint64_t number = 0;
  std::uint8_t width   = 0;  ///< octets of the number; 0: not a number
  Secret octets{};
  std::vector<LayoutId> choices{};  ///< what the selectors among its rows picked, in order
};

enum class ListKind : std::uint8_t { kNone, kChain, kElements, kAttributes, kItems };

/// The members that a structure may have any number of: payloads, proposals, attributes, SPIs.
struct List {
  ListKind kind       = ListKind::kNone;
  std::uint16_t arg   = 0;  ///< chain, layout, attribute set or row of the members
  std::uint32_t key   = 0;  ///< kElements: the next-payload value of all but the last
  std::size_t first   = 0;  ///< index of the first member among the children
  std::size_t count   = 0;
  NodeRef count_field = kNoRef;
  NodeRef size_field  = kNoRef;  ///< counts the octets of the members
  NodeRef head        = kNoRef;  ///< names the type of the first member
};

/// Which fields depend on a node, and which list a structure has.
struct Link {
  NodeRef size_field = kNoRef;     ///< the kSize that counts the octets of this node
  NodeRef own_next   = kNoRef;     ///< a member's own next-payload field
  bool member        = false;      ///< of its parent's list
  std::vector<NodeRef> lengths{};  ///< kLength and kValueLength that count this structure
  List list{};
};

/// A message as values: an editable copy of a Tree that does not need the tree or its buffers. The
/// plaintext of an encrypted message is a second root beside the datagram, whose ciphertext stays
/// a leaf of the first. Fields of no octets that may have some (an SPI of size 0) are there, empty.
class Document {
 public:
  explicit Document(const Schema& schema) : schema_(&schema) {}

  Document(const Schema& schema, const Tree& tree);

  [[nodiscard]] Document clone() const;

  [[nodiscard]] const Schema& schema() const { return *schema_; }

  /// The datagram, or kNoRef where it had no octets.
  [[nodiscard]] NodeRef root() const { return root_; }

  /// The plaintext, or kNoRef.
  [[nodiscard]] NodeRef plaintext() const { return plaintext_; }

  [[nodiscard]] const Value& value(NodeRef ref) const { return values_[ref]; }

  [[nodiscard]] const Link& link(NodeRef ref) const { return links_[ref]; }

  [[nodiscard]] const Field& row(NodeRef ref) const { return schema_->rows[values_[ref].row]; }

  [[nodiscard]] bool is_group(NodeRef ref) const { return row(ref).kind == Kind::kGroup; }

  /// Octets of a node and all below it.
  [[nodiscard]] std::size_t size(NodeRef ref) const;

  /// Position of a node among its parent's children.
  [[nodiscard]] std::size_t index_of(NodeRef ref) const;

  /// First node of a row in the whole document, or inside `within`.
  [[nodiscard]] std::optional<NodeRef> find(RowId row) const;
  [[nodiscard]] std::optional<NodeRef> find(RowId row, NodeRef within) const;

  /// All nodes below `from`, itself first, in the order of the wire.
  [[nodiscard]] std::vector<NodeRef> walk(NodeRef from) const;

  /// Role values at the end of what stands before child `index` of `parent`.
  [[nodiscard]] Roles roles_before(NodeRef parent, std::size_t index) const;

 private:
  friend class Linker;
  friend class Editor;
  friend class Composer;

  void reserve(std::size_t nodes);
  NodeRef add(NodeRef parent, std::size_t index, Value value);
  NodeRef add_number(NodeRef parent, std::size_t index, RowId row, std::uint64_t number,
                     std::size_t width);
  void detach(NodeRef ref);
  NodeRef copy(NodeRef from, NodeRef parent, std::size_t index);
  std::vector<NodeRef> import(const Tree& tree, NodeRef parent, std::size_t index);
  void relink();

  const Schema* schema_;
  std::vector<Value> values_;
  std::vector<Link> links_;
  NodeRef root_      = kNoRef;
  NodeRef plaintext_ = kNoRef;
};

}  // namespace gdoi::wire
