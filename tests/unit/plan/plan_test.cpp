#include "plan/capture_plan.h"
#include "protocol/exchange/message.h"
#include "protocol/keys/key_log.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"
#include "protocol/wire/encode.h"

#include <gmock/gmock.h>

#include <string>

namespace gdoi::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kCaptures = GDOI_CAPTURES_DIR;

CapturePlan read(const std::string& name, bool with_keys) {
  auto reader = capture::Reader::open_file(kCaptures + "/" + name + ".pcap");
  EXPECT_TRUE(reader.ok());
  keys::KeyRing ring;
  if (with_keys) {
    auto log = keys::read_key_file(kCaptures + "/" + name + ".keys");
    EXPECT_TRUE(log.ok());
    ring = std::move(log->ring);
  }
  return plan_capture(*reader, std::move(ring));
}

Settings settings(const std::vector<std::string>& words) {
  Settings made;
  for (const auto& word : words) {
    const auto status = set(made, word);
    EXPECT_TRUE(status.ok()) << status.error().text;
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
  return exchange::payload_summary(exchange::MessageView(tree), number);
}

Bytes group_of(const Plan& plan) {
  return group_body(plan).value_or(Bytes{});
}

TEST(Plan, KeepsTheMessagesOfEachGm) {
  const auto capture = read("reference-live/three-gms-kek-3des", true);
  ASSERT_EQ(capture.registrations.size(), 3U);
  const auto plan = make_plan(capture.registrations[0], {}, capture);
  ASSERT_TRUE(plan.ok()) << plan.error().text;
  EXPECT_EQ(plan->phase1_message(1).captured_frame, 1U);
  EXPECT_EQ(plan->phase1_message(3).captured_frame, 3U);
  EXPECT_EQ(plan->phase1_message(5).captured_frame, 5U);
  EXPECT_EQ(plan->pull1.captured_frame, 7U);
  EXPECT_EQ(plan->pull3.captured_frame, 9U);
  EXPECT_EQ(group_of(*plan), (Bytes{11, 0, 0, 0, 0xd2, 4, 0, 0}));
  EXPECT_TRUE(plan->altered.empty());
}

TEST(Plan, WhatIsMissingIsNamedInOneError) {
  const auto capture = read("reference-gm-registration", false);
  const auto plan    = make_plan(capture.registrations.at(0), {}, capture);
  ASSERT_FALSE(plan.ok());
  EXPECT_EQ(plan.error().text,
            "registration 1 needs --psk and --set group=..., since messages 5 and later are "
            "encrypted and no key log is there that reads them");
  const auto one = make_plan(capture.registrations.at(0), settings({"group=1234"}), capture);
  ASSERT_FALSE(one.ok());
  EXPECT_THAT(one.error().text, HasSubstr("needs --psk, since"));
}

TEST(Plan, DarkMessagesAreMadeFromWhatTheUserSays) {
  const auto capture = read("reference-gm-registration", false);
  const auto plan    = make_plan(capture.registrations.at(0),
                                 settings({"psk=secret", "group=1234", "id=gm.example"}), capture);
  ASSERT_TRUE(plan.ok()) << plan.error().text;
  EXPECT_EQ(plan->phase1_message(1).captured_frame, 1U);
  EXPECT_EQ(plan->phase1_message(5).captured_frame, 0U);
  EXPECT_EQ(payloads(plan->phase1_message(5), 5), "ID, HASH_I");
  EXPECT_EQ(payloads(plan->pull1, 1), "HASH(1), NONCE, ID");
  EXPECT_EQ(payloads(plan->pull3, 3), "HASH(3)");
  EXPECT_EQ(group_of(*plan), (Bytes{11, 0, 0, 0, 0, 0, 4, 0xd2}));
  const auto name = plan->phase1_message(5).document.find(tables::row("id.data.fqdn"));
  ASSERT_TRUE(name);
  EXPECT_EQ(to_bytes(plan->phase1_message(5).document.value(*name).octets.view()),
            to_bytes(bytes_of("gm.example")));
}

TEST(Plan, AddsTheVersionThenReplacesIt) {
  const auto capture = read("reference-gm-registration", true);
  const auto words   = [](const std::string& version) {
    return settings({"psk=secret", "gm-version=" + version});
  };
  const auto plan = make_plan(capture.registrations.at(0), words("1.0.1"), capture);
  ASSERT_TRUE(plan.ok()) << plan.error().text;
  EXPECT_EQ(payloads(plan->phase1_message(1), 1),
            payloads(*capture.registrations[0].first, 1) + ", VID");
  const auto octets = wire::encode(plan->phase1_message(1).document);
  const Bytes tail(octets.end() - 4, octets.end());
  EXPECT_EQ(tail, (Bytes{1, 0, 0, 1}));

  CapturePlan again;
  auto& one           = again.registrations.emplace_back();
  one.story           = capture.registrations[0].story;
  one.first           = Template{plan->phase1_message(1).document.clone(), 1};
  one.pull1           = Template{plan->pull1.document.clone(), 7};
  const auto replaced = make_plan(one, words("1.0.17"), again);
  ASSERT_TRUE(replaced.ok()) << replaced.error().text;
  const auto newer = wire::encode(replaced->phase1_message(1).document);
  EXPECT_EQ(newer.size(), octets.size());
  EXPECT_EQ(newer.back(), 17);
}

TEST(Plan, ReplacesGroupIdentityAndLifetime) {
  const auto capture = read("reference-gm-registration", true);
  const auto plan    = make_plan(
      capture.registrations.at(0),
      settings({"psk=secret", "group=192.0.2.7", "id=user@example", "lifetime=1000"}), capture);
  ASSERT_TRUE(plan.ok()) << plan.error().text;
  EXPECT_EQ(group_of(*plan), (Bytes{1, 0, 0, 0, 192, 0, 2, 7}));
  EXPECT_EQ(payloads(plan->pull1, 1), "HASH(1), NONCE, ID");
  EXPECT_TRUE(plan->phase1_message(5).document.find(tables::row("id.data.user_fqdn")));
  const auto life = plan->phase1_message(1).document.find(tables::row("ike.attr.life_duration"));
  ASSERT_TRUE(life);
  EXPECT_EQ(plan->phase1_message(1).document.value(*life).number, 1000U);
  EXPECT_THAT(plan->altered, ElementsAre("phase-1 lifetime 1000 s", "phase-1 identity user@example",
                                         "group 192.0.2.7"));
}

TEST(Plan, TakesTheOnlyGroupOfTheOthers) {
  const auto capture = read("reference-live/wrong-psk", true);
  const auto plan    = make_plan(capture.registrations.at(0), {}, capture);
  ASSERT_TRUE(plan.ok()) << plan.error().text;
  EXPECT_EQ(group_of(*plan), (Bytes{11, 0, 0, 0, 0xd2, 4, 0, 0}));
}

TEST(Plan, CertificatesAreAskedForByName) {
  const auto capture = read("reference-live/rsa-sig", true);
  const auto plan    = make_plan(capture.registrations.at(0), settings({"psk=secret"}), capture);
  ASSERT_FALSE(plan.ok());
  EXPECT_EQ(plan.error().text,
            "registration 1 needs --cert, --private-key and --ca, since its phase 1 authenticates "
            "with certificates (rsa-sig)");
}

TEST(Settings, SayWhatIsWrongAndNeverThePsk) {
  Settings made;
  for (const std::string word : {"colour=red", "gm-version=1.0", "group=red", "lifetime=-1",
                                 "cipher=des-md4-modp768", "id=", "psk="}) {
    EXPECT_FALSE(set(made, word).ok()) << word;
  }
  const auto bad = set(made, "psk=0xabcdefg");
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().text.find("abcdef"), std::string::npos);
  ASSERT_TRUE(set(made, "group=oid:1.2.840.10070.61850.8.1.2").ok());
  EXPECT_EQ(made.group->value.type, 13);  // RFC 8052 section 2.1
}

}  // namespace
}  // namespace gdoi::plan
