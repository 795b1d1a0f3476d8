#include "protocol/keys/key_log.h"

#include "protocol/base/hex.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

namespace gdoi::keys {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

/// SubjectPublicKeyInfo of the RSA-1024 key of the captured KS (rsa-sig.secrets.txt).
constexpr const char* kRsaKey =
    "30819f300d06092a864886f70d010101050003818d0030818902818100b747ff2e01db9e7b0f6eab0d01302c90acb6"
    "9e364eee3296ac4cb5f20094b9f27228037e8fe2cc836c7ad391edae5ec2db9cfc75f1369962e2a956ddac037fd01a"
    "bbe30fdd292a75e8f7054b1e6b3aaa41ea16d5506d2c5eec511f8148d16077b86c2727a4f09757da7cee6c59076884"
    "61889f20e1cba77966f1cfb91b28126f0203010001";

Cookie cookie(std::string_view digits) {
  Cookie value{};
  const auto octets = from_hex(digits).value();
  std::copy(octets.begin(), octets.end(), value.begin());
  return value;
}

KekSpi kek_spi(std::string_view digits) {
  KekSpi value{};
  const auto octets = from_hex(digits).value();
  std::copy(octets.begin(), octets.end(), value.begin());
  return value;
}

std::string error_of(std::string_view text) {
  const auto log = parse_key_log(text, "x.keys");
  return log ? std::string("no error") : log.error().text;
}

TEST(KeyLog, ReadsEveryFieldOfAPhase1Key) {
  const auto log = parse_key_log(
      "# a comment\n\n"
      "PHASE1_KEY a91b9d5035d8fc4f side=gm cipher=3des-cbc hash=sha1 last_block=a659dffb7a720843 "
      "80cdab03c1105d2b48ab436dde73f5b1bbbe55449c1efe69\n",
      "x.keys");
  ASSERT_TRUE(log.ok()) << log.error().text;
  EXPECT_THAT(log->notes, IsEmpty());
  const auto* const phase1 = log->ring.find_phase1(cookie("a91b9d5035d8fc4f"));
  ASSERT_NE(phase1, nullptr);
  ASSERT_THAT(phase1->keys, SizeIs(1));
  const auto& key = phase1->keys.front();
  EXPECT_EQ(key.side, Side::kGm);
  EXPECT_EQ(key.cipher, crypto::Cipher::k3DesCbc);
  EXPECT_EQ(key.hash, crypto::Hash::kSha1);
  EXPECT_EQ(to_hex(key.last_block), "a659dffb7a720843");
  EXPECT_EQ(to_hex(key.key.view()), "80cdab03c1105d2b48ab436dde73f5b1bbbe55449c1efe69");
  EXPECT_EQ(log->ring.find_phase1(cookie("0000000000000000")), nullptr);
}

TEST(KeyLog, ReadsKeysOfBothSidesAsAlternatives) {
  const auto log = parse_key_log(
      "SKEYID_A 778512034f754b5d side=ks 7dc388e3c91abcfbbbb35076f798f6a2bfb53ca3\n"
      "SKEYID_A 778512034f754b5d side=gm 988dffeb916196f6694516eccb9df9f46a1b3a84\n",
      "x.keys");
  ASSERT_TRUE(log.ok());
  const auto& found = log->ring.find_phase1(cookie("778512034f754b5d"))->skeyid_a;
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].side, Side::kKs);
  EXPECT_EQ(to_hex(found[1].secret.view()), "988dffeb916196f6694516eccb9df9f46a1b3a84");
}

