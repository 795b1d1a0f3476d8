// Addresses of a captured message, and changes as a user writes them.

#include "plan/alter.h"
#include "plan/capture_plan.h"
#include "plan/rehearse.h"
#include "protocol/keys/key_log.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/encode.h"

#include <gmock/gmock.h>

#include <string>

namespace gdoi::plan {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Pair;

/// gdoid's GM: one transform of 3DES, group 1234 as a key ID.
Result<Plan> plan_with(const std::vector<std::string>& changes) {
  const auto path = std::string(GDOI_CAPTURES_DIR) + "/reference-gm-registration";
  auto reader     = capture::Reader::open_file(path + ".pcap");
  EXPECT_TRUE(reader.ok());
  auto log = keys::read_key_file(path + ".keys");
  EXPECT_TRUE(log.ok());
  const auto capture = plan_capture(*reader, std::move(log->ring));
  Settings settings;
  settings.psk = Secret(bytes_of("secret"));
  for (const auto& one : changes) {
    auto change = parse_change(one);
    EXPECT_TRUE(change.ok()) << (change.ok() ? "" : change.error().text);
    settings.changes.push_back(std::move(change).value());
  }
  return make_plan(capture.registrations.at(0), settings, capture);
}

Plan reference(const std::vector<std::string>& changes) {
  auto made = plan_with(changes);
  EXPECT_TRUE(made.ok()) << (made.ok() ? "" : made.error().text);
  return std::move(made).value();
}

std::string altered(const std::string& change) {
  auto plan       = reference({change});
  const auto done = rehearse(plan);
  EXPECT_TRUE(done.ok()) << (done.ok() ? "" : done.error().text);
  return done.ok() && done->size() == 1 ? done->front().text : "";
}

Bytes octets_of(const Plan& plan, std::string_view message) {
  for (const auto& [name, from] : messages_of(plan)) {
    if (name == message) {
      const auto& document = from->document;
      auto octets          = wire::encode(document);
      if (document.plaintext() != wire::kNoRef) {
        octets = wire::encode(document, document.plaintext());
      }
      return octets;
    }
  }
  return {};
}

TEST(Address, IsWrittenAndReadAlike) {
  for (const std::string text : {"mm1", "mm1/transform[2]/key_length", "pull1/id.data"}) {
    const auto address = Address::parse(text);
    ASSERT_TRUE(address.ok());
    EXPECT_EQ(address->text(), text);
  }
  for (const std::string text : {"", "mm1/", "/x", "mm1[2]", "mm1/a[0]", "mm1/a[b]", "mm1/a[2",
                                 "mm1//b", "mm1/a[2]b", "mm1/a[]"}) {
    EXPECT_FALSE(Address::parse(text).ok()) << text;
  }
}

TEST(Address, NamesEveryFieldOfAMessage) {
  const auto plan = reference({});
  const auto all  = addresses_of("mm1", plan.phase1_message(1));
  EXPECT_THAT(all, Contains(Pair("mm1/sa/doi", "GDOI (2)")));
  EXPECT_THAT(all, Contains(Pair("mm1/sa/proposal/transform/life_duration", "3600")));
  EXPECT_THAT(all, Contains(Pair("mm1/rspi", "0000000000000000")));
  const auto pull = addresses_of("pull1", plan.pull1);
  EXPECT_THAT(pull, Contains(Pair("pull1/id/data.key_id", "000004d2")));
}

TEST(Address, MayLeaveStepsOutAsLongAsOnePlaceIsMeant) {
  const auto plan      = reference({});
  const auto& document = plan.phase1_message(1).document;
  const auto found     = [&](const std::string& text) {
    const auto address = Address::parse(text);
    const auto place   = find_place(document, address.value(), Target::kField);
    return place.ok() ? place->text() : place.error().text;
  };
  for (const auto* text : {"mm1/sa/proposal/transform/life_duration", "mm1/life_duration",
                           "mm1/transform[1]/life_duration", "mm1/ike.attr.life_duration"}) {
    EXPECT_EQ(found(text), "sa/proposal/transform/life_duration") << text;
  }
  // A whole address comes before one with steps left out: the SA's RESERVED has others below it.
  EXPECT_EQ(found("mm1/sa/reserved"), "sa/reserved");
  EXPECT_EQ(found("mm1/length"), "length");
  EXPECT_EQ(found("mm1/proposal/reserved"), "sa/proposal/reserved");
  EXPECT_THAT(found("mm1/payloadlength"),
              HasSubstr("names several; there are: mm1/sa/payloadlength, "
                        "mm1/sa/proposal/payloadlength, mm1/sa/proposal/transform/payloadlength"));
  EXPECT_THAT(found("mm1/transform[2]/life_duration"), HasSubstr("names nothing; there are: "));
  EXPECT_THAT(found("mm1/colour"), HasSubstr("mm1/sa/doi, "));
}

TEST(Change, ErrorsSayWhatThereIs) {
  const auto error = [](const std::string& text) {
    const auto change = parse_change(text);
    return change.ok() ? "" : change.error().text;
  };
  EXPECT_THAT(error("mm2: lose"), HasSubstr("there is no message mm2 of a GM; there are mm1, mm3, "
                                            "mm5, am1, am3, pull1, pull3"));
  EXPECT_THAT(error("mm1: explode"), HasSubstr("there is no operation explode; there are set, "));
  EXPECT_THAT(error("mm1"), HasSubstr("a change is \"ADDRESS: OPERATION [VALUE]\""));
  EXPECT_THAT(error("mm1/sa: break-hash"), HasSubstr("wants a message alone"));
  EXPECT_THAT(error("mm1: set 2"), HasSubstr("wants a place in the message"));
  EXPECT_THAT(error("mm1/sa: drop it"), HasSubstr("takes no value"));
  EXPECT_THAT(error("mm1: cut"), HasSubstr("takes N|-N"));
  EXPECT_THAT(error("mm1: cut a lot"), HasSubstr("wants a number"));
  EXPECT_THAT(error("mm1: delay 4000"), HasSubstr("at most an hour"));
  EXPECT_THAT(error("mm3: again-after mm1"), HasSubstr("comes after mm3"));
  EXPECT_THAT(error("mm3: before mm1"), HasSubstr("pull1 before mm5, or pull3 before pull1"));
  EXPECT_THAT(error("mm3: reuse-cookie"), HasSubstr("mm1 or am1"));
  EXPECT_THAT(error("mm1: trail 123"), HasSubstr("pairs of hex digits"));
  EXPECT_EQ(error("pull1:   break-hash  "), "");
}

TEST(Change, OfTheCommandLineAndOfAScenarioAreTheSame) {
  EXPECT_EQ(parse_change("pull1/id.data: set 0x01")->text(), "pull1/id.data: set 0x01");
  EXPECT_EQ(parse_set("pull1/id.data=0x01")->value().text(), "pull1/id.data: set 0x01");
  EXPECT_EQ(make_change("pull1/id.data", "set", "0x01")->text(), "pull1/id.data: set 0x01");
  EXPECT_FALSE(parse_set("group=1").has_value());
}

TEST(Change, SaysWhatItDid) {
  EXPECT_EQ(altered("mm1/life_duration: set 86400"),
            "mm1/sa/proposal/transform/life_duration: 86400 instead of 3600");
  EXPECT_EQ(altered("mm1/hash_algorithm: set md5"),
            "mm1/sa/proposal/transform/hash_algorithm: MD5 (1) instead of SHA (2)");
  EXPECT_EQ(altered("mm5/id.data: set 192.0.2.1"),
            "mm5/id/data.ipv4_addr: 192.0.2.1 instead of 127.0.0.1");
  EXPECT_EQ(altered("mm1/sa/payloadlength: lie +4"), "mm1/sa/payloadlength: says 56 instead of 52");
  EXPECT_EQ(altered("mm5/notify: drop"), "mm5/notify: left out");
  EXPECT_EQ(altered("pull1/id: repeat 2"), "pull1/id: repeated 2 times");
  EXPECT_EQ(altered("mm3/nonce: move 1"), "mm3/nonce: moved to place 1");
  EXPECT_EQ(altered("mm1: reserved"), "mm1: 4 RESERVED fields are 1 instead of 0");
  EXPECT_EQ(altered("pull3: break-hash"), "pull3: the last bit of its HASH flipped");
  EXPECT_EQ(altered("mm3: reserved-flags"), "mm3: flags 0xf8 with reserved bits");
  EXPECT_EQ(altered("pull1: add vid 0x0102"), "pull1: vid added, 6 octets");
}

// Octets by hand (RFC 2408 sections 3.2, 3.3 and 3.5).
TEST(Change, LengthsFollowButForALie) {
  auto plan = reference({"mm1/transform: add key_length 256"});
  ASSERT_TRUE(rehearse(plan).ok());
  auto octets = octets_of(plan, "mm1");
  EXPECT_EQ(octets.size(), 84U);
  EXPECT_EQ(octets[27], 84);                                                  // message
  EXPECT_EQ(octets[31], 56);                                                  // SA
  EXPECT_EQ(octets[43], 44);                                                  // proposal
  EXPECT_EQ(octets[51], 36);                                                  // transform
  EXPECT_EQ(Bytes(octets.end() - 4, octets.end()), (Bytes{0x80, 14, 1, 0}));  // TV of 256

  plan = reference({"mm1/proposal/payloadlength: lie 44", "mm1/length: lie 20"});
  ASSERT_TRUE(rehearse(plan).ok());
  octets = octets_of(plan, "mm1");
  EXPECT_EQ(octets.size(), 80U);
  EXPECT_EQ(octets[27], 20);
  EXPECT_EQ(octets[31], 52);
  EXPECT_EQ(octets[43], 44);
}

TEST(Change, ATypeThatSteersTheLayoutIsFollowed) {
  auto plan = reference({"pull1/id/type: set ID_FQDN", "pull1/id.data: set ks.example"});
  ASSERT_TRUE(rehearse(plan).ok());
  const auto octets = octets_of(plan, "pull1");
  EXPECT_THAT(std::string(octets.begin(), octets.end()), EndsWith("ks.example"));
  EXPECT_EQ(octets[octets.size() - 14], 2);  // ID type (RFC 2407 section 4.6.2.1)
  EXPECT_EQ(octets[octets.size() - 15], 18);
}

TEST(Change, ThatTheMessageCannotTakeIsAnErrorOfThePlan) {
  const auto problem = [](const std::string& change) {
    const auto made = plan_with({change});
    return made.ok() ? "" : made.error().text;
  };
  EXPECT_THAT(problem("am1: lose"),
              HasSubstr("this registration has no am1; its GM sends mm1, mm3, "
                        "mm5, pull1, pull3"));
  EXPECT_THAT(problem("mm1: clear"), HasSubstr("not encrypted anyway"));
  EXPECT_THAT(problem("mm1: break-hash"), HasSubstr("neither HASH nor SIG"));
  EXPECT_THAT(problem("pull1/id/type: set 256"), HasSubstr("256 does not fit the 1 octets"));
  EXPECT_THAT(problem("pull1/id/type: set red"), HasSubstr("red is no number"));
  EXPECT_THAT(problem("pull1/nonce: set 12"), HasSubstr("0x and pairs of hex digits"));
  EXPECT_THAT(problem("mm5/id.data: set 0x01"), HasSubstr("has 4 octets, not 1"));
  EXPECT_THAT(problem("pull1: add colour 0x"),
              HasSubstr("there is no payload colour; there are sa"));
  EXPECT_THAT(problem("mm1/transform: add colour 1"),
              HasSubstr("there is no attribute colour; there are encryption_algorithm"));
  EXPECT_THAT(problem("mm1/sa/payloadlength: lie 70000"), HasSubstr("does not fit its 2 octets"));
}

TEST(Change, OfTheDatagram) {
  const auto plan      = reference({});
  const auto& document = plan.pull1.document;
  const auto change    = [&](const std::string& text) {
    Bytes datagram(40, 0xaa);
    std::vector<Altered> done;
    const std::vector<Change> changes{parse_change(text).value()};
    const auto status = alter_datagram(datagram, document, "pull1", changes, done);
    EXPECT_EQ(status.ok(), done.size() == 1U) << text;
    return status.ok() ? datagram : Bytes{};
  };
  EXPECT_EQ(change("pull1: cut 30").size(), 30U);
  EXPECT_EQ(change("pull1: cut -30").size(), 10U);
  EXPECT_EQ(change("pull1: cut 40").size(), 0U);
  EXPECT_EQ(change("pull1: trail 0x0102").back(), 2);
  EXPECT_EQ(change("pull1: flip 39").back(), 0xab);
  EXPECT_TRUE(change("pull1: flip 40").empty());
  const auto clear = change("pull1: clear");
  EXPECT_EQ(clear[19] & 1, 0);         // RFC 2408 section 3.1
  EXPECT_EQ(clear[27], clear.size());  // 28 of the header, HASH 24, nonce 20, ID 12
  EXPECT_EQ(clear.size(), 84U);
  EXPECT_EQ(clear.back(), 0xd2);
}

}  // namespace
}  // namespace gdoi::plan
