// Every reading of the RFCs by which a peer may have signed.

#include "engine/proof.h"

#include "duel.h"
#include "protocol/base/hex.h"

#include <gmock/gmock.h>

namespace gdoi::simulation {
namespace {

using crypto::Hash;
using crypto::SignatureForm;
using exchange::Sender;
using testing::HasSubstr;

constexpr engine::Time kNow = 0;

const Bytes kId{1, 0, 0, 0, 192, 0, 2, 9};

// A phase 1 with everything set; the values do not matter.
engine::IsakmpSa sa_with(std::uint16_t auth, Hash hash) {
  engine::IsakmpSa sa;
  sa.initiator  = {1, 2, 3, 4, 5, 6, 7, 8};
  sa.responder  = {8, 7, 6, 5, 4, 3, 2, 1};
  sa.algorithms = {crypto::Cipher::kAes128Cbc, hash, crypto::Group::kEcp256, auth};
  sa.sai_b      = Bytes(40, 0x11);
  sa.g_xi       = Bytes(64, 0x22);
  sa.g_xr       = Bytes(64, 0x33);
  sa.ni_b       = Bytes(16, 0x44);
  sa.nr_b       = Bytes(16, 0x55);
  EXPECT_TRUE(sa.derive({}, Secret(Bytes(32, 0x66))));
  return sa;
}

// ID, CERT ..., SIG in clear: how it is encrypted does not matter here.
Bytes message_with(const engine::Credentials& credentials, const Bytes& signature,
                   bool with_certificate = true) {
  std::vector<wire::Part> parts{
      {5, {}, {}, kId}
  };
  if (with_certificate) {
    for (const auto& one : credentials.chain) {
      Bytes body{4};
      append(body, one.der());
      parts.push_back({6, {}, {}, body});
    }
  }
  parts.push_back({9, {}, {}, signature});
  auto document =
      wire::compose(tables::schema(), message_of({1, 2, 3, 4, 5, 6, 7, 8}, {8, 7, 6, 5, 4, 3, 2, 1},
                                                 2, 0, false, std::move(parts)));
  EXPECT_TRUE(document);
  return wire::encode(*document);
}

Result<engine::Proven, engine::Mistrust> checked(const engine::IsakmpSa& sa, const Bytes& datagram,
                                                 const engine::Credentials* believer) {
  wire::Tree tree;
  wire::decode(tables::schema(), datagram, {}, tree);
  return engine::check_proof(sa, Sender::kGm, exchange::MessageView(tree), kId, believer, kNow);
}

TEST(Proof, EcdsaIsTakenInFourReadings) {
  const auto gm     = credentials("gm-384");
  const auto sa     = sa_with(crypto::kAuthEcdsa384, Hash::kSha256);
  const auto& suite = crypto::openssl_suite();
  for (const auto hash : {Hash::kSha384, Hash::kSha256}) {
    const auto value   = sa.hash_i(kId, hash);
    const auto rehash  = suite.digest(hash, {value});
    const auto direct  = checked(sa, message_with(*gm, gm->key.sign(value).value()), gm.get());
    const auto doubled = checked(sa, message_with(*gm, gm->key.sign(rehash).value()), gm.get());
    ASSERT_TRUE(direct) << direct.error().text;
    ASSERT_TRUE(doubled) << doubled.error().text;
    EXPECT_EQ(direct->form, SignatureForm::kEcdsaDirect);
    EXPECT_EQ(doubled->form, SignatureForm::kEcdsaRehashed);
  }
}

// RFC 4754 section 4: the hash is that of the method, not the negotiated one.
TEST(Proof, EcdsaIsSentAsTheRfcSays) {
  const auto gm  = credentials("gm-384");
  const auto sa  = sa_with(crypto::kAuthEcdsa384, Hash::kSha256);
  const auto sig = engine::prove(sa, Sender::kGm, kId, gm.get());
  ASSERT_TRUE(sig);
  const auto check =
      gm->own().public_key()->verify(Hash::kSha384, sa.hash_i(kId, Hash::kSha384), *sig);
  EXPECT_EQ(check.form, SignatureForm::kEcdsaDirect);
}

TEST(Proof, RsaIsTakenWithAndWithoutDigestInfo) {
  const auto gm    = credentials("gm-rsa");
  const auto sa    = sa_with(crypto::kAuthRsa, Hash::kSha256);
  const auto value = sa.hash_i(kId);
  // DigestInfo of SHA-256 (RFC 8017 section 9.2, note 1).
  auto info = from_hex("3031300d060960864801650304020105000420").value();
  append(info, value);
  const auto with    = checked(sa, message_with(*gm, gm->key.sign(info).value()), gm.get());
  const auto without = checked(sa, message_with(*gm, gm->key.sign(value).value()), gm.get());
  ASSERT_TRUE(with) << with.error().text;
  ASSERT_TRUE(without) << without.error().text;
  EXPECT_EQ(with->form, SignatureForm::kRsaDigestInfo);
  EXPECT_EQ(without->form, SignatureForm::kRsaBareHash);
  EXPECT_EQ(engine::prove(sa, Sender::kGm, kId, gm.get()).value(), gm->key.sign(value).value());
}

TEST(Proof, OneSidesProofIsNotTheOthers) {
  const auto gm  = credentials("gm-256");
  const auto sa  = sa_with(crypto::kAuthEcdsa256, Hash::kSha256);
  const auto sig = engine::prove(sa, Sender::kKs, kId, gm.get()).value();
  const auto bad = checked(sa, message_with(*gm, sig), gm.get());
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().notify, 25);  // INVALID-SIGNATURE
  EXPECT_THAT(bad.error().text, HasSubstr("CN=gm,O=GDOI tests"));
}

TEST(Proof, AKeyOfTheWrongKindIsNamed) {
  const auto rsa = credentials("gm-rsa");
  const auto sa  = sa_with(crypto::kAuthEcdsa256, Hash::kSha256);
  const auto bad = checked(sa, message_with(*rsa, Bytes(256, 1)), rsa.get());
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().notify, 20);  // INVALID-CERTIFICATE
  EXPECT_THAT(bad.error().text, HasSubstr("makes no signatures of method ecdsa-256"));
  EXPECT_FALSE(engine::prove(sa, Sender::kGm, kId, rsa.get()));
  EXPECT_FALSE(engine::prove(sa, Sender::kGm, kId, nullptr));
}