TEST(KeyLog, ReadsAKekAndTeks) {
  const auto log = parse_key_log(
      std::string("KEK 1cf9009391e65b4baab635dabbdb64af 3des-cbc sig=rsa hash=sha1 public=") +
          kRsaKey + " ba9d04d800b4dfb3 8f5e70220928d5a0750510cb5086a7b5ff39e95d352eb441\n" +
          "TEK esp 971c55de 3des-cbc dst=239.10.1.1 "
          "auth=hmac-sha1:821d73880693b16632aaca79ab70c33d0b9a00f5 "
          "aece094193742483370bfed1028cd2b46e7724c3a5dd2ef2\n"
          "TEK ah 5abba304 hmac-sha1 auth=hmac-sha1:f2aa6230671c9c2b9e015e78b4d9242f1ab3dcce -\n"
          "TEK iec61850 00000007 aes128-gcm 000102030405060708090a0b0c0d0e0f10111213\n"
          "TEK esp 00000008 250 00\n",
      "x.keys");
  ASSERT_TRUE(log.ok()) << log.error().text;
  const auto* const keks = log->ring.find_keks(kek_spi("1cf9009391e65b4baab635dabbdb64af"));
  ASSERT_NE(keks, nullptr);
  ASSERT_THAT(*keks, SizeIs(1));
  EXPECT_EQ(keks->front().cipher, crypto::Cipher::k3DesCbc);
  EXPECT_EQ(keks->front().signature_hash, crypto::Hash::kSha1);
  EXPECT_EQ(to_hex(keks->front().public_key), kRsaKey);
  EXPECT_EQ(to_hex(keks->front().iv), "ba9d04d800b4dfb3");
  const auto& teks = log->ring.teks();
  ASSERT_THAT(teks, SizeIs(4));
  EXPECT_EQ(teks[0].protocol, 1);
  EXPECT_EQ(teks[0].spi, 0x971c55deU);
  EXPECT_EQ(teks[0].transform, 3);
  EXPECT_EQ(teks[0].destination, "239.10.1.1");
  EXPECT_EQ(teks[0].authentication, "hmac-sha1");
  EXPECT_EQ(to_hex(teks[0].authentication_key.view()), "821d73880693b16632aaca79ab70c33d0b9a00f5");
  EXPECT_EQ(teks[1].protocol, 2);
  EXPECT_EQ(teks[1].transform, 3);
  EXPECT_TRUE(teks[1].key.empty());
  EXPECT_EQ(teks[2].protocol, 3);
  EXPECT_EQ(teks[2].transform, 4);
  EXPECT_EQ(teks[3].transform, 250);
}

TEST(KeyLog, ToleratesCrLfTabsAByteOrderMarkAndCapitalDigits) {
  const auto log = parse_key_log(
      "\xef\xbb\xbf# made elsewhere\r\nPSK\tA91B9D5035D8FC4F\t 6D656B6D\r\n\r\n", "x.keys");
  ASSERT_TRUE(log.ok()) << log.error().text;
  EXPECT_EQ(to_hex(log->ring.find_phase1(cookie("a91b9d5035d8fc4f"))->psk.at(0).secret.view()),
            "6d656b6d");
}

TEST(KeyLog, SkipsWhatItDoesNotKnowWithANote) {
  const auto log = parse_key_log(
      "GROUP_SECRET 1234 00\n"
      "PSK a91b9d5035d8fc4f colour=red 6d656b6d\n"
      "deadbeefdeadbeef 00\n",
      "x.keys");
  ASSERT_TRUE(log.ok()) << log.error().text;
  EXPECT_THAT(log->notes,
              ElementsAre("x.keys:1: label GROUP_SECRET is not known; the line was skipped",
                          "x.keys:2: colour= is not known and was skipped",
                          "x.keys:3: the first word is no label; the line was skipped"));
  EXPECT_THAT(log->ring.find_phase1(cookie("a91b9d5035d8fc4f"))->psk, SizeIs(1));
}

TEST(KeyLog, DropsDuplicateLines) {
  const std::string psk = "PSK a91b9d5035d8fc4f 6d656b6d\n";
  const std::string tek = "TEK esp 00000001 aes-gcm-16 00\n";
  const std::string kek =
      "KEK 1cf9009391e65b4baab635dabbdb64af des-cbc ba9d04d800b4dfb3 8f5e70220928d5a0\n";
  const auto log = parse_key_log(psk + tek + kek + psk + kek + tek, "x.keys");
  ASSERT_TRUE(log.ok());
  EXPECT_EQ(write_key_log(log->ring), psk + kek + tek);
}

struct BadLine {
  const char* line;
  const char* sentence;
};

class KeyLogErrors : public ::testing::TestWithParam<BadLine> {};

TEST_P(KeyLogErrors, NameLineFieldAndExpectation) {
  EXPECT_EQ(error_of(std::string("# first\n\n") + GetParam().line + "\nPSK 00\n"),
            std::string("x.keys:3: ") + GetParam().sentence);
}

