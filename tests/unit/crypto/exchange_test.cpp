#include "protocol/base/hex.h"
#include "protocol/crypto/diffie_hellman.h"
#include "protocol/crypto/exchange_hash.h"
#include "protocol/crypto/key_schedule.h"
#include "protocol/crypto/signature.h"
#include "unit/crypto/payloads.h"
#include "unit/crypto/vectors.h"

#include <gtest/gtest.h>

namespace gdoi::crypto {
namespace {

using test::gdoi_vectors;
using test::payload_of;
using test::payloads_of;

// Payload types of RFC 2408 section 3.1 and RFC 6407 section 5.
constexpr std::uint8_t kSa    = 1;
constexpr std::uint8_t kKe    = 4;
constexpr std::uint8_t kId    = 5;
constexpr std::uint8_t kHash  = 8;
constexpr std::uint8_t kSig   = 9;
constexpr std::uint8_t kNonce = 10;
constexpr std::uint8_t kSeq   = 18;

constexpr std::size_t kHeaderSize = 28;

struct Set {
  const char* name;
  Hash hash;
  Cipher cipher;
};

// The messages of one registration: main mode 0 to 5, PULL 6 to 9.
class Registration : public testing::TestWithParam<Set> {
 protected:
  void SetUp() override {
    for (std::size_t i = 0; i < vectors_.count(path("/messages")); ++i) {
      messages_.push_back(vectors_.octets(path("/messages/" + std::to_string(i))));
    }
    ASSERT_EQ(messages_.size(), 10U);
    const auto gm     = body(2);
    const auto ks     = body(3);
    g_xi_             = to_bytes(payload_of(gm, kKe).body);
    g_xr_             = to_bytes(payload_of(ks, kKe).body);
    ni_b_             = to_bytes(payload_of(gm, kNonce).body);
    nr_b_             = to_bytes(payload_of(ks, kNonce).body);
    sai_b_            = to_bytes(payload_of(body(0), kSa).body);
    cky_i_            = to_bytes(ByteView(messages_[2]).first(8));
    cky_r_            = to_bytes(ByteView(messages_[2]).subspan(8, 8));
    const auto skeyid = skeyid_from_psk(suite_, hash(), bytes_of(psk_), ni_b_, nr_b_);
    keys_ = derive_skeyids(suite_, hash(), skeyid.view(), octets("/gxy"), cky_i_, cky_r_);
    ka_   = cipher_key(suite_, hash(), cipher(), keys_.skeyid_e.view());
  }

  [[nodiscard]] static Hash hash() { return GetParam().hash; }

  [[nodiscard]] static Cipher cipher() { return GetParam().cipher; }

  [[nodiscard]] static std::string path(const std::string& key) {
    return "/" + std::string(GetParam().name) + key;
  }

  [[nodiscard]] Bytes octets(const std::string& key) const { return vectors_.octets(path(key)); }

  [[nodiscard]] std::vector<test::Payload> body(std::size_t message) const {
    return payloads_of(messages_[message][16], ByteView(messages_[message]).subspan(kHeaderSize));
  }

  // Plaintext of an encrypted message; `iv` moves on to the last block of it.
  Bytes decrypt(std::size_t message, Bytes& iv) {
    const auto ciphertext = ByteView(messages_[message]).subspan(kHeaderSize);
    auto plaintext        = suite_.decrypt(cipher(), ka_.view(), iv, ciphertext);
    EXPECT_TRUE(plaintext.ok());
    auto again = suite_.encrypt(cipher(), ka_.view(), iv, *plaintext);
    EXPECT_TRUE(equal(*again, ciphertext));
    iv = to_bytes(ciphertext.last(block_size(cipher())));
    return std::move(plaintext).value();
  }

