#include "protocol/base/hex.h"
#include "unit/keyserver/gm.h"

namespace gdoi::keyserver::test {
namespace {

using tables::row;
using testing::Contains;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::string_view kPsk = "a pre-shared key";

Policy usual() {
  return default_policy(Secret(bytes_of(kPsk)));
}

std::string group_with(std::string_view identity, std::string_view teks) {
  return "psks: [{peer: any, psk: a pre-shared key}]\n"
         "groups:\n  - name: G\n    " +
         std::string(identity) + "\n    teks: [" + std::string(teks) + "]\n";
}

std::vector<std::uint64_t> sender_ids_in(const wire::Tree& tree) {
  std::vector<std::uint64_t> out;
  for (wire::NodeId id = 0; id < tree.nodes().size(); ++id) {
    if (tree.node(id).row == row("sid.value")) {
      out.push_back(tree.number(id));
    }
  }
  return out;
}

std::size_t size_of(const wire::Tree& tree, wire::RowId row_id) {
  const auto node = tree.find(row_id);
  return node ? tree.node(*node).length : 0;
}

TEST(Registration, GivesPolicyAndKeysThatTheFollowerReads) {
  World world(usual());
  Gm gm(world, "10.40.10.10", kPsk);
  gm.version = getvpn::Version::parse("1.0.17");
  ASSERT_TRUE(gm.registers());
  EXPECT_EQ(gm.last().find_number(row("seq")), 0U);
  EXPECT_EQ(size_of(gm.last(), row("kek_key.algorithm_key")), 32U);
  EXPECT_EQ(size_of(gm.last(), row("tek_key.algorithm_key")), 16U);
  EXPECT_EQ(size_of(gm.last(), row("tek_key.integrity_key")), 32U);
  const auto spki = gm.last().find(row("kek_key.sig_algorithm_key"));
  ASSERT_TRUE(spki);
  const auto key = crypto::PublicKey::from_spki(gm.last().octets(*spki));
  ASSERT_TRUE(key) << key.error().text;
  EXPECT_EQ(key->kind(), crypto::SignatureKind::kEcdsa);
  EXPECT_EQ(key->bits(), 256U);
  EXPECT_EQ(world.ks().member_count("group-1"), 1U);
  EXPECT_THAT(world.log(), Contains("%GDOI-5-GM_REGS_COMPL: Registration to KS 10.80.127.20 "
                                    "complete for group group-1 using address 10.40.10.10"));
  world.expect_sound();
}

TEST(Registration, KeysStayTheSameForAllMembers) {
  World world(usual());
  std::vector<std::string> keys;
  for (const auto* address : {"10.40.10.9", "10.40.10.10"}) {
    Gm gm(world, address, kPsk, 20 + keys.size());
    gm.version = getvpn::Version::parse("1.0.17");
    ASSERT_TRUE(gm.registers());
    keys.push_back(to_hex(gm.last().octets(*gm.last().find(row("payload.kd")))));
  }
  EXPECT_EQ(keys[0], keys[1]);
  EXPECT_EQ(world.ks().member_count("group-1"), 2U);
  world.expect_sound();
}

class Proposals : public testing::TestWithParam<Offer> {};

TEST_P(Proposals, AreTakenByDefault) {
  World world(usual());
  Gm gm(world, "10.40.10.10", kPsk);
  gm.offers = {
      Offer{.cipher = 5, .key_bits = 0, .hash = 1, .group = 2},
      GetParam(), Offer{}
  };
  gm.version = getvpn::Version::parse("1.0.17");
  ASSERT_TRUE(gm.registers());
  EXPECT_EQ(static_cast<std::uint64_t>(gm.sa().algorithms.group), GetParam().group);
  world.expect_sound();
}

INSTANTIATE_TEST_SUITE_P(Registration, Proposals,
                         testing::Values(Offer{7, 128, 2, 14}, Offer{7, 128, 2, 19},
                                         Offer{7, 128, 4, 14}, Offer{7, 128, 4, 19},
                                         Offer{7, 256, 2, 14}, Offer{7, 256, 2, 19},
                                         Offer{7, 256, 4, 14}, Offer{7, 256, 4, 19}));

TEST(Registration, ChosenTransformComesBackUnchanged) {
  World world(usual());
  Gm gm(world, "10.40.10.10", kPsk);
  gm.offers = {
      Offer{.cipher = 1, .key_bits = 0,   .hash = 1, .group = 1 },
      Offer{.cipher = 7, .key_bits = 256, .hash = 2, .group = 19}
  };
  const auto answer = gm.main_1();
  ASSERT_THAT(answer, SizeIs(1));
  // SA: header, DOI 2, situation 0, one proposal, transform 2 with its attributes as they were.
  EXPECT_THAT(to_hex(answer[0]),
              HasSubstr("0000000200000000"
                        "0000003001010001"
                        "0000002802010000"
                        "80010007800200028003000180040013800e0100800b0001000c000400015180"));
}

TEST(Registration, DoiOfIpsecIsTakenToo) {
  World world(usual());
  Gm gm(world, "10.40.10.10", kPsk);
  gm.doi       = 1;
  gm.situation = 1;
  gm.version   = getvpn::Version::parse("1.0.17");
  EXPECT_TRUE(gm.registers());
  World other(usual());
  Gm second(other, "10.40.10.10", kPsk);
  second.situation = 1;
  second.version   = getvpn::Version::parse("1.0.17");
  EXPECT_TRUE(second.registers());
}

TEST(Registration, CounterModeBringsSenderIds) {
  World world(group_with("number: 1", "{esp: aes256-gcm, lifetime: 3600}"));
  Gm first(world, "10.40.10.9", kPsk, 1);
  ASSERT_TRUE(first.registers());
  EXPECT_EQ(size_of(first.last(), row("tek_key.algorithm_key")), 36U);  // RFC 4106: and 4 of salt
  EXPECT_EQ(first.last().find_number(row("sid.number_of_bits")), 16U);
  EXPECT_EQ(sender_ids_in(first.last()), (std::vector<std::uint64_t>{0}));
  Gm second(world, "10.40.10.10", kPsk, 2);
  second.sender_ids = 3;
  ASSERT_TRUE(second.registers());
  EXPECT_EQ(sender_ids_in(second.last()), (std::vector<std::uint64_t>{1, 2, 3}));
  world.expect_sound();
}

TEST(Registration, SenderIdsAreOnlySpentOnARightMessage3) {
  World world(group_with("number: 1", "{esp: aes128-gcm, lifetime: 3600}"));
  Gm gm(world, "10.40.10.9", kPsk, 1);
  ASSERT_TRUE(gm.phase1());
  const auto second = gm.pull_1();
  ASSERT_TRUE(gm.accept_pull_2(second.at(0)));
  EXPECT_EQ(world.ks().member_count("G"), 0U);
  Gm other(world, "10.40.10.10", kPsk, 2);
  ASSERT_TRUE(other.registers());
  EXPECT_EQ(sender_ids_in(other.last()), (std::vector<std::uint64_t>{0}));
  EXPECT_EQ(world.ks().member_count("G"), 1U);
}

TEST(Registration, WhenSenderIdsRunOutItIsRefused) {
  World world(
      "psks: [{peer: any, psk: a pre-shared key}]\n"
      "refusal: notify\n"
      "groups:\n"
      "  - {name: G, number: 1, sender-id-bits: 1, teks: [{esp: aes128-gcm, lifetime: 300}]}\n");
  Gm gm(world, "10.40.10.9", kPsk);
  ASSERT_TRUE(gm.phase1());
  ASSERT_TRUE(gm.accept_pull_2(gm.pull_1().at(0)));
  gm.sender_ids     = 3;
  const auto answer = gm.pull_3();
  ASSERT_THAT(answer, SizeIs(1));
  EXPECT_TRUE(gm.open_informational(answer[0]));
  EXPECT_EQ(world.ks().member_count("G"), 0U);
}

TEST(Registration, GroupByObjectIdentifierWithAnIecTek) {
  World world(group_with("oid: 1.2.840.10070.61850.8.1.2",
                         "{iec61850: 1.2.840.10070.61850.8.1.2, authentication: aes256-gmac, "
                         "encryption: aes128-cbc, lifetime: 3600}"));
  Gm gm(world, "10.40.10.10", kPsk);
  // The OID as RFC 8052 section 2.1 has it, its DER from appendix A.
  gm.group_id = *from_hex(
      "0d0000000d060b2a8648ce5683e31a080102"
      "0000");
  ASSERT_TRUE(gm.registers());
  EXPECT_EQ(size_of(gm.last(), row("tek_key.algorithm_key")), 16U);
  EXPECT_EQ(size_of(gm.last(), row("tek_key.integrity_key")), 36U);  // RFC 8052 section 2.3
  world.expect_sound();
}

TEST(Registration, EveryKindOfTekGapAndAddresses) {
  World world(
      "psks: [{peer: 10.40.0.0/16, psk: a pre-shared key}, {peer: any, psk: other}]\n"
      "groups:\n"
      "  - name: G\n"
      "    address: 239.77.0.1\n"
      "    members: [10.40.10.0/24]\n"
      "    kek: {cipher: 3des-cbc, lifetime: 86400, destination: 239.1.1.1}\n"
      "    gap: {activation-delay: 10, deactivation-delay: 20}\n"
      "    teks:\n"
      "      - {esp: 3des-cbc, authentication: hmac-sha1, lifetime: 3600}\n"
      "      - {esp: 'null', authentication: hmac-sha2-384, lifetime: 3600, mode: transport}\n"
      "      - {esp: aes256-ctr, authentication: hmac-sha2-512, lifetime: 3600}\n"
      "      - {esp: aes128-ccm, lifetime: 3600, source: 10.0.0.0/8}\n"
      "      - {esp: aes128-gmac, lifetime: 3600, destination: 2001:db8::/32}\n"
      "      - {ah: hmac-sha2-256, lifetime: 3600, destination: 239.1.2.3}\n"
      "      - {iec61850: 1.2.3, authentication: none, encryption: aes128-gcm, lifetime: "
      "86401}\n");
  Gm gm(world, "10.40.10.10", kPsk);
  gm.group_id = {1, 0, 0, 0, 239, 77, 0, 1};
  gm.version  = getvpn::Version::parse("1.0.26");
  ASSERT_TRUE(gm.registers());
  EXPECT_EQ(size_of(gm.last(), row("kek_key.algorithm_key")), 32U);  // 8 of IV, 24 of key
  world.expect_sound();
}

TEST(Registration, SeveralPullsUnderOnePhase1) {
  World world(usual());
  Gm gm(world, "10.40.10.10", kPsk);
  gm.version = getvpn::Version::parse("1.0.17");
  ASSERT_TRUE(gm.phase1());
  for (int i = 0; i < 12; ++i) {
    ASSERT_TRUE(gm.accept_pull_2(gm.pull_1().at(0)));
    ASSERT_TRUE(gm.accept_pull_4(gm.pull_3().at(0)));
  }
  world.expect_sound();
}

TEST(Registration, BehindAMarkerTheAnswersHaveOneToo) {
  World world(usual());
  Gm gm(world, "10.40.10.10", kPsk);
  Bytes marked(4);
  append(marked, gm.make_main_1());
  const auto answer = world.send(endpoint("10.40.10.10", 4500), marked);
  ASSERT_THAT(answer, SizeIs(1));
  EXPECT_EQ(to_uint(ByteView(answer[0]).first(4)), 0U);
  EXPECT_EQ(answer[0].at(4 + 17), 0x10);
}

// Behind a marker, octet 5 of the responder cookie stands where without one the version would.
TEST(Registration, NoResponderCookieHidesAMarker) {
  auto policy           = usual();
  policy.unknown_cookie = UnknownCookie::kNotify;
  World world(std::move(policy));
  Gm gm(world, "10.40.10.10", kPsk);
  auto message = gm.make_main_1();
  for (unsigned octet = 0; octet < 256; ++octet) {
    std::fill_n(message.begin() + 8, 8, std::uint8_t{0xc0});
    message.at(8 + 5) = static_cast<std::uint8_t>(octet);
    Bytes marked(4);
    append(marked, message);
    const auto answer = world.send(endpoint("10.40.10.10", 4500), marked);
    ASSERT_THAT(answer, SizeIs(1)) << octet;
    EXPECT_TRUE(equal(ByteView(answer[0]).first(20), ByteView(marked).first(20))) << octet;
  }
}

}  // namespace
}  // namespace gdoi::keyserver::test
