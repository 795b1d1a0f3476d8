// Any octets: decoded as a datagram, as one from port 4500, and as the plaintext of an encrypted
// message. Each tree covers its octets exactly once, and its values encode to the same octets.

#include "fuzz/fuzz_require.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"
#include "protocol/wire/encode.h"
#include "protocol/wire/print.h"

namespace {

using gdoi::Bytes;
using gdoi::ByteView;
using gdoi::Secret;
namespace wire = gdoi::wire;

// Cookies, then (next payload, 1.0, GROUPKEY-PULL or -PUSH, encrypted), message ID and Length.
constexpr std::uint8_t kHeader[]  = {1,  2, 3, 4, 5, 6, 7, 8, 8, 7,  6, 5, 4, 3, 2, 1, 0, 0x10,
                                     32, 1, 0, 0, 0, 1, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0, 0};
constexpr std::size_t kNextAt     = 16;
constexpr std::size_t kExchangeAt = 18;
constexpr std::size_t kBlock      = 8;

void check_datagram(ByteView octets, bool nat_port) {
  wire::Tree tree;
  wire::decode(gdoi::tables::schema(), octets, {nat_port}, tree);
  gdoi::fuzz::require(covers(tree));
  const wire::Document document(gdoi::tables::schema(), tree);
  gdoi::fuzz::require(gdoi::equal(encode(document), octets));
  (void)wire::print_tree(gdoi::tables::schema(), tree);
}

void check_plaintext(ByteView input) {
  Bytes datagram(std::begin(kHeader), std::end(kHeader));
  datagram[kNextAt]     = input[0];
  datagram[kExchangeAt] = static_cast<std::uint8_t>(32 + input[1] % 2);
  const auto octets     = input.subspan(2);
  wire::Tree tree;
  wire::decode(gdoi::tables::schema(), datagram, {}, tree);
  wire::decode_plaintext(gdoi::tables::schema(), Secret(octets), kBlock, tree);
  gdoi::fuzz::require(covers(tree));
  const wire::Document document(gdoi::tables::schema(), tree);
  gdoi::fuzz::require(gdoi::equal(encode(document), datagram));
  gdoi::fuzz::require(gdoi::equal(encode(document, document.plaintext()), octets));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  check_datagram(input, false);
  check_datagram(input, true);
  if (size >= 2) {
    check_plaintext(input);
  }
  return 0;
}
