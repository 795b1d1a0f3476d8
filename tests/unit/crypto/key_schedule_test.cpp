#include "protocol/crypto/key_schedule.h"

#include "protocol/base/hex.h"
#include "unit/crypto/vectors.h"

#include <gtest/gtest.h>

namespace gdoi::crypto {
namespace {

using test::gdoi_vectors;

Bytes counting(std::size_t size) {
  Bytes octets(size);
  for (std::size_t i = 0; i < size; ++i) {
    octets[i] = static_cast<std::uint8_t>(i);
  }
  return octets;
}

std::string key_hex(Hash hash, Cipher cipher, ByteView skeyid_e) {
  return to_hex(cipher_key(openssl_suite(), hash, cipher, skeyid_e).view());
}

void expect_skeyids(const std::string& set, const Secret& skeyid) {
  const auto& vectors = gdoi_vectors();
  const auto keys =
      derive_skeyids(openssl_suite(), Hash::kSha1, skeyid.view(), vectors.octets(set + "/gxy"),
                     vectors.octets(set + "/cky_i"), vectors.octets(set + "/cky_r"));
  EXPECT_TRUE(equal(keys.skeyid.view(), vectors.octets(set + "/SKEYID")));
  EXPECT_TRUE(equal(keys.skeyid_d.view(), vectors.octets(set + "/_d")));
  EXPECT_TRUE(equal(keys.skeyid_a.view(), vectors.octets(set + "/_a")));
  EXPECT_TRUE(equal(keys.skeyid_e.view(), vectors.octets(set + "/_e")));
}

TEST(KeySchedule, PresharedKeySetOfNist) {
  const auto& vectors = gdoi_vectors();
  const std::string set("/NIST_ikev1_psk_sha1");
  expect_skeyids(set, skeyid_from_psk(openssl_suite(), Hash::kSha1, vectors.octets(set + "/psk"),
                                      vectors.octets(set + "/ni"), vectors.octets(set + "/nr")));
}

TEST(KeySchedule, SignatureSetOfNist) {
  const auto& vectors = gdoi_vectors();
  const std::string set("/NIST_ikev1_sig_sha1");
  expect_skeyids(set,
                 skeyid_from_signature(openssl_suite(), Hash::kSha1, vectors.octets(set + "/ni"),
                                       vectors.octets(set + "/nr"), vectors.octets(set + "/gxy")));
}

TEST(KeySchedule, ShortSkeyidIsExpanded) {
  // Computed with Python's hmac from RFC 2409 appendix B.
  EXPECT_EQ(key_hex(Hash::kSha1, Cipher::kAes256Cbc, counting(20)),
            "1e5fd6a5cbc98bd4c1fe20d5e5fb2ed1df330c93a33c043ca850a65fd7aeae17");
  EXPECT_EQ(key_hex(Hash::kMd5, Cipher::k3DesCbc, counting(16)),
            "5d76401b50b90caee409473960c04a9614b5f3b70b892097");
}

TEST(KeySchedule, LongEnoughSkeyidIsCut) {
  EXPECT_EQ(key_hex(Hash::kSha1, Cipher::kAes128Cbc, counting(20)),
            "000102030405060708090a0b0c0d0e0f");
  EXPECT_EQ(key_hex(Hash::kSha256, Cipher::k3DesCbc, counting(32)),
            "000102030405060708090a0b0c0d0e0f1011121314151617");
  EXPECT_EQ(key_hex(Hash::kSha256, Cipher::kAes256Cbc, counting(32)), to_hex(counting(32)));
}

TEST(KeySchedule, DesLeavesWeakKeysOut) {
  const auto des = [](const std::string& skeyid_e) {
    return key_hex(Hash::kSha1, Cipher::kDesCbc, from_hex(skeyid_e).value_or(Bytes{}));
  };
  const std::string next = "a1a2a3a4a5a6a7a8b1b2b3b4";
  EXPECT_EQ(des("0102030405060708" + next), "0102030405060708");
  EXPECT_EQ(des("0101010101010101" + next), "a1a2a3a4a5a6a7a8");
  EXPECT_EQ(des("0000000000000000" + next), "a1a2a3a4a5a6a7a8") << "the same key but for parity";
  EXPECT_EQ(des("e0fee0fef1fef1fe" + next), "a1a2a3a4a5a6a7a8") << "semi-weak";
  EXPECT_EQ(des("01fe01fe01fe01fe1f1f1f1f0e0e0e0eb1b2b3b4"), "01fe01fe01fe01fe")
      << "nothing else is left";
}

TEST(KeySchedule, AnIvIsTheBeginningOfADigest) {
  // hash("ab" | "c") is that of "abc" (FIPS 180-4, RFC 1321).
  const auto& suite = openssl_suite();
  EXPECT_EQ(to_hex(phase1_iv(suite, Hash::kSha1, Cipher::k3DesCbc, bytes_of("ab"), bytes_of("c"))),
            "a9993e364706816a");
  EXPECT_EQ(to_hex(phase2_iv(suite, Hash::kMd5, Cipher::kAes256Cbc, bytes_of("ab"), bytes_of("c"))),
            "900150983cd24fb0d6963f7d28e17f72");
}

}  // namespace
}  // namespace gdoi::crypto