INSTANTIATE_TEST_SUITE_P(
    All, KeyLogErrors,
    ::testing::Values(
        BadLine{"SKEYID a91b9d5035d8fc4 0a1ce288962c79cef60cf60d5d446fd5aa233cce",
                "cookie has 15 hex digits, 16 expected"},
        BadLine{"SKEYID a91b9d5035d8fc4x 0a1ce288962c79cef60cf60d5d446fd5aa233cce",
                "cookie has a character that is no hex digit"},
        BadLine{"SKEYID a91b9d5035d8fc4f 0a1ce2",
                "SKEYID has 6 hex digits, 32, 40, 64, 96 or 128 expected"},
        BadLine{"SKEYID_A a91b9d5035d8fc4f",
                "SKEYID_A needs a cookie and the SKEYID_a; it has 1 "
                "of 2 fields"},
        BadLine{"PSK a91b9d5035d8fc4f 6d656b6",
                "pre-shared key has an odd number of hex digits (7)"},
        BadLine{"PSK a91b9d5035d8fc4f side=both 6d65", "side= is neither gm nor ks"},
        BadLine{"PSK a91b9d5035d8fc4f gm 6d65",
                "a word before the secret is not of the form name=value"},
        BadLine{"PSK a91b9d5035d8fc4f side=gm side=gm 6d65", "side= is given twice"},
        BadLine{"PHASE1_KEY a91b9d5035d8fc4f cipher=aes128-cbc 80cdab03c1105d2b",
                "cipher key has 16 hex digits, 32 expected for aes128-cbc"},
        BadLine{"PHASE1_KEY a91b9d5035d8fc4f 80cdab",
                "cipher key has 6 hex digits, 16, 32, 48 or 64 expected"},
        BadLine{"PHASE1_KEY a91b9d5035d8fc4f cipher=rot13 80cdab03c1105d2b",
                "cipher= names no known cipher; des-cbc, 3des-cbc, aes128-cbc, aes192-cbc or "
                "aes256-cbc expected"},
        BadLine{"PHASE1_KEY a91b9d5035d8fc4f hash=crc 80cdab03c1105d2b",
                "hash= names no known hash; md5, sha1, sha256, sha384 or sha512 expected"},
        BadLine{"PHASE1_KEY a91b9d5035d8fc4f cipher=des-cbc last_block=00 80cdab03c1105d2b",
                "last_block= has 2 hex digits, 16 expected for des-cbc"},
        BadLine{"KEK 1cf9 des-cbc ba9d04d800b4dfb3 8f5e70220928d5a0",
                "KEK SPI has 4 hex digits, 32 expected"},
        BadLine{"KEK 1cf9009391e65b4baab635dabbdb64af aes128-cbc ba9d04d800b4dfb3 "
                "b21db030421a8cd32eac50c065fc3491",
                "KEK IV has 16 hex digits, 32 expected for aes128-cbc"},
        BadLine{"KEK 1cf9009391e65b4baab635dabbdb64af des-cbc public=3000 ba9d04d800b4dfb3 "
                "8f5e70220928d5a0",
                "public= is no SubjectPublicKeyInfo in DER"},
        BadLine{"TEK gre 00000001 aes-cbc -", "the second word is none of esp, ah and iec61850"},
        BadLine{"TEK esp 1 aes-cbc -", "TEK SPI has 1 hex digits, 8 expected"},
        BadLine{"TEK esp 00000001 65536 -",
                "the fourth word names no transform of esp; a name of captures/README.md or a "
                "number expected"},
        BadLine{"TEK esp 00000001 3des-cbc 00",
                "TEK key has 2 hex digits, 48 expected for "
                "3des-cbc"},
        BadLine{"TEK esp 00000001 aes-cbc dst=here -", "dst= is no IPv4 or IPv6 address"},
        BadLine{"TEK esp 00000001 aes-cbc auth=00112233 -",
                "auth= is not of the form name:key, as in auth=hmac-sha1:..."}));

TEST(KeyLog, KeyKindMustMatchThePublicKey) {
  EXPECT_EQ(error_of(std::string("KEK 1cf9009391e65b4baab635dabbdb64af des-cbc sig=ecdsa public=") +
                     kRsaKey + " ba9d04d800b4dfb3 8f5e70220928d5a0"),
            "x.keys:1: sig= is ecdsa, but public= holds a key for rsa");
}

