// Plans in which the user's certificate takes the captured one's place.

#include "plan/capture_plan.h"
#include "plan/rebind.h"
#include "protocol/exchange/message.h"
#include "protocol/keys/key_log.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"
#include "protocol/wire/encode.h"

#include <gmock/gmock.h>

namespace gdoi::plan {
namespace {

using tables::row;
using testing::ElementsAre;
using testing::HasSubstr;

CapturePlan read(const std::string& name) {
  const auto path = std::string(GDOI_CAPTURES_DIR) + "/reference-live/" + name;
  auto reader     = capture::Reader::open_file(path + ".pcap");
  EXPECT_TRUE(reader.ok());
  return plan_capture(*reader, std::move(keys::read_key_file(path + ".keys")->ring));
}

Settings settings(const std::string& certificate, const std::vector<std::string>& words = {}) {
  const std::string folder = GDOI_VECTORS_DIR "/certificates/";
  Settings made;
  auto loaded = engine::Credentials::load(
      {folder + certificate + ".pem", folder + certificate + ".key", folder + "root.pem", ""}, {});
  EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().text);
  made.credentials = std::make_shared<const engine::Credentials>(std::move(loaded).value());
  for (const auto& word : words) {
    EXPECT_TRUE(set(made, word)) << word;
  }
  return made;
}

std::string payloads(const Template& message, std::uint8_t number) {
  const auto octets = wire::encode(message.document);
  wire::Tree tree;
  wire::decode(tables::schema(), octets, {}, tree);
  if (message.document.plaintext() != wire::kNoRef) {
    wire::decode_plaintext(tables::schema(),
                           Secret(wire::encode(message.document, message.document.plaintext())), 16,
                           tree);
  }
  EXPECT_TRUE(wire::covers(tree));
  return exchange::payload_summary(exchange::MessageView(tree), number);
}

Bytes data_of(const Template& message, wire::RowId field) {
  const auto node = message.document.find(field);
  return node ? to_bytes(message.document.value(*node).octets.view()) : Bytes{};
}

TEST(CertificatePlan, TheUsersCertificateStandsWhereTheCapturedOneStood) {
  const auto capture = read("rsa-sig");
  const auto with    = settings("gm-rsa");
  const auto plan    = make_plan(capture.registrations.at(0), with, capture);
  ASSERT_TRUE(plan.ok()) << plan.error().text;
  EXPECT_EQ(plan->auth_method, crypto::kAuthRsa);
  EXPECT_TRUE(plan->psk.empty());
  const auto& fifth = plan->phase1_message(5);
  EXPECT_EQ(fifth.captured_frame, 5U);
  EXPECT_EQ(payloads(fifth, 5), "ID, CERT, SIG_I, NOTIFY INITIAL-CONTACT");
  EXPECT_EQ(data_of(fifth, row("cert.data")), with.credentials->own().der());
  EXPECT_EQ(body_of(fifth.document, row("payload.id")), (Bytes{1, 0, 0, 0, 192, 0, 2, 9}));
  EXPECT_THAT(plan->altered,
              ElementsAre("phase-1 identity 192.0.2.9 and certificate CN=gm,O=GDOI tests, in place "
                          "of the captured 10.0.224.37 and CN=gm1,O=gdoid test"));
}

TEST(CertificatePlan, TheWholeChainIsSent) {
  const auto capture = read("rsa-sig");
  auto with          = settings("gm-rsa");
  auto chain         = *with.credentials;
  chain.chain.push_back(chain.chain.front());
  with.credentials = std::make_shared<const engine::Credentials>(chain);
  const auto plan  = make_plan(capture.registrations.at(0), with, capture);
  ASSERT_TRUE(plan.ok()) << plan.error().text;
  EXPECT_EQ(payloads(plan->phase1_message(5), 5), "ID, CERT, CERT, SIG_I, NOTIFY INITIAL-CONTACT");
}

TEST(CertificatePlan, WhereNoneWasCapturedOneIsAskedFor) {
  const auto capture = read("three-gms-kek-3des");
  const auto with    = settings("gm-256", {"cipher=aes128-sha256-ecp256-ecdsa-256"});
  const auto plan    = make_plan(capture.registrations.at(0), with, capture);
  ASSERT_TRUE(plan.ok()) << plan.error().text;
  EXPECT_EQ(payloads(plan->phase1_message(3), 3), "KE, NONCE, CERTREQ");
  EXPECT_EQ(data_of(plan->phase1_message(3), row("ike.certreq.authority")),
            with.credentials->trust.authorities().front().subject_der());
  EXPECT_EQ(payloads(plan->phase1_message(5), 5), "ID, CERT, SIG_I, NOTIFY INITIAL-CONTACT");
}

TEST(CertificatePlan, AggressiveModeNamesTheIdentityInItsFirstMessage) {
  const auto capture = read("aggressive");
  const auto with    = settings("gm-rsa", {"cipher=aes128-sha1-modp1024-rsa-sig", "id=gm.example"});
  const auto plan    = make_plan(capture.registrations.at(0), with, capture);
  ASSERT_TRUE(plan.ok()) << plan.error().text;
  ASSERT_EQ(plan->phase1.size(), 2U);
  EXPECT_EQ(plan->mode, exchange::Exchange::kAggressive);
  EXPECT_EQ(payloads(plan->phase1_message(1), 1), "SA, KE, NONCE, ID, CERTREQ");
  EXPECT_EQ(payloads(plan->phase1_message(3), 3), "CERT, SIG_I");
  EXPECT_EQ(data_of(plan->phase1_message(1), row("id.data.fqdn")),
            to_bytes(bytes_of("gm.example")));
}

TEST(CertificatePlan, ASuiteWithoutSuffixGoesBackToAPreSharedKey) {
  const auto capture = read("rsa-sig");
  Settings with;
  ASSERT_TRUE(set(with, "cipher=aes128-sha1-modp2048"));
  ASSERT_TRUE(set(with, "psk=secret"));
  const auto plan = make_plan(capture.registrations.at(0), with, capture);
  ASSERT_TRUE(plan.ok()) << plan.error().text;
  EXPECT_EQ(payloads(plan->phase1_message(5), 5), "ID, HASH_I, NOTIFY INITIAL-CONTACT");
  EXPECT_EQ(plan->credentials, nullptr);
}

TEST(CertificatePlan, WhatDoesNotFitIsNamed) {
  const auto capture = read("rsa-sig");
  const auto error   = [&](const Settings& with) {
    const auto plan = make_plan(capture.registrations.at(0), with, capture);
    EXPECT_FALSE(plan.ok());
    return plan.ok() ? std::string() : plan.error().text;
  };
  EXPECT_THAT(error(settings("gm-256")),
              HasSubstr("authenticates with rsa-sig and the private key is ECDSA P-256"));
  EXPECT_THAT(
      error(settings("gm-rsa", {"id=10.0.224.37"})),
      HasSubstr("--set id=10.0.224.37: the certificate CN=gm,O=GDOI tests does not name it"));
}

TEST(Suites, HaveNamesForEveryWayToAuthenticate) {
  for (const auto& [name, auth] : std::vector<std::pair<std::string, std::uint16_t>>{
           {"aes128-sha256-modp2048",           1 },
           {"aes256-sha384-ecp384-ecdsa-384",   10},
           {"3des-sha1-modp1024-rsa-sig",       3 },
           {"des-md5-modp768-ecdsa-521",        11},
           {"aes192-sha512-modp8192-ecdsa-256", 9 }
  }) {
    const auto found = keyserver::proposal_named(name);
    ASSERT_TRUE(found) << name;
    EXPECT_EQ(found->auth_method, auth) << name;
    EXPECT_EQ(found->text(), name);
  }
  EXPECT_EQ(keyserver::proposal_named("aes128-sha256-modp2048-psk"),
            keyserver::proposal_named("aes128-sha256-modp2048"));
  for (const auto* const name : {"aes128-sha256-modp2048-dss", "rsa-sig", "-rsa-sig",
                                 "aes128-sha256", "aes128-sha256-modp2048-rsa-sig-psk"}) {
    EXPECT_FALSE(keyserver::proposal_named(name)) << name;
  }
}

}  // namespace
}  // namespace gdoi::plan