  const test::Vectors& vectors_ = gdoi_vectors();
  const Suite& suite_           = openssl_suite();
  std::string psk_              = vectors_.text(path("/psk_ascii"));
  std::vector<Bytes> messages_;
  Bytes g_xi_, g_xr_, ni_b_, nr_b_, sai_b_, cky_i_, cky_r_;
  Skeyids keys_;
  Secret ka_;
};

TEST_P(Registration, KeysFollowFromThePsk) {
  EXPECT_TRUE(equal(keys_.skeyid.view(), octets("/SKEYID")));
  EXPECT_TRUE(equal(keys_.skeyid_d.view(), octets("/_d")));
  EXPECT_TRUE(equal(keys_.skeyid_a.view(), octets("/_a")));
  EXPECT_TRUE(equal(keys_.skeyid_e.view(), octets("/_e")));
  EXPECT_TRUE(equal(ka_.view(), octets("/Ka")));
}

TEST_P(Registration, MainModeDecryptsAndItsHashesHold) {
  auto iv = phase1_iv(suite_, hash(), cipher(), g_xi_, g_xr_);
  const Phase1Transcript transcript{g_xi_, g_xr_, cky_i_, cky_r_, sai_b_};
  const auto fifth = decrypt(4, iv);
  const auto sixth = decrypt(5, iv);
  const auto gm    = payloads_of(kId, fifth);
  const auto ks    = payloads_of(kId, sixth);
  const auto of_gm =
      hash_i(suite_, hash(), keys_.skeyid.view(), transcript, payload_of(gm, kId).body);
  const auto of_ks =
      hash_r(suite_, hash(), keys_.skeyid.view(), transcript, payload_of(ks, kId).body);
  const auto swapped =
      hash_r(suite_, hash(), keys_.skeyid.view(), transcript, payload_of(gm, kId).body);
  EXPECT_TRUE(equal(of_gm, payload_of(gm, kHash).body));
  EXPECT_TRUE(equal(of_ks, payload_of(ks, kHash).body));
  EXPECT_NE(of_gm, swapped);
  EXPECT_EQ(iv, octets("/last_ct_phase1"));
}

TEST_P(Registration, PullDecryptsAndItsHashesHold) {
  const auto mid = octets("/mid");
  auto iv        = phase2_iv(suite_, hash(), cipher(), octets("/last_ct_phase1"), mid);
  EXPECT_EQ(iv, octets("/IV_phase2"));
  std::vector<Bytes> plaintexts;
  for (std::size_t i = 0; i < 4; ++i) {
    auto plaintext      = decrypt(6 + i, iv);
    const auto expected = octets("/pull_plain/" + std::to_string(i));
    ASSERT_GE(plaintext.size(), expected.size());
    EXPECT_TRUE(equal(ByteView(plaintext).first(expected.size()), expected));
    plaintexts.push_back(std::move(plaintext));
  }
  const auto chain = [&](std::size_t i) { return payloads_of(kHash, plaintexts[i]); };
  const auto a     = keys_.skeyid_a.view();
  const auto ni    = payload_of(chain(0), kNonce).body;
  const auto nr    = payload_of(chain(1), kNonce).body;
  const auto value = [&](std::size_t i) { return to_bytes(chain(i).at(0).body); };
  const auto rest  = [&](std::size_t i) { return chain(i).at(0).rest; };
  EXPECT_EQ(hash_1(suite_, hash(), a, mid, rest(0)), value(0));
  EXPECT_EQ(hash_2(suite_, hash(), a, mid, ni, rest(1)), value(1));
  EXPECT_EQ(hash_3_4(suite_, hash(), a, mid, ni, nr, rest(2)), value(2));
  EXPECT_EQ(hash_3_4(suite_, hash(), a, mid, ni, nr, rest(3)), value(3));
}

INSTANTIATE_TEST_SUITE_P(
    Vectors, Registration,
    testing::Values(Set{"A_loopback_pull_no_kek", Hash::kSha1, Cipher::k3DesCbc},
                    Set{"B_threeclients_pull_with_kek", Hash::kSha1, Cipher::k3DesCbc},
                    Set{"C_synthetic_aes128_sha256", Hash::kSha256, Cipher::kAes128Cbc}),
    [](const auto& set) { return std::string(set.param.name).substr(0, 1); });

TEST(SetC, PhaseOneFollowsFromThePrivateValues) {
  const auto& vectors = gdoi_vectors();
  const std::string set("/C_synthetic_aes128_sha256");
  const auto gm = DhKeyPair::from_private(Group::kModp2048, vectors.octets(set + "/xi"));
  const auto ks = DhKeyPair::from_private(Group::kModp2048, vectors.octets(set + "/xr"));
  ASSERT_TRUE(gm.ok() && ks.ok());
  const auto third  = vectors.octets(set + "/messages/2");
  const auto fourth = vectors.octets(set + "/messages/3");
  const auto g_xi   = payload_of(payloads_of(third[16], ByteView(third).subspan(28)), kKe).body;
  const auto g_xr   = payload_of(payloads_of(fourth[16], ByteView(fourth).subspan(28)), kKe).body;
  EXPECT_TRUE(equal(gm->public_value(), g_xi));
  EXPECT_TRUE(equal(ks->public_value(), g_xr));
  const auto g_xy = gm->shared_secret(g_xr);
  ASSERT_TRUE(g_xy.ok());
  EXPECT_TRUE(equal(g_xy->view(), vectors.octets(set + "/gxy")));
  EXPECT_EQ(phase1_iv(openssl_suite(), Hash::kSha256, Cipher::kAes128Cbc, g_xi, g_xr),
            vectors.octets(set + "/IV_phase1"));
}

// A PUSH of the vectors, decrypted under its KEK.
struct Push {
  Bytes message;
  Bytes plaintext;
  std::size_t signed_size = 0;  // payloads before SIG
  std::size_t unpadded    = 0;  // Length without the padding after SIG
  Bytes signature;

