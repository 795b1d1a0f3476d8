#include "protocol/keys/convert.h"

#include "protocol/base/hex.h"
#include "protocol/keys/text_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace gdoi::keys {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::filesystem::path secrets_folder() {
  return std::filesystem::path(GDOI_VECTORS_DIR) / "secrets";
}

Result<KeyLog> converted(const std::string& name) {
  return convert_secrets(contents(secrets_folder() / (name + ".secrets.txt")), name);
}

Cookie cookie(std::string_view digits) {
  Cookie value{};
  const auto octets = from_hex(digits).value();
  std::copy(octets.begin(), octets.end(), value.begin());
  return value;
}

TEST(Convert, RecognisesEachForm) {
  const auto form = [](const std::string& name) {
    return recognise_secrets(contents(secrets_folder() / (name + ".secrets.txt")));
  };
  EXPECT_EQ(form("reference-gm-registration"), SecretsForm::kGdoidLog);
  EXPECT_EQ(form("reference-live/wrong-psk"), SecretsForm::kGdoidRecords);
  EXPECT_EQ(form("61850-ks-registration"), SecretsForm::kIec61850Dump);
  EXPECT_EQ(recognise_secrets("PSK a91b9d5035d8fc4f 01\n"), std::nullopt);
  EXPECT_EQ(recognise_secrets(""), std::nullopt);
}

// Values below were read off the secrets files.
TEST(Convert, LogOfGdoid) {
  const auto log = converted("reference-gm-registration");
  ASSERT_TRUE(log.ok()) << log.error().text;
  EXPECT_THAT(log->notes, IsEmpty());
  const auto* const phase1 = log->ring.find_phase1(cookie("a91b9d5035d8fc4f"));
  ASSERT_NE(phase1, nullptr);
  ASSERT_THAT(phase1->keys, SizeIs(1));
  EXPECT_EQ(phase1->keys[0].cipher, crypto::Cipher::k3DesCbc);
  EXPECT_EQ(phase1->keys[0].hash, crypto::Hash::kSha1);
  EXPECT_EQ(to_hex(phase1->keys[0].last_block), "a659dffb7a720843");
  EXPECT_EQ(to_hex(phase1->keys[0].key.view()), "80cdab03c1105d2b48ab436dde73f5b1bbbe55449c1efe69");
  ASSERT_THAT(phase1->skeyid, SizeIs(1));
  EXPECT_EQ(to_hex(phase1->skeyid[0].secret.view()), "0a1ce288962c79cef60cf60d5d446fd5aa233cce");
  ASSERT_THAT(phase1->skeyid_a, SizeIs(1));
  EXPECT_EQ(to_hex(phase1->skeyid_a[0].secret.view()), "83547d80355b03c1a3b332d80d6d60d8d0aedc49");
}

TEST(Convert, LogOfGdoidWithAKekSaysThatItHasNoSpi) {
  const auto log = converted("reference-gm-registration-kek-push");
  ASSERT_TRUE(log.ok()) << log.error().text;
  ASSERT_THAT(log->notes, SizeIs(1));
  EXPECT_EQ(log->notes[0],
            "reference-gm-registration-kek-push:16: a KEK without its SPI was left out; the PULL "
            "delivers it again");
  const auto* const phase1 = log->ring.find_phase1(cookie("957e3b86f602b129"));
  ASSERT_NE(phase1, nullptr);
  ASSERT_THAT(phase1->keys, SizeIs(1));
  EXPECT_EQ(to_hex(phase1->keys[0].last_block), "99869bed414579f8");
}

TEST(Convert, RecordsOfGdoidWithTwoSides) {
  const auto log = converted("reference-live/wrong-psk");
  ASSERT_TRUE(log.ok()) << log.error().text;
  const auto* const phase1 = log->ring.find_phase1(cookie("778512034f754b5d"));
  ASSERT_NE(phase1, nullptr);
  ASSERT_THAT(phase1->keys, SizeIs(2));
  EXPECT_EQ(phase1->keys[0].side, Side::kKs);
  EXPECT_EQ(phase1->keys[1].side, Side::kGm);
  EXPECT_THAT(phase1->keys[0].last_block, IsEmpty());
  EXPECT_EQ(to_hex(phase1->keys[1].key.view()), "536c7ece7ae206aaa828e2aadc831a4f39265272b2a66bd3");
  ASSERT_THAT(phase1->psk, SizeIs(2));
  EXPECT_EQ(to_hex(phase1->psk[0].secret.view()), to_hex(bytes_of("mekmitasdigoat")));
  EXPECT_EQ(to_hex(phase1->psk[1].secret.view()), to_hex(bytes_of("notthesecret")));
  EXPECT_THAT(phase1->skeyid_a, SizeIs(2));
  ASSERT_THAT(phase1->dh_secret, SizeIs(2));
  EXPECT_THAT(to_hex(phase1->dh_secret[0].secret.view()),
              ::testing::StartsWith("53887b79a14d6fb46f1061d0dd0182ac"));
  ASSERT_THAT(log->ring.teks(), SizeIs(2));
  EXPECT_EQ(log->ring.teks()[0].spi, 0xc4229261U);
  EXPECT_EQ(log->ring.teks()[0].authentication, "hmac-sha1");
}

