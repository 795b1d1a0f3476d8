#pragma once

#include "plugin/epan.h"
#include "protocol/wire/tree.h"

namespace gdoi::plugin {

/// Shows the X.509 certificate of a CERT payload and the distinguished name of an identity through
/// Wireshark's own dissectors, below the item of their octets. Other nodes are left alone.
void paint_der(packet_info* pinfo, proto_item* item, tvbuff_t* tvb, const wire::Tree& tree,
               wire::NodeId id);

}  // namespace gdoi::plugin
