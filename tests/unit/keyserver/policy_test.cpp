#include "keyserver/policy.h"

#include "protocol/base/hex.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace gdoi::keyserver {
namespace {

constexpr std::string_view kPsks = "psks: [{peer: any, psk: x}]\n";

// `settings` stand on line 2 and further.
std::string with(std::string_view settings) {
  return std::string(kPsks) + std::string(settings);
}

// A group whose members stand on line 4 and further.
std::string group(std::string_view members) {
  return with("groups:\n  - name: G\n" + std::string(members));
}

std::string error_of(std::string_view text) {
  const auto policy = parse_policy(text, "p.yaml");
  return policy ? "no error" : policy.error().text;
}

std::string example() {
  const std::ifstream in(std::string(GDOI_SOURCE_DIR) + "/replay/keyserver/example-policy.yaml");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(PolicyFile, TheExampleIsRead) {
  const auto policy = parse_policy(example(), "example-policy.yaml");
  ASSERT_TRUE(policy) << policy.error().text;
  EXPECT_EQ(policy->psks.size(), 2U);
  EXPECT_EQ(policy->proposals.size(), 8U);
  EXPECT_EQ(policy->identity->text(), "10.80.127.20");
  ASSERT_EQ(policy->groups.size(), 4U);
  const auto& first = policy->groups[0];
  EXPECT_EQ(first.name, "MYGETVPN");
  EXPECT_EQ(to_hex(first.identity.data), "00000001");
  EXPECT_TRUE(first.uses_long_lifetimes());
  EXPECT_FALSE(first.needs_sender_ids());
  EXPECT_EQ(first.kek->destination->text(), "239.192.1.1");
  ASSERT_EQ(first.teks.size(), 2U);
  EXPECT_EQ(first.teks[0].transform, 12);
  EXPECT_EQ(first.teks[0].key_bits, 256);
  EXPECT_EQ(first.teks[0].authentication, 5);
  EXPECT_EQ(first.teks[1].protocol, 2);
  EXPECT_EQ(to_hex(policy->groups[1].identity.data), "d2040000");
  EXPECT_TRUE(policy->groups[1].needs_sender_ids());
  EXPECT_EQ(policy->groups[2].identity.type, 1);
  EXPECT_FALSE(policy->groups[2].uses_long_lifetimes());  // 86400 s is not long
  // RFC 8052 section 2.1; the DER of the OID as `openssl asn1parse -genstr OID:...` has it.
  EXPECT_EQ(to_hex(policy->groups[3].identity.data), "0d060b2a8648ce5683e31a0801020005a003800101");
}

TEST(PolicyFile, DefaultsAreThoseOfTheExample) {
  const auto plain = parse_policy(with("groups: [{name: a, number: 7, kek: {cipher: aes128-cbc, "
                                       "lifetime: 604800}}]\n"),
                                  "p.yaml");
  const auto full  = parse_policy(example(), "example-policy.yaml");
  ASSERT_TRUE(plain) << plain.error().text;
  ASSERT_TRUE(full);
  ASSERT_EQ(plain->proposals.size(), full->proposals.size());
  for (std::size_t i = 0; i < plain->proposals.size(); ++i) {
    EXPECT_EQ(plain->proposals[i].text(), full->proposals[i].text());
  }
  EXPECT_EQ(plain->version, full->version);
  EXPECT_EQ(plain->announce_version, full->announce_version);
  EXPECT_EQ(plain->features, full->features);
  EXPECT_EQ(plain->long_sa_minimum, full->long_sa_minimum);
  EXPECT_EQ(plain->refusal, full->refusal);
  EXPECT_EQ(plain->refusal_notify, full->refusal_notify);
  EXPECT_EQ(plain->unknown_cookie, full->unknown_cookie);
  EXPECT_EQ(plain->half_open_limit, full->half_open_limit);
  EXPECT_EQ(plain->half_open_timeout, full->half_open_timeout);
  EXPECT_EQ(plain->retransmission.tries, full->retransmission.tries);
  EXPECT_EQ(plain->retransmission.first, full->retransmission.first);
}

TEST(PolicyFile, LongestPrefixOfAPskCounts) {
  const auto policy = parse_policy(
      "psks:\n  - {peer: 10.0.0.0/8, psk: eight}\n  - {peer: any, psk: any}\n"
      "  - {peer: 10.1.2.3, psk: host}\n  - {peer: '::/0', psk: six}\n"
      "groups: [{name: a, number: 1, kek: {cipher: aes128-cbc, lifetime: 300}}]\n",
      "p.yaml");
  ASSERT_TRUE(policy) << policy.error().text;
  const auto psk = [&](const exchange::Endpoint& peer) {
    const auto* const found = policy->psk_for(peer);
    return found == nullptr ? std::string("none")
                            : std::string(found->secret.view().begin(), found->secret.view().end());
  };
  EXPECT_EQ(psk({
                4, {10, 1, 2, 3},
                 848
  }),
            "host");
  EXPECT_EQ(psk({
                4, {10, 1, 2, 4},
                 848
  }),
            "eight");
  EXPECT_EQ(psk({
                4, {192, 0, 2, 1},
                 848
  }),
            "any");
  EXPECT_EQ(psk({
                6, {0x20, 1},
                 848
  }),
            "six");
}

struct Broken {
  const char* name;
  std::string text;
  const char* begins;
  const char* holds;
};

void PrintTo(const Broken& broken, std::ostream* out) {
  *out << broken.name;
}

class BrokenPolicy : public testing::TestWithParam<Broken> {};

TEST_P(BrokenPolicy, IsRefusedWithLineAndColumn) {
  const auto error = error_of(GetParam().text);
  EXPECT_TRUE(error.starts_with(GetParam().begins)) << error;
  EXPECT_NE(error.find(GetParam().holds), std::string::npos) << error;
}

std::string kek(std::string_view cipher, std::string_view lifetime) {
  return group("    number: 1\n    kek:\n      cipher: " + std::string(cipher) +
               "\n      lifetime: " + std::string(lifetime) + "\n");
}

std::string tek(std::string_view settings) {
  return group("    number: 1\n    teks:\n      - " + std::string(settings) + "\n");
}

INSTANTIATE_TEST_SUITE_P(
    PolicyFile, BrokenPolicy,
    testing::Values(
        Broken{"Empty", "", "p.yaml:1:1: ", "a policy must be a map"},
        Broken{"NoGroups", with(""), "p.yaml:1:1: ", "lacks 'groups'"},
        Broken{"NoGroup", with("groups: []\n"), "p.yaml:2:9: ", "at least one group"},
        Broken{"UnknownKey", with("groups: []\ncolour: red\n"), "p.yaml:3:1: ", "'colour'"},
        Broken{"PskTwice", "psks: [{peer: any, psk: a, psk-hex: '61'}]\ngroups: []\n",
               "p.yaml:1:8: ", "either 'psk' or 'psk-hex'"},
        Broken{"PskPeer", "psks:\n  - peer: 10.0.0.1/8\n    psk: a\ngroups: []\n",
               "p.yaml:2:11: ", "without host bits"},
        Broken{"Refusal", with("refusal: maybe\ngroups: []\n"),
               "p.yaml:2:10: ", "silence, notify, delete"},
        Broken{"RefusalNotify", with("refusal-notify: 24578\ngroups: []\n"),
               "p.yaml:2:17: ", "from 1 to 16383"},
        Broken{"Proposal", with("proposals: [aes128-md4-modp2048]\ngroups: []\n"),
               "p.yaml:2:13: ", "aes128-sha256-modp2048"},
        Broken{"UnknownGroup", with("proposals: [des-sha1-modp2047]\ngroups: []\n"),
               "p.yaml:2:13: ", "no proposal"},
        Broken{"SignaturesWithoutCertificate",
               with("proposals: [aes128-sha1-modp2048-rsa-sig]\ngroups: []\n"),
               "p.yaml:2:13: ", "needs 'certificate', 'private-key' and 'ca'"},
        Broken{"Feature", with("features: [teleport]\ngroups: []\n"),
               "p.yaml:2:12: ", "no GETVPN feature"},
        Broken{"Version", with("version: 1.0\ngroups: []\n"), "p.yaml:2:10: ", "as 1.0.4"},
        Broken{"Number", with("half-open-limit: 010\ngroups: []\n"),
               "p.yaml:2:18: ", "without leading zeros"},
        Broken{"NoIdentity", group("    teks: []\n"), "p.yaml:3:5: ", "a group has one of"},
        Broken{"TwoIdentities", group("    number: 1\n    address: 10.0.0.1\n"),
               "p.yaml:3:5: ", "a group has one of"},
        Broken{"GroupNumber", group("    number: 4294967296\n"), "p.yaml:4:13: ", "4294967295"},
        Broken{"GroupAddress", group("    address: 10.0.0.0/8\n"),
               "p.yaml:4:14: ", "must be one address"},
        Broken{"GroupOid", group("    oid: 9.9.9\n"), "p.yaml:4:10: ", "object identifier"},
        Broken{"NoPolicy", group("    number: 1\n"), "p.yaml:3:5: ", "a kek, teks or both"},
        Broken{"SameName",
               with("groups:\n  - {name: G, number: 1, kek: {cipher: 3des-cbc, lifetime: 300}}\n"
                    "  - {name: G, number: 2, kek: {cipher: 3des-cbc, lifetime: 300}}\n"),
               "p.yaml:4:12: ", "second group with the name"},
        Broken{"SameIdentity",
               with("groups:\n  - {name: G, number: 1, kek: {cipher: 3des-cbc, lifetime: 300}}\n"
                    "  - {name: H, octets: '00000001', kek: {cipher: 3des-cbc, lifetime: 300}}\n"),
               "p.yaml:4:5: ", "second group with this identity"},
        // The rules of long lifetimes (GET VPN configuration guide).
        Broken{"KekTooShort", kek("aes128-cbc", "299"), "p.yaml:7:17: ", "from 300 to 2592000"},
        Broken{"KekTooLong", kek("aes128-cbc", "2592001"), "p.yaml:7:17: ", "from 300 to 2592000"},
        Broken{"Long3desKek", kek("3des-cbc", "86401"), "p.yaml:7:17: ", "128 bits or more"},
        Broken{"DesKek", kek("des-cbc", "300"), "p.yaml:6:15: ", "aes128-cbc"},
        Broken{"TekTooShort", tek("{esp: aes128-cbc, authentication: hmac-sha1, lifetime: 119}"),
               "p.yaml:6:64: ", "from 120 to 2592000"},
        Broken{"Long3desTek", tek("{esp: 3des-cbc, authentication: hmac-sha1, lifetime: 86401}"),
               "p.yaml:6:62: ", "128 bits or more"},
        Broken{"LongCounterMode",
               tek("{esp: aes256-ctr, authentication: hmac-sha1, lifetime: 86401}"),
               "p.yaml:6:64: ", "AES-CBC or AES-GCM"},
        Broken{"LongAh", tek("{ah: hmac-sha1, lifetime: 86401}"), "p.yaml:6:35: ", "AES-CBC"},
        Broken{
            "LongNotSwitchedOn",
            with("features: [gm-removal]\ngroups:\n  - name: G\n    number: 1\n    kek: {cipher: "
                 "aes128-cbc, lifetime: 86401}\n"),
            "p.yaml:6:41: ", "needs the feature long-sa-lifetime"},
        Broken{"CbcWithoutIntegrity", tek("{esp: aes128-cbc, lifetime: 300}"),
               "p.yaml:6:9: ", "needs an 'authentication'"},
        Broken{"GcmWithIntegrity",
               tek("{esp: aes128-gcm, authentication: hmac-sha1, lifetime: 300}"),
               "p.yaml:6:9: ", "takes no 'authentication'"},
        Broken{
            "IecCbcWithoutIntegrity",
            tek("{iec61850: 1.2.3, authentication: none, encryption: aes128-cbc, lifetime: 300}"),
            "p.yaml:6:43: ", "RFC 8052 section 2.2.3"},
        Broken{
            "TwoFamilies",
            tek("{esp: aes128-gcm, lifetime: 300, source: 10.0.0.0/8, destination: '2001:db8::'}"),
            "p.yaml:6:75: ", "two address families"},
        Broken{"Transform", tek("{esp: rot13, lifetime: 300}"), "p.yaml:6:15: ", "aes128-gcm"}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(PolicyFile, TheRangesEndsAreInside) {
  for (const auto* const lifetime : {"300", "86400", "86401", "2592000"}) {
    EXPECT_EQ(error_of(kek("aes128-cbc", lifetime)), "no error") << lifetime;
  }
  EXPECT_EQ(error_of(kek("3des-cbc", "86400")), "no error");
  EXPECT_EQ(error_of(tek("{esp: 3des-cbc, authentication: hmac-sha1, lifetime: 120}")), "no error");
}

TEST(PolicyFile, NoErrorQuotesAPsk) {
  const auto error = error_of("psks: [{peer: any, psk-hex: 5ec4e7x}]\ngroups: []\n");
  EXPECT_TRUE(error.starts_with("p.yaml:1:29: ")) << error;
  EXPECT_EQ(error.find("5ec4e7"), std::string::npos) << error;
}

TEST(DefaultPolicy, IsGroup1ForAWeekAndAnHour) {
  const auto policy = default_policy(Secret(bytes_of("x")));
  ASSERT_EQ(policy.groups.size(), 1U);
  EXPECT_EQ(to_hex(policy.groups[0].identity.data), "00000001");
  EXPECT_EQ(policy.groups[0].kek->lifetime, 604'800U);
  ASSERT_EQ(policy.groups[0].teks.size(), 1U);
  EXPECT_EQ(policy.groups[0].teks[0].lifetime, 3'600U);
  EXPECT_EQ(policy.proposals.size(), 8U);
  EXPECT_EQ(policy.refusal, Refusal::kSilence);
}

}  // namespace
}  // namespace gdoi::keyserver
