#include "protocol/crypto/signature.h"

#include "unit/crypto/vectors.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace gdoi::crypto {
namespace {

using test::crypto_vectors;
using Verdict = SignatureCheck::Verdict;

struct Signed {
  std::string source;
  std::string kind;
  SignatureForm form;
  Hash hash;
  Bytes spki;
  Bytes value;
  Bytes signature;
};

std::vector<Signed> published() {
  const std::map<std::string, SignatureForm> forms{
      {"rsa/bare",       SignatureForm::kRsaBareHash  },
      {"rsa/digestinfo", SignatureForm::kRsaDigestInfo},
      {"ecdsa/rehashed", SignatureForm::kEcdsaRehashed},
      {"ecdsa/",         SignatureForm::kEcdsaDirect  },
      {"dss/",           SignatureForm::kDss          }
  };
  const auto& vectors = crypto_vectors();
  std::vector<Signed> all;
  for (std::size_t i = 0; i < vectors.count("/signatures"); ++i) {
    const auto at   = "/signatures/" + std::to_string(i);
    const auto kind = vectors.text(at + "/kind");
    const auto form = vectors.has(at + "/form") ? vectors.text(at + "/form") : "";
    all.push_back({vectors.text(at + "/source"), kind, forms.at(kind + "/" + form),
                   hash_named(vectors.text(at + "/hash")).value_or(Hash::kMd5),
                   vectors.octets(at + "/spki"), vectors.octets(at + "/value"),
                   vectors.octets(at + "/signature")});
  }
  return all;
}

PublicKey key_of(ByteView spki) {
  auto key = PublicKey::from_spki(spki);
  EXPECT_TRUE(key.ok()) << (key.ok() ? "" : key.error().text);
  return std::move(key).value();
}

TEST(Signature, PublishedOnesAreGoodInTheFormTheyHave) {
  for (const auto& one : published()) {
    SCOPED_TRACE(one.source + ", " + std::string(name_of(one.hash)));
    const auto check = key_of(one.spki).verify(one.hash, one.value, one.signature);
    EXPECT_EQ(check.verdict, Verdict::kGood);
    EXPECT_EQ(check.form, one.form);
    EXPECT_EQ(check.reason, "");
  }
}

TEST(Signature, OneBitMakesItBad) {
  for (auto one : published()) {
    SCOPED_TRACE(one.source + ", " + std::string(name_of(one.hash)));
    const auto key = key_of(one.spki);
    auto signature = one.signature;
    signature.back() ^= 1U;
    EXPECT_EQ(key.verify(one.hash, one.value, signature).verdict, Verdict::kBad);
    one.value.front() ^= 0x80U;
    const auto check = key.verify(one.hash, one.value, one.signature);
    EXPECT_EQ(check.verdict, Verdict::kBad);
    EXPECT_EQ(check.form, SignatureForm::kNone);
  }
}

TEST(Signature, OnesOfWrongSizeAreBad) {
  for (const auto& one : published()) {
    SCOPED_TRACE(one.source);
    const auto key = key_of(one.spki);
    EXPECT_EQ(key.verify(one.hash, one.value, {}).verdict, Verdict::kBad);
    EXPECT_EQ(key.verify(one.hash, one.value, Bytes{1}).verdict, Verdict::kBad);
    EXPECT_EQ(key.verify(one.hash, one.value, Bytes(one.signature.size(), 0)).verdict,
              Verdict::kBad);
    EXPECT_EQ(key.verify(one.hash, one.value, Bytes(one.signature.size(), 0xff)).verdict,
              Verdict::kBad);
    EXPECT_EQ(key.verify(one.hash, one.value, Bytes(65535, 0xa5)).verdict, Verdict::kBad);
    EXPECT_EQ(key.verify(one.hash, one.value, Bytes(70000, 0xa5)).verdict, Verdict::kBad);
    auto longer = one.signature;
    longer.push_back(0);
    EXPECT_EQ(key.verify(one.hash, one.value, longer).verdict, Verdict::kBad);
    EXPECT_EQ(
        key.verify(one.hash, one.value, ByteView(one.signature).first(one.signature.size() - 2))
            .verdict,
        Verdict::kBad);
  }
}

TEST(Signature, AValueThatIsNoDigestIsUnverifiable) {
  for (const auto& one : published()) {
    auto value = one.value;
    value.pop_back();
    const auto check = key_of(one.spki).verify(one.hash, value, one.signature);
    EXPECT_EQ(check.verdict, Verdict::kUnverifiable);
    EXPECT_NE(check.reason, "");
  }
}

TEST(Signature, AnRsaBlockMustBeExactlyThatOfPkcs1Type1) {
  const auto& vectors = crypto_vectors();
  const auto key      = key_of(vectors.octets("/forged_rsa/spki"));
  const auto value    = vectors.octets("/forged_rsa/value");
  ASSERT_GT(vectors.count("/forged_rsa/blocks"), 0U);
  for (std::size_t i = 0; i < vectors.count("/forged_rsa/blocks"); ++i) {
    const auto at = "/forged_rsa/blocks/" + std::to_string(i);
    EXPECT_EQ(key.verify(Hash::kSha256, value, vectors.octets(at + "/signature")).verdict,
              Verdict::kBad)
        << vectors.text(at + "/what");
  }
}

TEST(Signature, CertificatesGiveTheirKey) {
  const auto& vectors = crypto_vectors();
  const std::map<std::string, SignatureKind> kinds{
      {"rsa",   SignatureKind::kRsa  },
      {"ecdsa", SignatureKind::kEcdsa},
      {"dss",   SignatureKind::kDss  }
  };
  for (std::size_t i = 0; i < vectors.count("/certificates"); ++i) {
    const auto at = "/certificates/" + std::to_string(i);
    SCOPED_TRACE(vectors.text(at + "/key"));
    const auto certificate = PublicKey::from_certificate(vectors.octets(at + "/certificate"));
    const auto spki        = PublicKey::from_spki(vectors.octets(at + "/spki"));
    const auto kind        = vectors.text(at + "/kind");
    ASSERT_EQ(certificate.ok(), !kind.empty());
    ASSERT_EQ(spki.ok(), !kind.empty());
    if (!kind.empty()) {
      EXPECT_EQ(certificate->kind(), kinds.at(kind));
      EXPECT_EQ(spki->kind(), kinds.at(kind));
      EXPECT_EQ(kind_of_spki(vectors.octets(at + "/spki")), kinds.at(kind));
      EXPECT_EQ(certificate->bits(), vectors.number(at + "/bits"));
    } else {
      EXPECT_EQ(kind_of_spki(vectors.octets(at + "/spki")), std::nullopt);
      EXPECT_NE(certificate.error().text.find("makes no RSA, DSS or ECDSA signature"),
                std::string::npos)
          << certificate.error().text;
    }
  }
}

TEST(Signature, ACertificateVerifiesWhatItsKeySigned) {
  const auto& vectors = crypto_vectors();
  for (const auto& one : published()) {
    for (std::size_t i = 0; i < vectors.count("/certificates"); ++i) {
      const auto at = "/certificates/" + std::to_string(i);
      if (vectors.octets(at + "/spki") != one.spki) {
        continue;
      }
      const auto key = PublicKey::from_certificate(vectors.octets(at + "/certificate"));
      ASSERT_TRUE(key.ok());
      EXPECT_EQ(key->verify(one.hash, one.value, one.signature).verdict, Verdict::kGood);
    }
  }
}

TEST(Signature, BrokenCertificatesAreErrors) {
  const auto& vectors = crypto_vectors();
  for (std::size_t i = 0; i < vectors.count("/certificates"); ++i) {
    const auto at          = "/certificates/" + std::to_string(i);
    const auto certificate = vectors.octets(at + "/certificate");
    const auto spki        = vectors.octets(at + "/spki");
    for (std::size_t size = 0; size < certificate.size(); ++size) {
      ASSERT_FALSE(PublicKey::from_certificate(ByteView(certificate).first(size)).ok()) << size;
    }
    for (std::size_t size = 0; size < spki.size(); ++size) {
      ASSERT_FALSE(PublicKey::from_spki(ByteView(spki).first(size)).ok()) << size;
      (void)kind_of_spki(ByteView(spki).first(size));
    }
    auto longer = certificate;
    longer.push_back(0);
    EXPECT_FALSE(PublicKey::from_certificate(longer).ok());
    EXPECT_FALSE(PublicKey::from_spki(certificate).ok());
    EXPECT_FALSE(PublicKey::from_certificate(spki).ok());
  }
  EXPECT_FALSE(PublicKey::from_certificate(Bytes(4000, 0x30)).ok());
  EXPECT_FALSE(PublicKey::from_spki(Bytes(4000, 0xff)).ok());
  EXPECT_EQ(kind_of_spki({}), std::nullopt);
  EXPECT_EQ(kind_of_spki(Bytes(4000, 0xff)), std::nullopt);
}

TEST(Signature, ChangedOctetsInAKeyNeverCrash) {
  std::set<std::string> kinds;
  for (const auto& one : published()) {
    if (!kinds.insert(one.kind).second) {
      continue;
    }
    for (std::size_t i = 0; i < one.spki.size(); ++i) {
      for (const unsigned flip : {0x01U, 0x80U, 0xffU}) {
        auto spki = one.spki;
        spki[i]   = static_cast<std::uint8_t>(spki[i] ^ flip);
        if (const auto key = PublicKey::from_spki(spki)) {
          (void)key->verify(one.hash, one.value, one.signature);
        }
      }
    }
  }
}

}  // namespace
}  // namespace gdoi::crypto