/// Each label with a secret that does not fit: the sentence must not hold any part of it.
TEST(KeyLog, ErrorsAndNotesHoldNoSecret) {
  const std::string secret = "5ec2e7c0ffee5ec2e7c0ffee5e";
  const std::string head   = secret.substr(0, 8);
  const std::vector<std::string> lines{
      "PHASE1_KEY a91b9d5035d8fc4f " + secret,
      "PHASE1_KEY " + secret + " a91b9d5035d8fc4f",
      "PHASE1_KEY a91b9d5035d8fc4f " + secret + " cipher=des-cbc",
      "PHASE1_KEY a91b9d5035d8fc4f cipher=" + secret + " 00",
      "PHASE1_KEY a91b9d5035d8fc4f " + secret + "=" + secret + " " + secret + "=1 00",
      "SKEYID a91b9d5035d8fc4f " + secret + "x",
      "SKEYID_A " + secret,
      "PSK a91b9d5035d8fc4f " + secret + "g",
      "DH_SECRET a91b9d5035d8fc4f side=" + secret + " 00",
      "KEK 1cf9009391e65b4baab635dabbdb64af des-cbc " + secret + " " + secret,
      "KEK 1cf9009391e65b4baab635dabbdb64af " + secret + " 00 00",
      "TEK esp 00000001 " + secret + " -",
      "TEK " + secret + " 00000001 1 -",
      "TEK esp 00000001 3des-cbc auth=" + secret + " -",
      "TEK esp 00000001 3des-cbc " + secret,
      secret,
      secret + " " + secret,
  };
  for (const auto& line : lines) {
    const auto log = parse_key_log(line, "x.keys");
    if (!log) {
      EXPECT_THAT(log.error().text, Not(HasSubstr(head))) << line;
      continue;
    }
    for (const auto& note : log->notes) {
      EXPECT_THAT(note, Not(HasSubstr(head))) << line;
    }
  }
}

TEST(KeyLog, LimitsLinesNotesAndAlternatives) {
  const std::string lead = "PSK a91b9d5035d8fc4f ";
  EXPECT_EQ(error_of(lead + std::string(65536, '0')),
            "x.keys:1: line has 65557 octets, 65536 are the limit");

  std::string unknown;
  for (int i = 0; i < 5000; ++i) {
    unknown += "FUTURE_LABEL 00\n";
  }
  const auto log = parse_key_log(unknown, "x.keys");
  ASSERT_TRUE(log.ok());
  EXPECT_THAT(log->notes, SizeIs(1001));
  EXPECT_EQ(log->notes.back(), "further notes are left out");

  std::string many;
  for (unsigned i = 0; i < 65; ++i) {
    const std::array<std::uint8_t, 1> octet{static_cast<std::uint8_t>(i)};
    many += lead + to_hex(octet) + "\n";
  }
  EXPECT_EQ(error_of(many), "x.keys:65: more than 64 different PSK for this cookie");
}

TEST(KeyRing, MergeLeavesOutWhatIsThere) {
  auto one = parse_key_log("PSK a91b9d5035d8fc4f 01\nTEK esp 00000001 aes-cbc -\n", "one");
  auto two = parse_key_log(
      "PSK a91b9d5035d8fc4f 01\nPSK a91b9d5035d8fc4f 02\nTEK esp 00000001 aes-cbc -\n"
      "TEK esp 00000002 aes-cbc -\n",
      "two");
  ASSERT_TRUE(one.ok() && two.ok());
  one->ring.merge(std::move(two->ring));
  EXPECT_EQ(write_key_log(one->ring),
            "PSK a91b9d5035d8fc4f 01\nPSK a91b9d5035d8fc4f 02\nTEK esp 00000001 aes-cbc -\n"
            "TEK esp 00000002 aes-cbc -\n");
}

TEST(KeyRing, ACloneHasEveryKindOfSecretAndLivesAlone) {
  const std::string text =
      "PHASE1_KEY a91b9d5035d8fc4f side=gm cipher=3des-cbc hash=sha1 last_block=a659dffb7a720843 "
      "80cdab03c1105d2b48ab436dde73f5b1bbbe55449c1efe69\n"
      "SKEYID a91b9d5035d8fc4f side=ks 000102030405060708090a0b0c0d0e0f10111213\n"
      "SKEYID_A a91b9d5035d8fc4f 100102030405060708090a0b0c0d0e0f10111213\n"
      "PSK a91b9d5035d8fc4f 01\nDH_SECRET a91b9d5035d8fc4f 02\n"
      "TEK esp 00000001 aes-cbc 000102030405060708090a0b0c0d0e0f\n";
  auto log = parse_key_log(text, "x.keys");
  ASSERT_TRUE(log.ok()) << log.error().text;
  auto twin = log->ring.clone();
  EXPECT_EQ(write_key_log(twin), write_key_log(log->ring));

  auto more = parse_key_log(text + "TEK esp 00000002 aes-cbc -\n", "x.keys");
  ASSERT_TRUE(more.ok());
  twin.merge(std::move(more->ring));
  EXPECT_THAT(twin.teks(), SizeIs(2));
  EXPECT_THAT(log->ring.teks(), SizeIs(1));
}

