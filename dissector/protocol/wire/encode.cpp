#include "protocol/wire/encode.h"

namespace gdoi::wire {
namespace {

void put(const Document& document, NodeRef ref, Bytes& out) {
  const auto& value = document.value(ref);
  append_uint(out, value.number, value.width);
  append(out, value.octets.view());
  for (const auto child : value.children) {
    put(document, child, out);
  }
}

}  // namespace

Bytes encode(const Document& document, NodeRef ref) {
  Bytes out;
  if (ref != kNoRef) {
    out.reserve(document.size(ref));
    put(document, ref, out);
  }
  return out;
}

Bytes encode(const Document& document) {
  return encode(document, document.root());
}

}  // namespace gdoi::wire
