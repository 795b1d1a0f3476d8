#include "capture/reader.h"
#include "fuzz/fuzz_require.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>

/// Any octets as a capture file: read to the end, with a small memory for fragments. Every octet of
/// every payload is looked at, so that a view outside of its buffer shows.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  // Mode r: the octets are not written to.
  std::FILE* stream = fmemopen(const_cast<std::uint8_t*>(data), size, "rb");
  if (stream == nullptr) {
    return 0;
  }
  auto reader = gdoi::capture::Reader::open_stream(
      stream, "input", {.ports = {}, .max_reassembly_octets = std::size_t{1} << 16U});
  if (!reader) {
    return 0;
  }
  std::uint64_t frame       = 0;
  volatile std::uint8_t sum = 0;  // volatile: the reads below must stay
  for (;;) {
    const auto next = reader->next();
    if (!next || !next->has_value()) {
      break;
    }
    const auto& datagram = **next;
    gdoi::fuzz::require(datagram.frame > frame &&
                        datagram.payload.size() <= datagram.claimed_length);
    frame = datagram.frame;
    for (const auto octet : datagram.payload) {
      sum = static_cast<std::uint8_t>(sum ^ octet);
    }
  }
  const auto counts = reader->counts();
  gdoi::fuzz::require(counts.datagrams <= counts.frames);
  return 0;
}
