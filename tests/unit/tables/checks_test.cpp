#include "protocol/tables/checks.h"

#include "protocol/base/hex.h"
#include "protocol/wire/address.h"
#include "protocol/wire/edit.h"
#include "protocol/wire/encode.h"
#include "unit/tables/samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

/// Each rule: a message of the independent vector set C keeps it, and one edit breaks it.
namespace gdoi::tables {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr auto kSet = "C_synthetic_aes128_sha256";

std::vector<std::string> findings(const wire::Tree& tree) {
  std::vector<std::string> names;
  for (const auto& diagnostic : tree.diagnostics()) {
    names.emplace_back(wire::info_of(diagnostic.code).name);
  }
  return names;
}

std::vector<std::string> check_octets(const Bytes& datagram, const Bytes& plaintext = {}) {
  wire::Tree tree;
  const samples::Sample sample{"", datagram, plaintext};
  samples::decode(sample, tree);
  check(tree);
  return findings(tree);
}

samples::Sample push() {
  for (auto& sample : samples::vectors()) {
    if (sample.origin == std::string(kSet) + " push") {
      return sample;
    }
  }
  return {};
}

struct Edit {
  std::string finding;  ///< what must be reported
  std::size_t message;  ///< of set C, from 1; 0: its PUSH
  std::function<void(wire::Document&)> change;
};

void PrintTo(const Edit& edit, std::ostream* out) {
  *out << edit.finding;
}

auto number(std::string address, std::uint64_t value) {
  return [=](wire::Document& document) {
    const auto node = wire::resolve(document, address);
    ASSERT_TRUE(node.ok()) << node.error().text;
    const auto done = wire::Editor(document).set_number(*node, value);
    ASSERT_TRUE(done.ok()) << done.error().text;
  };
}

auto octets(std::string address, std::string digits) {
  return [=](wire::Document& document) {
    const auto node = wire::resolve(document, address);
    ASSERT_TRUE(node.ok()) << node.error().text;
    const auto done = wire::Editor(document).set_octets(*node, *from_hex(digits));
    ASSERT_TRUE(done.ok()) << done.error().text;
  };
}

auto erase(std::string address) {
  return [=](wire::Document& document) {
    const auto node = wire::resolve(document, address);
    ASSERT_TRUE(node.ok()) << node.error().text;
    const auto done = wire::Editor(document).erase(*node);
    ASSERT_TRUE(done.ok()) << done.error().text;
  };
}

auto clone(std::string address) {
  return [=](wire::Document& document) {
    const auto node = wire::resolve(document, address);
    ASSERT_TRUE(node.ok()) << node.error().text;
    ASSERT_TRUE(wire::Editor(document).clone(*node).ok());
  };
}

auto move(std::string address, std::size_t position) {
  return [=](wire::Document& document) {
    const auto node = wire::resolve(document, address);
    ASSERT_TRUE(node.ok()) << node.error().text;
    ASSERT_TRUE(wire::Editor(document).move(*node, position).ok());
  };
}

class Checks : public ::testing::TestWithParam<Edit> {};

TEST_P(Checks, OneEditBreaksOneRule) {
  const auto& edit  = GetParam();
  const auto sample = edit.message == 0 ? push() : samples::vector(kSet, edit.message);
  ASSERT_FALSE(sample.datagram.empty());
  EXPECT_THAT(check_octets(sample.datagram, sample.plaintext),
              ::testing::Not(Contains(edit.finding)));

  wire::Tree tree;
  samples::decode(sample, tree);
  wire::Document document(schema(), tree);
  edit.change(document);
  if (HasFatalFailure()) {
    return;
  }
  const auto plain =
      document.plaintext() == wire::kNoRef ? Bytes{} : wire::encode(document, document.plaintext());
  EXPECT_THAT(check_octets(wire::encode(document), plain), Contains(edit.finding));
}

INSTANTIATE_TEST_SUITE_P(Rules, Checks,
                         ::testing::Values(Edit{"minor_version", 1, number("version", 0x11)},
                                           Edit{"not_isakmp", 1, number("version", 0x50)},
                                           Edit{"exchange_type", 1, number("exchangetype", 77)},
                                           Edit{"reserved_flags", 1, number("flags", 0x08)},
                                           Edit{"commit_flag", 1, number("flags", 0x02)},
                                           Edit{"message_id_not_zero", 1, number("messageid", 7)},
                                           Edit{"message_id_zero", 7, number("messageid", 0)},
                                           Edit{"initiator_cookie_zero", 1,
                                                octets("ispi", "0000000000000000")},
                                           Edit{"responder_cookie_zero", 7,
                                                octets("rspi", "0000000000000000")},
                                           Edit{"duplicate_payload", 3, clone("payload.nonce")},
                                           Edit{"doi_not_gdoi", 1, number("sa.doi", 1)},
                                           Edit{"situation_value", 1, number("sa.situation", 2)},
                                           Edit{"several_proposals", 1, clone("prop")},
                                           Edit{"transform_incomplete", 1,
                                                erase("ike.attr.hash_algorithm")},
                                           Edit{"key_length", 1,
                                                number("ike.attr.key_length", 160)},
                                           Edit{"key_length", 1, erase("ike.attr.key_length")},
                                           Edit{"value_reserved", 1,
                                                number("ike.attr.hash_algorithm", 99)},
                                           Edit{"value_private", 1,
                                                number("ike.attr.hash_algorithm", 65'001)},
                                           Edit{"life_duration_alone", 1,
                                                erase("ike.attr.life_type")},
                                           Edit{"life_type_alone", 1,
                                                erase("ike.attr.life_duration")},
                                           Edit{"nonce_length", 3,
                                                octets("nonce", "01020304050607")},
                                           Edit{"nonce_length", 7,
                                                octets("nonce", std::string(2 * 129, '0'))},
                                           Edit{"group_id_octets", 7, number("id.port", 848)},
                                           Edit{"group_key_id", 7,
                                                octets("id.data.key_id", "0004d2")},
                                           Edit{"hash_not_first", 7, move("payload.hash", 1)},
                                           Edit{"policy_order", 8, move("gap", 0)},
                                           Edit{"kek_incomplete", 8, erase("kek.algorithm")},
                                           Edit{"key_length", 8, erase("kek.key_length")},
                                           Edit{"weak_algorithm", 8, number("kek.algorithm", 1)},
                                           Edit{"weak_algorithm", 8,
                                                number("kek.sig_hash_algorithm", 1)},
                                           Edit{"kek_lifetime", 8, number("kek.key_lifetime", 0)},
                                           Edit{"tek_incomplete", 8,
                                                erase("sat[1]/ipsec.attr.encap_mode")},
                                           Edit{"tek_incomplete", 8,
                                                erase("sat[1]/ipsec.attr.auth_algorithm")},
                                           Edit{"tek_spi", 8, number("sat[1]/sat.spi", 255)},
                                           Edit{"key_length", 8,
                                                number("sat[1]/ipsec.attr.key_length", 160)},
                                           Edit{"duplicate_attribute", 8,
                                                [](wire::Document& document) {
                                                  clone("sat[1]/ipsec.attr[3]")(document);
                                                  number("sat[1]/ipsec.attr.encap_mode[2]",
                                                         2)(document);
                                                }},
                                           Edit{"mask_reversed", 8,
                                                octets("sat[1]/id.data.ipv4_mask", "00ffffff")},
                                           Edit{"key_packet_repeated", 10, clone("kd.packet[1]")},
                                           Edit{"spi_size", 10,
                                                octets("kd.packet[2]/spi", "a00001")},
                                           Edit{"sid_bits", 10, number("sid.number_of_bits", 0)},
                                           Edit{"seq_zero", 0, number("seq", 0)},
                                           Edit{"push_header", 0, number("flags", 3)},
                                           Edit{"push_incomplete", 0, erase("payload.kd")},
                                           Edit{"payload_missing", 0, erase("payload.sig")},
                                           Edit{"payload_missing", 0, move("payload.seq", 1)},
                                           Edit{"delete_protocol", 0, number("delete.doi", 1)},
                                           Edit{"key_packet_unannounced", 0,
                                                octets("kd.packet/spi", "a00000ff")}));

// KEK_KEY_LIFETIME as TV (attribute 4, 60 s): wrong in form, said once.
TEST(Checks, KekLifetimeInTvFormIsNamedForItsFormAlone) {
  const auto header = *from_hex(
      "01020304050607081112131415161718081020010000000700000020"
      "00000000");
  const auto sa = *from_hex(
      "01000018"
      "0000000000000000000000000000000000000000"
      "00000043"
      "0000000200000000000f0000"
      "00000033"
      "11010350040a000001010350"
      "04e90000"
      "01"
      "6162636465666768303132333435363700000000"
      "800200028004003c80060001");
  const auto found = check_octets(header, sa);
  EXPECT_THAT(found, Contains("attribute_form"));
  EXPECT_THAT(found, ::testing::Not(Contains("kek_lifetime")));
}

TEST(Checks, TheVectorsKeepEveryRule) {
  for (const auto& sample : samples::vectors()) {
    // Sets A and B are an implementation of RFC 3547 at work: small groups, no key lengths.
    if (sample.origin.starts_with(kSet)) {
      EXPECT_THAT(check_octets(sample.datagram, sample.plaintext), IsEmpty()) << sample.origin;
    }
  }
}

// RFC 8052 section 2.2.3: AES-CBC (2) with authentication NONE (1).
TEST(Checks, CbcWithoutAuthenticationIsNamed) {
  const auto header = *from_hex(
      "01020304050607081112131415161718081020010000000700000020"
      "00000000");
  const auto sa = *from_hex(
      "01000018"
      "0000000000000000000000000000000000000000"  // HASH
      "0000003a"
      "00000002"
      "00000000"
      "00100000"  // SA, DOI 2, first SAT
      "0000002a"
      "03"  // SAT, IEC 61850
      "0d"
      "060b2a864886f700000000000a"
      "0000"  // OID, no payload
      "00001001"
      "0001"
      "0002"
      "00000e10"    // SPI, NONE, AES-CBC-128, 3600 s
      "80020065");  // SA_KDA 101
  const auto found = check_octets(header, sa);
  EXPECT_THAT(found, Contains("cbc_without_authentication"));
  EXPECT_THAT(found, Contains("key_delivery_assurance"));
}

TEST(Checks, ClearPullIsNamed) {
  // A PULL message that says that it is not encrypted (RFC 6407 section 3.2).
  EXPECT_THAT(check_octets(*from_hex("01020304050607081112131415161718081020000000000700000024"
                                     "0000000801020304")),
              Contains("not_encrypted"));
}

TEST(Checks, PushAckOfTheVectorsIsInOrder) {
  const auto ack = *from_hex(
      "c0c1c2c3c4c5c6c7d0d1d2d3d4d5d6d70810230000000000000000541200002464"
      "46ec6122860b4f7ca401c1eaaf5f4c5244cdffbc468ecd22eeb3f42c0da86505000008000000010000000c01"
      "000000c000020a");
  EXPECT_THAT(check_octets(ack), IsEmpty());
  auto encrypted = ack;
  encrypted[16]  = 18;
  EXPECT_THAT(check_octets(encrypted), Contains("push_ack_header"));
}

// RFC 2409 appendix B: up to the block; strongSwan adds a whole one to payloads that fill theirs.
TEST(Checks, PaddingIsAtMostABlock) {
  constexpr std::size_t kBlock = 16;
  const auto header            = *from_hex(
      "01020304050607081112131415161718081005010000000700000050"
                 "00000000");
  const auto hash = *from_hex("00000018000102030405060708090a0b0c0d0e0f10111213");
  for (const std::size_t padding : {0U, 8U, 15U, 16U}) {
    auto plaintext = hash;
    plaintext.resize(plaintext.size() + padding);
    EXPECT_THAT(check_octets(header, plaintext), Not(Contains("chain_ends_early"))) << padding;
  }
  auto plaintext = hash;
  plaintext.resize(plaintext.size() + kBlock + 1);
  EXPECT_THAT(check_octets(header, plaintext), Contains("chain_ends_early"));
}

TEST(Checks, NoOctetsAreNoMessage) {
  EXPECT_THAT(check_octets({}), Contains("short_header"));
}

}  // namespace
}  // namespace gdoi::tables
