#include "protocol/crypto/algorithms.h"

#include <gtest/gtest.h>

namespace gdoi::crypto {
namespace {

constexpr Cipher kAllCiphers[] = {Cipher::kDesCbc, Cipher::k3DesCbc, Cipher::kAes128Cbc,
                                  Cipher::kAes192Cbc, Cipher::kAes256Cbc};
constexpr Hash kAllHashes[]    = {Hash::kMd5, Hash::kSha1, Hash::kSha256, Hash::kSha384,
                                  Hash::kSha512};

TEST(Algorithms, NamesReadBackAsTheSameAlgorithm) {
  for (const auto hash : kAllHashes) {
    EXPECT_EQ(hash_named(name_of(hash)), hash);
  }
  for (const auto cipher : kAllCiphers) {
    EXPECT_EQ(cipher_named(name_of(cipher)), cipher);
  }
  EXPECT_EQ(name_of(Group::kModp768), "modp768");
  EXPECT_EQ(name_of(Group::kEcp521), "ecp521");
  EXPECT_EQ(hash_named("sha3"), std::nullopt);
  EXPECT_EQ(cipher_named(""), std::nullopt);
}

TEST(Algorithms, SizesAreThoseOfTheStandards) {
  EXPECT_EQ(digest_size(Hash::kMd5), 16U);
  EXPECT_EQ(digest_size(Hash::kSha1), 20U);
  EXPECT_EQ(digest_size(Hash::kSha512), 64U);
  EXPECT_EQ(block_size(Cipher::k3DesCbc), 8U);
  EXPECT_EQ(key_size(Cipher::kDesCbc), 8U);
  EXPECT_EQ(key_size(Cipher::k3DesCbc), 24U);
  EXPECT_EQ(key_size(Cipher::kAes192Cbc), 24U);
  EXPECT_EQ(block_size(Cipher::kAes256Cbc), 16U);
  EXPECT_EQ(public_value_size(Group::kModp768), 96U);
  EXPECT_EQ(public_value_size(Group::kModp8192), 1024U);
  EXPECT_EQ(public_value_size(Group::kEcp256), 64U);
  EXPECT_EQ(public_value_size(Group::kEcp521), 132U);
}

TEST(Algorithms, Phase1NumbersAreThoseOfRfc2409AppendixA) {
  EXPECT_EQ(hash_of_phase1(1), Hash::kMd5);
  EXPECT_EQ(hash_of_phase1(2), Hash::kSha1);
  EXPECT_EQ(hash_of_phase1(3), std::nullopt);  // Tiger
  EXPECT_EQ(hash_of_phase1(4), Hash::kSha256);
  EXPECT_EQ(hash_of_phase1(6), Hash::kSha512);
  EXPECT_EQ(hash_of_phase1(7), std::nullopt);
  EXPECT_EQ(cipher_of_phase1(1, 0), Cipher::kDesCbc);
  EXPECT_EQ(cipher_of_phase1(2, 0), std::nullopt);  // IDEA
  EXPECT_EQ(cipher_of_phase1(5, 0), Cipher::k3DesCbc);
  EXPECT_EQ(cipher_of_phase1(5, 192), Cipher::k3DesCbc);
  EXPECT_EQ(cipher_of_phase1(7, 0), std::nullopt);
  EXPECT_EQ(cipher_of_phase1(7, 128), Cipher::kAes128Cbc);
  EXPECT_EQ(cipher_of_phase1(7, 192), Cipher::kAes192Cbc);
  EXPECT_EQ(cipher_of_phase1(7, 256), Cipher::kAes256Cbc);
  EXPECT_EQ(cipher_of_phase1(7, 129), std::nullopt);
  EXPECT_EQ(group_of_phase1(2), Group::kModp1024);
  EXPECT_EQ(group_of_phase1(3), std::nullopt);  // EC2N
  EXPECT_EQ(group_of_phase1(21), Group::kEcp521);
  EXPECT_EQ(group_of_phase1(65536 + 2), std::nullopt);
}

TEST(Algorithms, KekNumbersAreThoseOfRfc6407) {
  EXPECT_EQ(cipher_of_kek(1, 0), Cipher::kDesCbc);
  EXPECT_EQ(cipher_of_kek(2, 192), Cipher::k3DesCbc);
  EXPECT_EQ(cipher_of_kek(3, 128), Cipher::kAes128Cbc);
  EXPECT_EQ(cipher_of_kek(3, 256), Cipher::kAes256Cbc);
  EXPECT_EQ(cipher_of_kek(3, 0), std::nullopt);
  EXPECT_EQ(cipher_of_kek(0, 0), std::nullopt);
  EXPECT_EQ(hash_of_sig(1), Hash::kMd5);
  EXPECT_EQ(hash_of_sig(2), Hash::kSha1);
  EXPECT_EQ(hash_of_sig(3), Hash::kSha256);
  EXPECT_EQ(hash_of_sig(5), Hash::kSha512);
  EXPECT_EQ(hash_of_sig(0), std::nullopt);
  EXPECT_EQ(hash_of_sig(128), std::nullopt);
}

}  // namespace
}  // namespace gdoi::crypto