TEST(Convert, RecordsOfGdoidWithAKekAndCertificates) {
  const auto log = converted("reference-live/rsa-sig");
  ASSERT_TRUE(log.ok()) << log.error().text;
  const auto* const phase1 = log->ring.find_phase1(cookie("a594fa2bb61e6dd1"));
  ASSERT_NE(phase1, nullptr);
  EXPECT_THAT(phase1->psk, IsEmpty());
  ASSERT_THAT(phase1->keys, SizeIs(1));
  EXPECT_EQ(phase1->keys[0].side, Side::kBoth);
  EXPECT_EQ(phase1->keys[0].cipher, crypto::Cipher::kAes128Cbc);
  EXPECT_EQ(to_hex(phase1->keys[0].key.view()), "83c44c1def2ebafc4fb2f842b174608e");
  ASSERT_THAT(log->ring.kek_entries(), SizeIs(1));
  const auto& [spi, keks] = *log->ring.kek_entries().begin();
  EXPECT_EQ(to_hex(spi), "1cf9009391e65b4baab635dabbdb64af");
  ASSERT_THAT(keks, SizeIs(1));
  EXPECT_EQ(keks[0].cipher, crypto::Cipher::k3DesCbc);
  EXPECT_EQ(keks[0].signature_hash, crypto::Hash::kSha1);
  EXPECT_EQ(to_hex(keks[0].iv), "ba9d04d800b4dfb3");
  EXPECT_EQ(to_hex(keks[0].key.view()), "8f5e70220928d5a0750510cb5086a7b5ff39e95d352eb441");
  EXPECT_THAT(to_hex(keks[0].public_key), ::testing::EndsWith("1cfb91b28126f0203010001"));
  EXPECT_THAT(log->ring.teks(), SizeIs(12));
}

TEST(Convert, RecordsWithGcmAndAhTeks) {
  const auto gcm = converted("reference-live/gcm-sids");
  ASSERT_TRUE(gcm.ok()) << gcm.error().text;
  ASSERT_THAT(gcm->ring.teks(), SizeIs(3));
  EXPECT_EQ(gcm->ring.teks()[0].transform, 20);  // ESP_AES-GCM_16
  EXPECT_EQ(gcm->ring.teks()[0].key.size(), 20U);
  EXPECT_EQ(gcm->ring.teks()[0].authentication, "");

  const auto ah = convert_secrets(
      "tek spi=3e3f1414 proto=ah transform=hmac-sha2-256 enckey=- "
      "authkey=e48da86571e00e10dcb1a3de405770ded24202aa5c31c79d5c08130668431b0e\n",
      "x");
  ASSERT_TRUE(ah.ok()) << ah.error().text;
  EXPECT_EQ(ah->ring.teks().at(0).protocol, 2);
  EXPECT_EQ(ah->ring.teks().at(0).transform, 5);  // AH_SHA2-256
  EXPECT_EQ(ah->ring.teks().at(0).authentication, "hmac-sha256");
}

TEST(Convert, DumpOfGoIec61850) {
  const auto log = converted("61850-ks-registration");
  ASSERT_TRUE(log.ok()) << log.error().text;
  EXPECT_THAT(log->notes, IsEmpty());
  const auto* const phase1 = log->ring.find_phase1(cookie("125253adf571a6a5"));
  ASSERT_NE(phase1, nullptr);
  ASSERT_THAT(phase1->keys, SizeIs(1));
  EXPECT_EQ(phase1->keys[0].side, Side::kKs);
  EXPECT_EQ(phase1->keys[0].cipher, crypto::Cipher::kAes256Cbc);
  EXPECT_EQ(phase1->keys[0].hash, crypto::Hash::kSha256);
  EXPECT_EQ(to_hex(phase1->keys[0].key.view()),
            "0d4970874c0832805048bea57a6a81f622d725d2d2883fe64a749636ef1f18e2");
  EXPECT_EQ(to_hex(phase1->skeyid.at(0).secret.view()),
            "5b18c82d6676b30eb7414986e15a4c6bef0bf4d65170021fc792113d7687c44e");
  EXPECT_EQ(to_hex(phase1->skeyid_a.at(0).secret.view()),
            "6da7df7042b99976d582684e4c93930f60cf1cb5d32b731b942816e9b3f8f151");
}

