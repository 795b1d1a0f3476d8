#include "engine/dead_peer.h"

#include "protocol/exchange/payload_types.h"

namespace gdoi::engine {

wire::Part answer_to(ByteView are_you_there) {
  constexpr std::size_t kTypeAt = 6;  // behind DOI, protocol and SPI size (RFC 2408 section 3.14)
  constexpr std::size_t kType   = 2;
  wire::Part part;
  part.type = exchange::payload::kNotify;
  part.body = to_bytes(are_you_there.first(kTypeAt));
  append_uint(*part.body, kAreYouThereAck, kType);
  append(*part.body, are_you_there.subspan(kTypeAt + kType));
  return part;
}

}  // namespace gdoi::engine
