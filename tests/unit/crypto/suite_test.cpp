#include "protocol/crypto/suite.h"

#include "protocol/base/hex.h"
#include "unit/crypto/vectors.h"

#include <gtest/gtest.h>

#include <thread>

namespace gdoi::crypto {
namespace {

using test::crypto_vectors;

Bytes counting(std::size_t size) {
  Bytes octets(size);
  for (std::size_t i = 0; i < size; ++i) {
    octets[i] = static_cast<std::uint8_t>(i * 37 + i / 256);
  }
  return octets;
}

TEST(Suite, DigestsAreThoseOfTheStandards) {
  // RFC 1321 appendix A.5, FIPS 180-4: "abc".
  const auto& suite = openssl_suite();
  const auto hex    = [&](Hash hash) { return to_hex(suite.digest(hash, {bytes_of("abc")})); };
  EXPECT_EQ(hex(Hash::kMd5), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(hex(Hash::kSha1), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hex(Hash::kSha256), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(Hash::kSha384),
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
            "8086072ba1e7cc2358baeca134c825a7");
  EXPECT_EQ(hex(Hash::kSha512),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST(Suite, ADigestCoversTheConcatenationOfItsParts) {
  const auto& suite = openssl_suite();
  EXPECT_EQ(suite.digest(Hash::kSha1, {bytes_of("a"), {}, bytes_of("bc")}),
            suite.digest(Hash::kSha1, {bytes_of("abc")}));
  EXPECT_EQ(to_hex(suite.digest(Hash::kMd5, {})), "d41d8cd98f00b204e9800998ecf8427e");
}

TEST(Suite, HmacsAreThoseOfRfc2202And4231) {
  const auto& vectors = crypto_vectors();
  for (std::size_t i = 0; i < vectors.count("/hmac"); ++i) {
    const auto at   = "/hmac/" + std::to_string(i);
    const auto hash = hash_named(vectors.text(at + "/hash"));
    ASSERT_TRUE(hash.has_value());
    const auto key  = vectors.octets(at + "/key");
    const auto data = vectors.octets(at + "/data");
    const auto mac  = vectors.octets(at + "/mac");
    SCOPED_TRACE(vectors.text(at + "/source"));
    EXPECT_EQ(openssl_suite().hmac(*hash, key, {data}), mac);
    EXPECT_EQ(openssl_suite().hmac(*hash, key, {data}), mac) << "with the key kept";
    EXPECT_EQ(
        openssl_suite().hmac(*hash, key, {ByteView(data).first(3), ByteView(data).subspan(3)}),
        mac);
  }
}

TEST(Suite, AnHmacHasNoMemoryOfTheKeyBefore) {
  // Computed with Python's hmac: no key and no text; a key that the kept one begins with.
  const auto& suite = openssl_suite();
  const Bytes key(20, 0x0b);
  const auto first = suite.hmac(Hash::kSha256, key, {bytes_of("Hi There")});
  EXPECT_EQ(to_hex(suite.hmac(Hash::kSha256, {}, {})),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  EXPECT_EQ(to_hex(suite.hmac(Hash::kSha256, {}, {})),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  EXPECT_NE(suite.hmac(Hash::kSha256, ByteView(key).first(19), {bytes_of("Hi There")}), first);
  EXPECT_EQ(suite.hmac(Hash::kSha256, key, {bytes_of("Hi There")}), first);
  const Bytes nonces(512, 0x55);  // longer than any key that is kept
  const auto with_nonces = suite.hmac(Hash::kSha256, nonces, {bytes_of("Hi There")});
  EXPECT_EQ(suite.hmac(Hash::kSha256, nonces, {bytes_of("Hi There")}), with_nonces);
  EXPECT_EQ(suite.hmac(Hash::kSha256, key, {bytes_of("Hi There")}), first);
}

TEST(Suite, CiphersGiveThePublishedCiphertexts) {
  const auto& vectors = crypto_vectors();
  for (std::size_t i = 0; i < vectors.count("/cbc"); ++i) {
    const auto at     = "/cbc/" + std::to_string(i);
    const auto cipher = cipher_named(vectors.text(at + "/cipher"));
    ASSERT_TRUE(cipher.has_value());
    const auto key    = vectors.octets(at + "/key");
    const auto iv     = vectors.octets(at + "/iv");
    const auto plain  = vectors.octets(at + "/plaintext");
    const auto secret = vectors.octets(at + "/ciphertext");
    SCOPED_TRACE(vectors.text(at + "/source"));
    for (int round = 0; round < 2; ++round) {  // the second with the key kept
      const auto encrypted = openssl_suite().encrypt(*cipher, key, iv, plain);
      const auto decrypted = openssl_suite().decrypt(*cipher, key, iv, secret);
      ASSERT_TRUE(encrypted.ok() && decrypted.ok());
      EXPECT_EQ(*encrypted, secret);
      EXPECT_EQ(*decrypted, plain);
    }
  }
}

TEST(Suite, CiphersAgreeWithTheOpensslCommand) {
  struct Case {
    Cipher cipher;
    const char* command;
    int keys;
  };

  const Case cases[] = {
      {Cipher::kDesCbc,    "des-ede3-cbc", 3},
      {Cipher::k3DesCbc,   "des-ede3-cbc", 1},
      {Cipher::kAes128Cbc, "aes-128-cbc",  1},
      {Cipher::kAes192Cbc, "aes-192-cbc",  1},
      {Cipher::kAes256Cbc, "aes-256-cbc",  1}
  };
  const auto folder = test::scratch_folder();
  const auto plain  = counting(496);
  test::write_file(folder + "plain", plain);
  for (const auto& [cipher, command, keys] : cases) {
    SCOPED_TRACE(name_of(cipher));
    const auto key = counting(key_size(cipher));
    const auto iv  = counting(block_size(cipher));
    std::string key_hex;
    for (int i = 0; i < keys; ++i) {
      key_hex += to_hex(key);
    }
    (void)test::output_of("openssl enc -e -nopad -" + std::string(command) + " -K " + key_hex +
                          " -iv " + to_hex(iv) + " -in " + folder + "plain -out " + folder + "enc");
    const auto encrypted = openssl_suite().encrypt(cipher, key, iv, plain);
    ASSERT_TRUE(encrypted.ok());
    EXPECT_EQ(*encrypted, test::read_file(folder + "enc"));
    const auto decrypted = openssl_suite().decrypt(cipher, key, iv, *encrypted);
    ASSERT_TRUE(decrypted.ok());
    EXPECT_EQ(*decrypted, plain);
  }
}

TEST(Suite, AKeptCipherFollowsEachNewKeyAndIv) {
  const auto& suite  = openssl_suite();
  const auto key     = counting(16);
  const Bytes other  = Bytes(16, 0x99);
  const auto plain   = counting(160);
  const auto one     = suite.encrypt(Cipher::kAes128Cbc, key, key, plain);
  const auto two     = suite.encrypt(Cipher::kAes128Cbc, other, key, plain);
  const auto three   = suite.encrypt(Cipher::kAes128Cbc, other, other, plain);
  const auto one_yet = suite.encrypt(Cipher::kAes128Cbc, key, key, plain);
  ASSERT_TRUE(one.ok() && two.ok() && three.ok() && one_yet.ok());
  EXPECT_EQ(*one, *one_yet);
  EXPECT_NE(*one, *two);
  EXPECT_NE(*two, *three);
  EXPECT_EQ(*suite.decrypt(Cipher::kAes128Cbc, other, key, *two), plain);
  EXPECT_EQ(*suite.decrypt(Cipher::kAes128Cbc, other, other, *three), plain);
  EXPECT_EQ(*suite.decrypt(Cipher::kAes128Cbc, key, key, *one), plain);
}

TEST(Suite, SizesThatDoNotFitAreErrorsThatSaySo) {
  const auto& suite = openssl_suite();
  const auto text   = [&](std::size_t key, std::size_t iv, std::size_t input) {
    const auto result =
        suite.decrypt(Cipher::kAes128Cbc, counting(key), counting(iv), counting(input));
    return result.ok() ? std::string("good") : result.error().text;
  };
  EXPECT_EQ(text(16, 16, 32), "good");
  EXPECT_EQ(text(16, 16, 0), "good");
  EXPECT_EQ(text(24, 16, 32), "aes128-cbc: the key has 24 octets instead of 16");
  EXPECT_EQ(text(0, 16, 32), "aes128-cbc: the key has 0 octets instead of 16");
  EXPECT_EQ(text(16, 8, 32), "aes128-cbc: the IV has 8 octets instead of 16");
  EXPECT_EQ(text(16, 16, 33), "aes128-cbc: 33 octets are no multiple of the block of 16");
  EXPECT_FALSE(suite.encrypt(Cipher::kDesCbc, counting(24), counting(8), counting(8)).ok());
  EXPECT_FALSE(suite.encrypt(Cipher::k3DesCbc, counting(8), counting(8), counting(8)).ok());
}

TEST(Suite, EachThreadHasItsOwn) {
  const auto* mine   = &openssl_suite();
  const Suite* other = nullptr;
  Bytes digest;
  std::thread([&] {
    other  = &openssl_suite();
    digest = openssl_suite().digest(Hash::kMd5, {bytes_of("abc")});
  }).join();
  EXPECT_NE(mine, other);
  EXPECT_EQ(mine, &openssl_suite());
  EXPECT_EQ(to_hex(digest), "900150983cd24fb0d6963f7d28e17f72");
}

}  // namespace
}  // namespace gdoi::crypto
