#pragma once

#include "plugin/reading.h"

/// Shows a reading in Wireshark. Everything here may be left by longjmp, so it has no local that
/// needs a destructor; what it shows was decoded before and belongs to the packet's memory.
namespace gdoi::plugin {

/// Columns of the packet list.
void paint_columns(packet_info* pinfo, const Reading& reading);

/// Views of the datagram and of its plaintexts, which get tabs of their own.
struct Buffers {
  static constexpr std::size_t kMost = 4;
  tvbuff_t* views[kMost]             = {};
};

[[nodiscard]] Buffers paint_sources(tvbuff_t* tvb, packet_info* pinfo, const Reading& reading);

/// Expert items alone, for when nobody looks at fields.
void paint_remarks(packet_info* pinfo, proto_item* item, const Reading& reading);

/// The whole tree.
void paint_tree(const Buffers& buffers, packet_info* pinfo, proto_item* root, Reading& reading);

}  // namespace gdoi::plugin
