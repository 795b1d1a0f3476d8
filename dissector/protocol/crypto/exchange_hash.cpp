#include "protocol/crypto/exchange_hash.h"

#include <string_view>

namespace gdoi::crypto {

Bytes hash_i(const Suite& suite, Hash hash, ByteView skeyid, const Phase1Transcript& transcript,
             ByteView idii_b) {
  return suite.hmac(hash, skeyid,
                    {transcript.g_xi, transcript.g_xr, transcript.cky_i, transcript.cky_r,
                     transcript.sai_b, idii_b});
}

Bytes hash_r(const Suite& suite, Hash hash, ByteView skeyid, const Phase1Transcript& transcript,
             ByteView idir_b) {
  return suite.hmac(hash, skeyid,
                    {transcript.g_xr, transcript.g_xi, transcript.cky_r, transcript.cky_i,
                     transcript.sai_b, idir_b});
}

Bytes hash_1(const Suite& suite, Hash hash, ByteView skeyid_a, ByteView message_id, ByteView rest) {
  return suite.hmac(hash, skeyid_a, {message_id, rest});
}

Bytes hash_2(const Suite& suite, Hash hash, ByteView skeyid_a, ByteView message_id, ByteView ni_b,
             ByteView rest) {
  return suite.hmac(hash, skeyid_a, {message_id, ni_b, rest});
}

Bytes hash_3_4(const Suite& suite, Hash hash, ByteView skeyid_a, ByteView message_id, ByteView ni_b,
               ByteView nr_b, ByteView rest) {
  return suite.hmac(hash, skeyid_a, {message_id, ni_b, nr_b, rest});
}

Secret push_ack_key(const Suite& suite, Hash hash, ByteView base_key, ByteView cky_i,
                    ByteView cky_r, std::uint16_t length_bits) {
  using namespace std::string_view_literals;
  constexpr auto kLabel = "GROUPKEY-PUSH ACK\0"sv;
  Bytes length;
  append_uint(length, length_bits, 2);
  return Secret(suite.hmac(hash, base_key, {bytes_of(kLabel), cky_i, cky_r, length}));
}

Bytes push_ack_hash(const Suite& suite, Hash hash, ByteView ack_key, ByteView seq_and_id) {
  return suite.hmac(hash, ack_key, {seq_and_id});
}

}  // namespace gdoi::crypto
