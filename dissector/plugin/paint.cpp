#include "plugin/paint.h"

#include "plugin/certificates.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"

#include <algorithm>
#include <string_view>

namespace gdoi::plugin {
namespace {

using tables::kRows;
using wire::Kind;
using wire::Node;
using wire::NodeId;

/// Where the painting stands. Trivially destructible.
struct Brush {
  packet_info* pinfo;
  const Buffers* buffers;
  Reading* reading;
  proto_tree* parents[wire::kMaxDepth + 2];  ///< by depth
  std::size_t painted;
  bool full;
};

static_assert(std::is_trivially_destructible_v<Brush>);

unsigned encoding_of(const wire::Field& row) {
  switch (row.kind) {
    case Kind::kText:
      return ENC_UTF_8;
    case Kind::kGroup:
    case Kind::kBytes:
    case Kind::kSized:
    case Kind::kShare:
    case Kind::kResync:
    case Kind::kIpv6:
      return ENC_NA;
    default:
      return row.show == wire::Show::kTime ? ENC_TIME_SECS | ENC_BIG_ENDIAN : ENC_BIG_ENDIAN;
  }
}

proto_item* paint_field(proto_tree* parent, wire::RowId row, tvbuff_t* tvb, const Node& node) {
  return proto_tree_add_item(parent, field_of(row), tvb, static_cast<gint>(node.offset),
                             static_cast<gint>(node.length), encoding_of(kRows[row]));
}

// The bits of a field are the rows behind its own.
void paint_bits(Brush& brush, proto_item* item, tvbuff_t* tvb, const Node& node) {
  auto row = static_cast<std::size_t>(node.row) + 1;
  if (row >= kRows.size() || kRows[row].kind != Kind::kBit || kRows[row].width != node.length) {
    return;
  }
  auto* below = proto_item_add_subtree(item, subtree_of(node.row));
  for (; row < kRows.size() && kRows[row].kind == Kind::kBit; ++row) {
    paint_field(below, static_cast<wire::RowId>(row), tvb, node);
    ++brush.painted;
  }
}

void paint_node(Brush& brush, NodeId id) {
  const auto& node = brush.reading->tree.node(id);
  const auto& row  = kRows[node.row];
  auto* tvb        = brush.buffers->views[node.buffer];
  auto* parent     = brush.parents[node.depth];
  // The datagram as a whole is the protocol's own line.
  if (node.row == tables::row("message") || node.row == tables::row("marked") ||
      node.row == tables::row("keepalive")) {
    brush.parents[node.depth + 1] = parent;
    brush.reading->items[id]      = brush.reading->items[0];
    return;
  }
  auto* item = paint_field(parent, node.row, tvb, node);
  ++brush.painted;
  brush.reading->items[id] = item;
  if (row.kind == Kind::kGroup) {
    brush.parents[node.depth + 1] = proto_item_add_subtree(item, subtree_of(node.row));
  } else {
    paint_bits(brush, item, tvb, node);
    paint_der(brush.pinfo, item, tvb, brush.reading->tree, id);
  }
}

void paint_titles(const Reading& reading) {
  for (const auto& title : reading.titles) {
    const auto row = reading.tree.node(title.node).row;
    auto* item     = reading.items[title.node];
    if (item != nullptr && item != reading.items[0] && row != tables::row("message")) {
      proto_item_set_text(item, "%s", title.text.c_str());
    }
  }
}

/// Wireshark cuts a line off behind 240 octets (ITEM_LABEL_LENGTH); the field's name stands there
/// too.
constexpr std::size_t kLongestLabel = 200;

// The whole of a text that is cut off in its own line: below it, a sentence a line.
void paint_sentences(const Brush& brush, proto_item* item, tvbuff_t* tvb, std::string_view text) {
  auto* below = proto_item_add_subtree(item, message_subtree());
  while (!text.empty()) {
    const auto stop   = text.find(". ");
    const auto size   = stop == std::string_view::npos ? text.size() : stop + 1;
    const auto* one   = wmem_strndup(brush.pinfo->pool, text.data(), size);
    proto_item* added = nullptr;
    proto_tree_add_subtree(below, tvb, 0, 0, message_subtree(), &added, one);
    proto_item_set_generated(added);
    text.remove_prefix(std::min(text.size(), size + 1));
  }
}

void paint_derived(const Brush& brush, const Derived& derived) {
  const auto& items = brush.reading->items;
  auto* item        = derived.below == kRoot ? items.back() : items[derived.below];
  auto* tvb         = brush.buffers->views[0];
  if (item == nullptr) {
    return;
  }
  auto* tree = proto_item_get_subtree(item);
  if (tree == nullptr) {
    tree = proto_item_add_subtree(item, message_subtree());
  }
  auto* added =
      is_text(derived.field)
          ? proto_tree_add_string(tree, field_of(derived.field), tvb, 0, 0, derived.text.c_str())
          : proto_tree_add_uint(tree, field_of(derived.field), tvb, 0, 0, derived.number);
  proto_item_set_generated(added);
  if (derived.text.size() > kLongestLabel) {
    paint_sentences(brush, added, tvb, derived.text);
  }
}

}  // namespace

void paint_columns(packet_info* pinfo, const Reading& reading) {
  col_set_str(pinfo->cinfo, COL_PROTOCOL, "GDOI");
  col_add_str(pinfo->cinfo, COL_INFO, reading.info.c_str());
}

Buffers paint_sources(tvbuff_t* tvb, packet_info* pinfo, const Reading& reading) {
  Buffers buffers;
  buffers.views[0] = tvb;
  for (std::size_t i = 1; i < reading.tree.buffer_count() && i < Buffers::kMost; ++i) {
    const auto octets = reading.tree.buffer(i);
    const auto size   = static_cast<guint>(octets.size());
    auto* copy       = static_cast<guint8*>(wmem_memdup(pinfo->pool, octets.data(), octets.size()));
    buffers.views[i] = tvb_new_child_real_data(tvb, copy, size, static_cast<gint>(size));
    add_new_data_source(pinfo, buffers.views[i], "Decrypted GDOI");
  }
  return buffers;
}

void paint_remarks(packet_info* pinfo, proto_item* item, const Reading& reading) {
  for (const auto& remark : reading.remarks) {
    expert_add_info_format(pinfo, item, remark.expert, "%s", remark.text.c_str());
  }
}

void paint_tree(const Buffers& buffers, packet_info* pinfo, proto_item* root, Reading& reading) {
  Brush brush{pinfo, &buffers, &reading, {}, 0, false};
  auto* tree       = proto_item_add_subtree(root, message_subtree());
  brush.parents[0] = tree;
  const auto nodes = reading.tree.nodes();
  for (NodeId id = 0; id < nodes.size(); ++id) {
    if (brush.painted >= kMaxItems) {
      brush.full = true;
      break;
    }
    paint_node(brush, id);
  }
  paint_titles(reading);
  for (const auto& derived : reading.derived) {
    paint_derived(brush, derived);
  }
  for (const auto& remark : reading.remarks) {
    auto* item = remark.node == kRoot ? nullptr : reading.items[remark.node];
    expert_add_info_format(pinfo, item == nullptr ? root : item, remark.expert, "%s",
                           remark.text.c_str());
  }
  if (brush.full) {
    expert_add_info(pinfo, root, expert_of(Finding::kManyFields));
  }
}

}  // namespace gdoi::plugin
