#include "protocol/wire/decode.h"
#include "protocol/wire/decoder.h"

/// Structures and attributes on their own, as messages are built from.
namespace gdoi::wire {

void Decoder::part(LayoutId layout, ByteView octets, const Roles& roles) {
  tree_.clear();
  tree_.datagram_ = octets;
  tree_.roles_    = roles;
  const Cursor window(octets);
  const Window frame;
  root(layout, window, frame);
}

void Decoder::attribute_list(LayoutId set, ByteView octets, const Roles& roles) {
  tree_.clear();
  tree_.datagram_ = octets;
  tree_.roles_    = roles;
  Cursor window(octets);
  Window frame;
  attributes(set, window, frame);
}

void decode_layout(const Schema& schema, LayoutId layout, ByteView octets, Tree& tree,
                   const Roles& roles) {
  Decoder(schema, tree, 0, 0).part(layout, octets, roles);
}

void decode_attributes(const Schema& schema, LayoutId set, ByteView octets, Tree& tree,
                       const Roles& roles) {
  Decoder(schema, tree, 0, 0).attribute_list(set, octets, roles);
}

}  // namespace gdoi::wire