TEST(IsakmpTable, ReadsQuotedAndBareRows) {
  const auto log = parse_isakmp_table(
      "# This file is automatically generated, DO NOT MODIFY.\n"
      "\"a91b9d5035d8fc4f\",\"80cdab03c1105d2b48ab436dde73f5b1bbbe55449c1efe69\"\n"
      "957e3b86f602b129, 335a62dff6f5170e\r\n",
      "ikev1_decryption_table");
  ASSERT_TRUE(log.ok()) << log.error().text;
  EXPECT_EQ(write_key_log(log->ring),
            "PHASE1_KEY 957e3b86f602b129 335a62dff6f5170e\n"
            "PHASE1_KEY a91b9d5035d8fc4f 80cdab03c1105d2b48ab436dde73f5b1bbbe55449c1efe69\n");
}

TEST(IsakmpTable, ErrorsNameTheRowAndHoldNoSecret) {
  const auto error = [](std::string_view text) {
    return parse_isakmp_table(text, "table").error().text;
  };
  EXPECT_EQ(error("\"a91b9d5035d8fc4f\",\"80cd\"\n"),
            "table:1: cipher key has 4 hex digits, 16, 32, 48 or 64 expected");
  EXPECT_EQ(error("# x\n\"a91b9d\",\"80cd\"\n"), "table:2: cookie has 6 hex digits, 16 expected");
  EXPECT_EQ(error("a91b9d5035d8fc4f\n"),
            "table:1: row does not have two columns, initiator cookie and cipher key, with a comma "
            "between");
}

class KeyFile : public ::testing::Test {
 protected:
  KeyFile()
      : folder_(std::filesystem::temp_directory_path() /
                ("gdoi_key_file_" +
                 std::to_string(::testing::UnitTest::GetInstance()->random_seed()) +
                 ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::create_directories(folder_);
  }

  ~KeyFile() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string file(std::string_view text) const {
    const auto path = folder_ / "secrets";
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }

  std::filesystem::path folder_;
};

TEST_F(KeyFile, TellsTheKindsApartByContent) {
  const auto written = [&](std::string_view text) {
    const auto log = read_key_file(file(text));
    return log ? write_key_log(log->ring) : log.error().text;
  };
  EXPECT_EQ(written("# only a comment\n"), "");
  EXPECT_EQ(written("PSK a91b9d5035d8fc4f 01\n"), "PSK a91b9d5035d8fc4f 01\n");
  EXPECT_EQ(written("A_LATER_LABEL 00\nPSK a91b9d5035d8fc4f 01\n"), "PSK a91b9d5035d8fc4f 01\n");
  EXPECT_EQ(written("\"a91b9d5035d8fc4f\",\"335a62dff6f5170e\"\n"),
            "PHASE1_KEY a91b9d5035d8fc4f 335a62dff6f5170e\n");
  EXPECT_EQ(written("side GM\nicookie a91b9d5035d8fc4f\nenckey 335a62dff6f5170e\n"),
            "PHASE1_KEY a91b9d5035d8fc4f side=gm cipher=des-cbc 335a62dff6f5170e\n");
  EXPECT_THAT(written("SKEYID 0a1ce288962c79cef60cf60d5d446fd5aa233cce\n"),
              HasSubstr(":1: SKEYID needs a cookie and the SKEYID; it has 1 of 2 fields"));
}

TEST_F(KeyFile, SaysWhatIsWrongWithAFile) {
  EXPECT_THAT(read_key_file(file("hello there\n")).error().text, HasSubstr("is no key file"));
  EXPECT_THAT(read_key_file(file(std::string(100000, '\0'))).error().text,
              HasSubstr("is no key file"));
  EXPECT_THAT(read_key_file((folder_ / "missing").string()).error().text,
              HasSubstr("no such file"));
  EXPECT_THAT(read_key_file(folder_.string()).error().text, HasSubstr("is a folder"));
}

TEST_F(KeyFile, ReadsMoreThanOneBufferAndRefusesOver64MiB) {
  std::string large;
  for (int i = 0; i < 10000; ++i) {
    large += "# a line of comment\n";
  }
  const auto log = read_key_file(file(large + "PSK a91b9d5035d8fc4f 01"));
  ASSERT_TRUE(log.ok()) << log.error().text;
  EXPECT_FALSE(log->ring.empty());

  const auto path = file("# sparse\n");
  std::filesystem::resize_file(path, std::uintmax_t{64} * 1024 * 1024 + 1);
  EXPECT_THAT(read_key_file(path).error().text, HasSubstr("is over 64 MiB"));
}

}  // namespace
}  // namespace gdoi::keys