  Push(const std::string& set, const std::string& number, Cipher cipher, const std::string& key)
      : message(gdoi_vectors().octets(set + "/push/" + number)) {
    const auto& vectors = gdoi_vectors();
    auto result =
        openssl_suite().decrypt(cipher, vectors.octets(set + key), vectors.octets(set + "/kek_iv"),
                                ByteView(message).subspan(kHeaderSize));
    EXPECT_TRUE(result.ok());
    plaintext        = std::move(result).value();
    const auto chain = payloads_of(kSeq, plaintext);
    const auto sig   = payload_of(chain, kSig);
    signature        = to_bytes(sig.body);
    signed_size      = static_cast<std::size_t>(sig.whole.data() - plaintext.data());
    unpadded         = kHeaderSize + signed_size + sig.whole.size();
  }

  [[nodiscard]] Bytes digest(Hash hash, std::size_t length) const {
    return push_digest(openssl_suite(), hash, ByteView(message).first(kHeaderSize),
                       static_cast<std::uint32_t>(length), ByteView(plaintext).first(signed_size));
  }
};

TEST(Push, OfTheReferenceImplementationIsSignedBareOverTheLengthBeforePadding) {
  const auto& vectors = gdoi_vectors();
  const std::string set("/B_threeclients_pull_with_kek");
  // SIG_ALGORITHM_KEY in the KEK packet of message 4: type 2, in TLV form, 162 octets.
  const auto kd    = to_hex(vectors.octets(set + "/pull_plain/3"));
  const auto place = kd.find("000200a2");
  ASSERT_NE(place, std::string::npos);
  const auto spki = from_hex(kd.substr(place + 8, 2 * 162)).value_or(Bytes{});
  const auto key  = PublicKey::from_spki(spki);
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->kind(), SignatureKind::kRsa);
  EXPECT_EQ(key->bits(), 1024U);
  for (const auto* const number : {"0", "1"}) {
    const Push push(set, number, Cipher::k3DesCbc, "/kek_3des");
    const auto expected = vectors.octets(set + "/push_plain/" + number);
    EXPECT_TRUE(equal(ByteView(push.plaintext).first(expected.size()), expected));
    const auto digest = push.digest(Hash::kSha1, push.unpadded);
    EXPECT_EQ(digest,
              vectors.octets(set + "/push_sha1_digest_unpadded_len/" + std::string(number)));
    const auto check = key->verify(Hash::kSha1, digest, push.signature);
    EXPECT_EQ(check.verdict, SignatureCheck::Verdict::kGood);
    EXPECT_EQ(check.form, SignatureForm::kRsaBareHash);
    const auto wire = push.digest(Hash::kSha1, push.message.size());
    EXPECT_EQ(key->verify(Hash::kSha1, wire, push.signature).verdict,
              SignatureCheck::Verdict::kBad);
  }
}

TEST(Push, OfSetCIsSignedWithEcdsaOverTheLengthOnTheWire) {
  const auto& vectors = gdoi_vectors();
  const std::string set("/C_synthetic_aes128_sha256");
  const auto key = PublicKey::from_spki(vectors.octets(set + "/sig_spki_der"));
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->kind(), SignatureKind::kEcdsa);
  const Push push(set, "0", Cipher::kAes128Cbc, "/kek_aes128");
  const auto wire     = push.digest(Hash::kSha256, push.message.size());
  const auto unpadded = push.digest(Hash::kSha256, push.unpadded);
  EXPECT_EQ(wire, vectors.octets(set + "/push_sha256_digest_padded_len"));
  EXPECT_EQ(unpadded, vectors.octets(set + "/push_sha256_digest_unpadded_len"));
  const auto check = key->verify(Hash::kSha256, wire, push.signature);
  EXPECT_EQ(check.verdict, SignatureCheck::Verdict::kGood);
  EXPECT_EQ(check.form, SignatureForm::kEcdsaDirect);
  EXPECT_EQ(key->verify(Hash::kSha256, unpadded, push.signature).verdict,
            SignatureCheck::Verdict::kBad);
}