TEST(Convert, EveryRecordBecomesALine) {
  // isakmp, kek and tek records of the ten files, counted with grep.
  std::size_t phase1_keys = 0;
  std::size_t keks        = 0;
  std::size_t teks        = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(secrets_folder() / "reference-live")) {
    const auto log = convert_secrets(contents(entry.path()), entry.path().filename().string());
    ASSERT_TRUE(log.ok()) << log.error().text;
    EXPECT_THAT(log->notes, IsEmpty());
    for (const auto& [cookie, secrets] : log->ring.phase1_entries()) {
      phase1_keys += secrets.keys.size();
    }
    for (const auto& [spi, list] : log->ring.kek_entries()) {
      keks += list.size();
    }
    teks += log->ring.teks().size();
  }
  EXPECT_EQ(phase1_keys, 46U);
  EXPECT_EQ(keks, 17U);
  EXPECT_EQ(teks, 219U);
}

TEST(Convert, ErrorsNameTheLineAndHoldNoSecret) {
  const auto error = [](std::string_view text) {
    const auto log = convert_secrets(text, "s.txt");
    return log ? std::string("no error") : log.error().text;
  };
  EXPECT_EQ(error("isakmp icookie=b49c cipher=3des-cbc hash=sha1 key=00\n"),
            "s.txt:1: cookie has 4 hex digits, 16 expected");
  EXPECT_EQ(error("# x\nisakmp icookie=b49c5f07f2ff0838 cipher=3des-cbc hash=sha1 key=d8ba91f6\n"),
            "s.txt:2: key= has 8 hex digits, 48 expected for 3des-cbc");
  EXPECT_EQ(error("isakmp icookie=b49c5f07f2ff0838 cipher=3des-cbc hash=sha1\n"),
            "s.txt:1: isakmp record has no key=");
  EXPECT_EQ(error("kek spi=1cf9009391e65b4baab635dabbdb64af alg=aes-cbc keylen=7 key=00 iv=00\n"),
            "s.txt:1: alg= (with keylen=) names no known cipher");
  EXPECT_EQ(error("tek spi=00000001 proto=esp transform=rot13\n"),
            "s.txt:1: transform= names no known transform");
  EXPECT_EQ(error("side KS\nicookie f006330ac7bc7709\nenckey 8ece\n"),
            "s.txt:3: enckey has 4 hex digits, 16, 32, 48 or 64 expected");
  EXPECT_EQ(error("side X\n"), "s.txt:1: side is neither KS nor GM");
  EXPECT_EQ(error("SKEYID 0a1c\n# initiator cookie a91b9d5035d8fc4f = GM\n"),
            "s.txt:1: SKEYID has 4 hex digits, 32, 40, 64, 96 or 128 expected");
  EXPECT_EQ(error("crypto_init: key 80cd\n# initiator cookie a91b9d5035d8fc4f = GM\n"),
            "s.txt:1: key has 4 hex digits, 16, 32, 48 or 64 expected");
  EXPECT_EQ(error("hello\n"), "s.txt is in none of the forms of gdoid's or go-iec61850's secrets");
  EXPECT_THAT(error("isakmp icookie=b49c5f07f2ff0838 cipher=5ec2e75ec2e7 hash=5ec2e7 key=5ec2e7\n"),
              Not(HasSubstr("5ec2e7")));
}

class CommittedKeys : public ::testing::TestWithParam<const char*> {};

TEST_P(CommittedKeys, AreWhatTheSecretsConvertTo) {
  const auto log = converted(GetParam());
  ASSERT_TRUE(log.ok()) << log.error().text;
  const auto committed =
      contents(std::filesystem::path(GDOI_CAPTURES_DIR) / (std::string(GetParam()) + ".keys"));
  EXPECT_TRUE(write_key_log(log->ring) == committed);
}

TEST_P(CommittedKeys, ReadBackAsTheSameLines) {
  const auto path = std::filesystem::path(GDOI_CAPTURES_DIR) / (std::string(GetParam()) + ".keys");
  const auto log  = read_key_file(path.string());
  ASSERT_TRUE(log.ok()) << log.error().text;
  EXPECT_THAT(log->notes, IsEmpty());
  EXPECT_TRUE(write_key_log(log->ring) == contents(path));
}

INSTANTIATE_TEST_SUITE_P(
    All, CommittedKeys,
    ::testing::Values("reference-gm-registration", "reference-gm-registration-kek-push",
                      "61850-ks-registration", "61850-ks-refused-unknown-group",
                      "reference-live/aes-kek-sha256", "reference-live/aggressive",
                      "reference-live/big-fragmented", "reference-live/gcm-sids",
                      "reference-live/gm-restart", "reference-live/loss-10",
                      "reference-live/rsa-sig", "reference-live/three-gms-kek-3des",
                      "reference-live/unknown-group", "reference-live/wrong-psk"));

TEST(SecretText, WipeOverwritesEveryCharacter) {
  std::string text = "PSK a91b9d5035d8fc4f 6d656b6d697461736469676f6174";
  const auto size  = text.size();
  wipe_text(text);
  EXPECT_EQ(text, std::string(size, '\0'));
}

}  // namespace
}  // namespace gdoi::keys
