#pragma once

#include "protocol/wire/cursor.h"
#include "protocol/wire/decode.h"

#include <algorithm>
#include <optional>

namespace gdoi::wire {

inline constexpr NodeId kNoNode = 0xffffffff;

/// Nodes that a tree has room for at first: a usual message.
inline constexpr std::size_t kFirstNodes = 128;

inline constexpr std::size_t kHeaderSize = 28;  // RFC 2408 section 3.1

/// A clear message may end with this many octets of alignment (RFC 2408 section 3.6).
inline constexpr std::size_t kMaxAlignment = 3;

[[nodiscard]] inline bool all_zero(ByteView octets) {
  return std::all_of(octets.begin(), octets.end(), [](auto octet) { return octet == 0; });
}

/// The engine behind decode.h: walks layouts over a cursor and fills a tree. One object decodes one
/// buffer.
class Decoder {
 public:
  /// `block_size` is the cipher's for a plaintext, else 0.
  Decoder(const Schema& schema, Tree& tree, std::uint8_t buffer, std::size_t block_size);

  void datagram(ByteView octets, const DecodeOptions& options);
  void plaintext(Secret octets);
  void part(LayoutId layout, ByteView octets, const Roles& roles);
  void attribute_list(LayoutId set, ByteView octets, const Roles& roles);

 private:
  /// A structure that is being read: what its own fields have said so far.
  struct Window {
    NodeId group            = kNoNode;
    std::size_t start       = 0;
    std::uint64_t size      = 0;
    std::uint64_t remaining = 1;  ///< elements not yet read, this one included
    std::optional<std::uint64_t> count;
    NodeId count_node        = kNoNode;
    std::uint32_t next       = 0;
    NodeId next_node         = kNoNode;
    std::uint32_t next_below = 0;  ///< type of the first payload of a chain inside
    NodeId next_below_node   = kNoNode;
    bool bounded             = false;  ///< a length bounds it: what is left over is its own
    bool cut                 = false;  ///< a field was cut: no further rows
    bool lost    = false;  ///< its length cannot be right: what follows it cannot be found
    bool message = false;
  };

  /// decode_sealed.cpp
  [[nodiscard]] bool is_sealed_as_before(ByteView octets) const;
  void repeat_sealed(ByteView octets);
  void remember_sealed(ByteView octets);

  void root(LayoutId layout, Cursor cursor, Window frame);
  void structure(LayoutId layout, Cursor& cursor, Window& frame);
  void run(LayoutId layout_id, Cursor& cursor, Window& frame);
  void step(const Field& row, Cursor& cursor, Window& frame);
  void leaf(RowId row_id, const Field& row, Cursor& cursor, Window& frame);
  void number(const Field& row, NodeId node, std::uint64_t value, Cursor& cursor, Window& frame);
  void bound(const Field& row, NodeId node, std::uint64_t value, Cursor& cursor, Window& frame);
  void cut(RowId row_id, std::size_t needed, Cursor& cursor, Window& frame);
  void trailing(Cursor& cursor, const Window& frame);
  void own_structure(LayoutId layout, Cursor& cursor, const Window& outer);
  void sized_select(const Field& row, Cursor& cursor, const Window& outer);
  void items(RowId row_id, Cursor& cursor, Window& frame);
  void elements(const Field& row, Cursor& cursor, Window& outer);
  void chain(const Chain& chain, Cursor& cursor, Window& outer);
  void padding(Cursor& cursor, bool explained);
  void attributes(LayoutId set, Cursor& cursor, Window& outer);
  void attribute(LayoutId set, Cursor& cursor);
  void attribute_value(RowId row_id, RowId octets_row, Cursor& cursor, Window& frame);
  [[nodiscard]] LayoutId selected(SelectorId id) const;
  [[nodiscard]] bool needs_resync(const Field& row, const Cursor& cursor) const;
  [[nodiscard]] bool attributes_fit(LayoutId set, Cursor cursor) const;
  [[nodiscard]] static std::size_t sized(const Field& row, const Window& frame);
  [[nodiscard]] static std::size_t share(const Cursor& cursor, const Window& frame);
  bool full(const Cursor& cursor);
  NodeId open(RowId row, std::size_t offset);
  void close(NodeId id, std::size_t end);

  NodeId add_leaf(RowId row, std::size_t offset, std::size_t length) {
    const auto id = tree_.count_++;
    if (id == tree_.nodes_.size()) {
      tree_.nodes_.resize(id == 0 ? kFirstNodes : 2 * id);
    }
    tree_.nodes_[id] = {row,
                        buffer_,
                        static_cast<std::uint8_t>(depth_),
                        static_cast<std::uint32_t>(offset),
                        static_cast<std::uint32_t>(length),
                        static_cast<NodeId>(id + 1),
                        0};
    return static_cast<NodeId>(id);
  }

  void report(Code code, NodeId node, std::size_t offset, std::uint64_t needed, std::uint64_t had);

  const Schema& schema_;
  Tree& tree_;
  std::uint8_t buffer_;
  std::size_t block_size_;
  std::size_t depth_    = 0;
  std::size_t payloads_ = 0;
  bool full_            = false;
};

}  // namespace gdoi::wire