TEST(Push, AHeaderOfAnotherSizeHasNoDigest) {
  EXPECT_TRUE(push_digest(openssl_suite(), Hash::kSha1, Bytes(27), 0, {}).empty());
  EXPECT_TRUE(push_digest(openssl_suite(), Hash::kSha1, {}, 0, {}).empty());
}

TEST(PushAck, KeyAndHashAreThoseOfRfc8263) {
  const auto& vectors = gdoi_vectors();
  const std::string set("/C_synthetic_aes128_sha256");

  struct Case {
    const char* name;
    Hash hash;
    std::uint16_t bits;
  };

  const Case cases[] = {
      {"SHA256 L=512",  Hash::kSha256, 512 },
      {"SHA256 L=256",  Hash::kSha256, 256 },
      {"SHA512 L=1024", Hash::kSha512, 1024},
      {"SHA512 L=512",  Hash::kSha512, 512 }
  };
  const auto message = vectors.octets(set + "/ack_message");
  const auto chain   = payloads_of(message[16], ByteView(message).subspan(kHeaderSize));
  ASSERT_EQ(chain.at(0).type, kHash);
  for (const auto& [name, hash, bits] : cases) {
    const auto at = set + "/ack/" + name;
    const auto key =
        push_ack_key(openssl_suite(), hash, vectors.octets(set + "/kek_aes128"),
                     ByteView(message).first(8), ByteView(message).subspan(8, 8), bits);
    EXPECT_TRUE(equal(key.view(), vectors.octets(at + "/ack_key"))) << name;
    EXPECT_EQ(push_ack_hash(openssl_suite(), hash, key.view(), chain.at(0).rest),
              vectors.octets(at + "/hash"))
        << name;
  }
  EXPECT_TRUE(equal(chain.at(0).body, vectors.octets(set + "/ack/SHA256 L=512/hash")));
}

}  // namespace
}  // namespace gdoi::crypto
