// Certificates of tests/vectors/certificates, made with the openssl command (generate).

#include "protocol/crypto/certificate.h"

#include "protocol/base/hex.h"
#include "protocol/crypto/trust.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

namespace gdoi::crypto {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kNow = 1'795'000'000;  // November 2026

Bytes file(const std::string& name) {
  std::ifstream in(GDOI_VECTORS_DIR "/certificates/" + name, std::ios::binary);
  EXPECT_TRUE(in) << name;
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<Certificate> chain(const std::string& name) {
  auto all = Certificate::from_pem(file(name), name);
  EXPECT_TRUE(all) << all.error().text;
  return all ? std::move(all).value() : std::vector<Certificate>{};
}

PrivateKey key(const std::string& name) {
  auto made = PrivateKey::from_pem(Secret(file(name)), name);
  EXPECT_TRUE(made) << made.error().text;
  return std::move(made).value();
}

TrustStore trust(const std::string& authorities = "root.pem", const std::string& crl = "") {
  auto made = TrustStore::of(
      chain(authorities), crl.empty() ? std::vector<Crl>{} : Crl::from_pem(file(crl), crl).value());
  EXPECT_TRUE(made);
  return std::move(made).value();
}

std::string distrust(const TrustStore& store, const std::string& name, Distrust::Kind kind,
                     std::int64_t now = kNow) {
  const auto checked = store.check(chain(name), now);
  EXPECT_FALSE(checked) << name;
  if (checked) {
    return {};
  }
  EXPECT_EQ(checked.error().kind, kind) << checked.error().text;
  return checked.error().text;
}

TEST(Certificate, SaysWhoItIs) {
  const auto gm = chain("gm-rsa.pem").at(0);
  EXPECT_EQ(gm.subject(), "CN=gm,O=GDOI tests");
  EXPECT_EQ(chain("gm-nameless.pem").at(0).subject(), "no subject");
  EXPECT_EQ(chain("gm-middle-chain.pem").size(), 2U);
}

TEST(Certificate, ConfirmsItsSubjectAndAlternativeNames) {
  const auto gm = chain("gm-rsa.pem").at(0);
  EXPECT_TRUE(gm.confirms(1, Bytes{192, 0, 2, 9}));
  EXPECT_FALSE(gm.confirms(1, Bytes{192, 0, 2, 1}));
  EXPECT_TRUE(gm.confirms(5, from_hex("20010db8000000000000000000000009").value()));
  EXPECT_TRUE(gm.confirms(2, bytes_of("GM.example")));
  EXPECT_FALSE(gm.confirms(2, bytes_of("gm.example.org")));
  EXPECT_TRUE(gm.confirms(3, bytes_of("gm@EXAMPLE")));
  EXPECT_FALSE(gm.confirms(3, bytes_of("GM@example")));
  EXPECT_FALSE(gm.confirms(2, bytes_of("gm@example")));
  // openssl asn1parse -in gm-rsa.pem: the subject's SEQUENCE.
  EXPECT_EQ(to_hex(gm.subject_der()),
            "30223113301106035504"
            "0a0c0a47444f49207465737473310b300906035504030c02676d");
  EXPECT_TRUE(gm.confirms(9, gm.subject_der()));
  EXPECT_FALSE(gm.confirms(9, chain("ks-rsa.pem").at(0).subject_der()));
  for (const int type : {0, 4, 6, 7, 8, 10, 11, 12, 13, 255}) {
    EXPECT_FALSE(gm.confirms(static_cast<std::uint8_t>(type), Bytes{192, 0, 2, 9})) << type;
  }
  EXPECT_FALSE(gm.confirms(9, {}));
  EXPECT_FALSE(gm.confirms(1, {}));
}

TEST(Certificate, ATruncatedNameConfirmsNothing) {
  const auto gm = chain("gm-rsa.pem").at(0);
  auto name     = gm.subject_der();
  while (!name.empty()) {
    name.pop_back();
    EXPECT_FALSE(gm.confirms(9, name));
  }
}

TEST(Certificate, FindsOneOfAThousandNames) {
  const auto many = chain("gm-many.pem").at(0);
  EXPECT_TRUE(many.confirms(2, bytes_of("host-999.example")));
  EXPECT_TRUE(many.confirms(1, Bytes{192, 0, 2, 9}));
  EXPECT_FALSE(many.confirms(2, bytes_of("host-1000.example")));
  EXPECT_TRUE(trust().check({many}, kNow));
}

TEST(Certificate, TruncatedOrHugeOnesAreErrors) {
  const auto der = file("gm-256.der");
  ASSERT_TRUE(Certificate::from_der(der));
  for (std::size_t size = 0; size < der.size(); ++size) {
    EXPECT_FALSE(Certificate::from_der(ByteView(der).first(size))) << size;
  }
  auto more = der;
  more.push_back(0);
  EXPECT_FALSE(Certificate::from_der(more));
  EXPECT_FALSE(Certificate::from_der(Bytes(kMaxCertificateSize + 1, 0x30)));
}

TEST(Certificate, FilesThatHoldNoneSayWhatToDo) {
  const auto error = [](const std::string& name, ByteView text) {
    const auto read = Certificate::from_pem(text, name);
    EXPECT_FALSE(read);
    return read ? std::string() : read.error().text;
  };
  EXPECT_THAT(error("empty.pem", {}), HasSubstr("empty.pem: is empty"));
  EXPECT_THAT(error("x.pem", bytes_of("hello")), HasSubstr("x.pem: holds no certificate"));
  EXPECT_THAT(error("gm-256.der", file("gm-256.der")), HasSubstr("looks like DER"));
  EXPECT_THAT(error("gm-256.key", file("gm-256.key")), HasSubstr("holds no certificate"));
  auto cut = file("gm-middle-chain.pem");
  cut.resize(cut.size() - 100);
  EXPECT_THAT(error("cut.pem", cut), HasSubstr("cut.pem: certificate 2 is damaged or cut short"));
}

TEST(PrivateKey, SaysWhatItIsAndWhoseItIs) {
  EXPECT_EQ(key("gm-rsa.key").text(), "RSA 2048");
  EXPECT_EQ(key("gm-384.key").text(), "ECDSA P-384");
  EXPECT_TRUE(key("gm-rsa.key").belongs_to(chain("gm-rsa.pem").at(0)));
  EXPECT_FALSE(key("gm-rsa.key").belongs_to(chain("ks-rsa.pem").at(0)));
  EXPECT_FALSE(key("gm-rsa.key").belongs_to(chain("gm-256.pem").at(0)));
  EXPECT_TRUE(key("gm-rsa.key").fits(kAuthRsa));
  EXPECT_FALSE(key("gm-rsa.key").fits(kAuthEcdsa256));
  EXPECT_TRUE(key("gm-521.key").fits(kAuthEcdsa521));
  EXPECT_FALSE(key("gm-521.key").fits(kAuthEcdsa256));
}

TEST(PrivateKey, OnesThatCannotBeUsedSayWhy) {
  const auto error = [](const std::string& name) {
    const auto read = PrivateKey::from_pem(Secret(file(name)), name);
    EXPECT_FALSE(read);
    return read ? std::string() : read.error().text;
  };
  EXPECT_THAT(error("ed25519.key"), HasSubstr("ED25519 makes no RSA or ECDSA signature"));
  EXPECT_THAT(error("other-curve.key"), HasSubstr("none of P-256, P-384 and P-521"));
  EXPECT_THAT(error("passphrase.key"), HasSubstr("under a passphrase; openssl pkey"));
  EXPECT_THAT(error("gm-256.pem"), HasSubstr("gm-256.pem: holds no private key"));
}

TEST(PrivateKey, SignsAsTheRfcsSay) {
  struct Case {
    const char* name;
    Hash hash;
    SignatureForm form;
    std::size_t size;
  };

  for (const auto& one : {
           Case{"gm-rsa", Hash::kMd5,    SignatureForm::kRsaBareHash, 256},
           Case{"gm-rsa", Hash::kSha512, SignatureForm::kRsaBareHash, 256},
           Case{"gm-256", Hash::kSha256, SignatureForm::kEcdsaDirect, 64 },
           Case{"gm-384", Hash::kSha384, SignatureForm::kEcdsaDirect, 96 },
           Case{"gm-521", Hash::kSha512, SignatureForm::kEcdsaDirect, 132}
  }) {
    SCOPED_TRACE(one.name);
    const auto value     = Bytes(digest_size(one.hash), 0x5a);
    const auto private_  = key(std::string(one.name) + ".key");
    const auto signature = private_.sign(value);
    ASSERT_TRUE(signature);
    EXPECT_EQ(signature->size(), one.size);
    EXPECT_EQ(private_.signature_size(), one.size);
    const auto public_ = chain(std::string(one.name) + ".pem").at(0).public_key();
    ASSERT_TRUE(public_);
    const auto check = public_->verify(one.hash, value, *signature);
    EXPECT_EQ(check.verdict, SignatureCheck::Verdict::kGood);
    EXPECT_EQ(check.form, one.form);
  }
}

TEST(Trust, FollowsAChainToItsAuthority) {
  EXPECT_TRUE(trust().check(chain("gm-rsa.pem"), kNow));
  EXPECT_TRUE(trust().check(chain("gm-middle-chain.pem"), kNow));
  EXPECT_TRUE(trust("middle.pem").check(chain("gm-middle.pem"), kNow));
  distrust(trust(), "gm-middle.pem", Distrust::Kind::kAuthority);
}

TEST(Trust, NamesWhatIsWrong) {
  using Kind = Distrust::Kind;
  EXPECT_THAT(distrust(trust(), "gm-other.pem", Kind::kAuthority), HasSubstr("CN=gm,O=Others"));
  EXPECT_THAT(distrust(trust(), "self.pem", Kind::kAuthority), HasSubstr("self-signed"));
  EXPECT_THAT(distrust(trust(), "gm-expired.pem", Kind::kExpired), HasSubstr("has expired"));
  EXPECT_THAT(distrust(trust(), "gm-256.pem", Kind::kExpired, 1'000'000'000),
              HasSubstr("not yet valid"));
  EXPECT_THAT(distrust(trust(), "gm-odd.pem", Kind::kUnusable), HasSubstr("critical extension"));
  EXPECT_THAT(distrust(trust(), "gm-no-signing.pem", Kind::kUnusable),
              HasSubstr("key usage allows no signatures"));
  distrust(trust(), "gm-loop-chain.pem", Kind::kAuthority);
  distrust(TrustStore(), "gm-256.pem", Kind::kAuthority);
}

TEST(Trust, LooksUpRevocations) {
  EXPECT_TRUE(trust().check(chain("gm-revoked.pem"), kNow));
  const auto strict = trust("root.pem", "root.crl");
  EXPECT_TRUE(strict.check(chain("gm-256.pem"), kNow));
  EXPECT_THAT(distrust(strict, "gm-revoked.pem", Distrust::Kind::kRevoked), HasSubstr("revoked"));
  // No CRL of the authority in the middle: the end's own certificate needs one.
  EXPECT_THAT(distrust(strict, "gm-middle-chain.pem", Distrust::Kind::kUnusable), HasSubstr("CRL"));
}

TEST(Trust, TakesSoManyCertificatesAndNoMore) {
  auto all = chain("gm-256.pem");
  all.resize(kMaxChain, chain("middle.pem").at(0));
  EXPECT_TRUE(trust().check(all, kNow));
  all.push_back(all.back());
  EXPECT_FALSE(trust().check(all, kNow));
}

}  // namespace
}  // namespace gdoi::crypto