// [CERT,] may be left out (RFC 2409 section 5.1) where the certificate is known.
TEST(Proof, WithoutACertificateTheKnownOnesAreLookedAt) {
  const auto gm = credentials("gm-256");
  const auto sa = sa_with(crypto::kAuthEcdsa256, Hash::kSha256);
  const auto datagram =
      message_with(*gm, engine::prove(sa, Sender::kGm, kId, gm.get()).value(), false);
  const auto unknown = checked(sa, datagram, gm.get());
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().notify, 28);  // CERTIFICATE-UNAVAILABLE
  EXPECT_THAT(unknown.error().text, HasSubstr("no certificate of 192.0.2.9"));
  EXPECT_TRUE(checked(sa, datagram, credentials("ks-256", "gm-256").get()));
}

TEST(Proof, TheOrderOfCertificatesDoesNotMatter) {
  auto gm        = *credentials("gm-middle-chain");
  const auto sa  = sa_with(crypto::kAuthEcdsa256, Hash::kSha256);
  const auto sig = engine::prove(sa, Sender::kGm, kId, &gm).value();
  std::ranges::reverse(gm.chain);
  EXPECT_TRUE(checked(sa, message_with(gm, sig), &gm));
  gm.chain.resize(crypto::kMaxChain + 1, gm.chain.front());
  const auto many = checked(sa, message_with(gm, sig), &gm);
  ASSERT_FALSE(many);
  EXPECT_THAT(many.error().text, HasSubstr("more than 8 certificates"));
}

TEST(Proof, IdentitiesAreToldWithoutControlCharacters) {
  const auto text = [](std::uint8_t type, std::string_view data) {
    Bytes body{type, 0, 0, 0};
    append(body, bytes_of(data));
    return engine::identity_text(body);
  };
  EXPECT_EQ(engine::identity_text(kId), "192.0.2.9");
  EXPECT_EQ(text(2, "gm\x1b[31m.example"), "gm?[31m.example");
  EXPECT_EQ(text(11, "abc"), "ID type 11 0x616263");
  EXPECT_EQ(text(1, "abc"), "ID type 1 0x616263");
  EXPECT_EQ(text(9, "no DN"), "ID type 9 0x6e6f20444e");
  EXPECT_EQ(engine::identity_text({}), "no identity");
}

}  // namespace
}  // namespace gdoi::simulation
