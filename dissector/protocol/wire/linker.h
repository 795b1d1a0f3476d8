#pragma once

#include "protocol/wire/document.h"

namespace gdoi::wire {

/// Walks the layouts over the values of a document, as the decoder walks them over octets, and
/// notes which length, count, size and next-payload fields depend on which values.
class Linker {
 public:
  explicit Linker(Document& document) : document_(document), schema_(document.schema()) {}

  void run();

 private:
  /// The next child of a structure to be matched.
  struct Place {
    NodeRef group      = kNoRef;
    std::size_t index  = 0;
    std::size_t choice = 0;
  };

  /// What the decoder calls a window: a structure and what its fields say.
  struct Frame {
    NodeRef group = kNoRef;
    std::vector<NodeRef> lengths{};
    NodeRef size  = kNoRef;
    NodeRef count = kNoRef;
    NodeRef next  = kNoRef;
    NodeRef below = kNoRef;
    bool message  = false;
  };

  void rows(LayoutId layout, Place& at, Frame& frame);
  void enter(LayoutId layout, Place& at, Frame& frame);
  void structure(const Field& row, Place& at, Frame& frame);
  void leaf(RowId row_id, Place& at, Frame& frame);
  void consume(NodeRef ref, const Field& row, Frame& frame);
  void sized_select(const Field& row, Place& at, Frame& outer);
  void items(RowId row_id, Place& at, Frame& frame);
  void elements(const Field& row, Place& at, Frame& outer);
  void chain(const Field& row, Place& at, Frame& outer);
  void attributes(LayoutId set, Place& at);
  void attribute(LayoutId set, NodeRef group);
  void finish(const Frame& frame);
  List& open_list(ListKind kind, std::uint16_t arg, const Place& at);
  [[nodiscard]] LayoutId choose(SelectorId id, Place& at);
  [[nodiscard]] NodeRef peek(const Place& at) const;
  [[nodiscard]] bool is_next(const Place& at, RowId row) const;
  [[nodiscard]] bool grouped(LayoutId layout) const;

  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): never kept
  Document& document_;
  const Schema& schema_;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
  Roles roles_{};
  NodeRef message_next_ = kNoRef;
};

/// The layout that a payload type has in a chain.
[[nodiscard]] LayoutId payload_layout(const Chain& chain, std::uint32_t type);

/// The layout whose group row is `row`, or nothing.
[[nodiscard]] std::optional<LayoutId> layout_of(const Schema& schema, RowId row);

}  // namespace gdoi::wire
