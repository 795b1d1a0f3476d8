// Plaintexts of any content: what a peer with the right key may send. The input is encrypted under
// known keys, as a PULL message, a PUSH and a phase-1 message, and must come out of the follower as
// it went in or not at all.

#include "fuzz/fuzz_keys.h"
#include "fuzz/fuzz_require.h"
#include "protocol/crypto/key_schedule.h"
#include "protocol/crypto/suite.h"
#include "protocol/exchange/follower.h"
#include "protocol/exchange/message.h"

#include <cstddef>
#include <cstdint>

namespace {

using namespace gdoi;
using namespace gdoi::exchange;
using gdoi::fuzz::require;

constexpr std::size_t kBlock     = 8;
constexpr std::size_t kMostInput = 16'384;

Bytes message(ByteView cookies, std::uint8_t first_payload, std::uint8_t exchange,
              ByteView message_id, ByteView ciphertext) {
  constexpr std::uint8_t kVersion   = 0x10;
  constexpr std::uint8_t kEncrypted = 0x01;
  Bytes octets                      = to_bytes(cookies);
  append(octets, Bytes{first_payload, kVersion, exchange, kEncrypted});
  append(octets, message_id);
  append_uint(octets, 28 + ciphertext.size(), 4);
  append(octets, ciphertext);
  return octets;
}

void follow(Follower& follower, std::uint64_t frame, const Bytes& octets, ByteView plaintext) {
  Packet packet;
  packet.frame          = frame;
  packet.source.address = {10, 0, 224, 37};
  packet.source.port = packet.destination.port = 848;
  packet.payload                               = octets;
  wire::Tree tree;
  const auto record = follower.follow(packet, tree);
  require(wire::covers(tree));
  require(tree.buffer_count() == (record.crypt == Crypt::kDecrypted ? 2U : 1U));
  if (record.crypt == Crypt::kDecrypted) {
    require(equal(tree.buffer(1), plaintext));
  }
  (void)payload_summary(MessageView(tree), record.number);
  (void)follower.key_remark(record, tree);
  (void)follower.take_learned_teks();
}

}  // namespace

// Input: type of the first payload, then the plaintext, which is padded with zeros.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > kMostInput) {
    return 0;
  }
  const auto& suite = crypto::openssl_suite();
  const auto first  = data[0];
  Bytes plaintext(data + 1, data + size);
  plaintext.resize((plaintext.size() + kBlock - 1) / kBlock * kBlock, 0);

  Follower follower;
  follower.use(gdoi::fuzz::captured_keys());

  constexpr auto kCipher                = crypto::Cipher::k3DesCbc;
  constexpr std::uint8_t kInformational = 5;
  constexpr std::uint8_t kPull          = 32;
  constexpr std::uint8_t kPush          = 33;

  // One M-ID each: with a conversation before it a message has more than one IV that may fit.
  const auto key     = *from_hex("80cdab03c1105d2b48ab436dde73f5b1bbbe55449c1efe69");
  const auto cookies = *from_hex("a91b9d5035d8fc4f272325e695db688b");
  const auto iv      = [&](const Bytes& message_id) {
    return crypto::phase2_iv(suite, crypto::Hash::kSha1, kCipher, *from_hex("a659dffb7a720843"),
                                  message_id);
  };
  std::uint64_t frame = 0;
  for (const auto exchange : {kPull, kInformational}) {
    const Bytes message_id{0, 0, 0, exchange};
    const auto sealed = suite.encrypt(kCipher, key, iv(message_id), plaintext);
    require(sealed.ok());
    follow(follower, ++frame, message(cookies, first, exchange, message_id, *sealed), plaintext);
  }

  const auto kek_spi = *from_hex("61626364656667683031323334353637");
  const auto push =
      suite.encrypt(kCipher, *from_hex("4142434445464748494a4b4c4d4e4f505152535455565758"),
                    *from_hex("4956495649564956"), plaintext);
  require(push.ok());
  follow(follower, ++frame, message(kek_spi, first, kPush, Bytes(4, 0), *push), plaintext);

  // The octets as ciphertext, under a key that makes garbage of them.
  const Bytes message_id{0, 0, 0, 1};
  const auto garbage = suite.decrypt(kCipher, key, iv(message_id), plaintext);
  require(garbage.ok());
  follow(follower, ++frame, message(cookies, first, kPull, message_id, plaintext), *garbage);
  return 0;
}
