// Conversations compared: captured ones with copies of them in which one thing was changed by hand.

#include "plan/difference.h"

#include "plan/capture_plan.h"
#include "protocol/keys/key_log.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/edit.h"

#include <gmock/gmock.h>

#include <functional>
#include <string>

namespace gdoi::plan {
namespace {

using tables::row;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kCaptures = GDOI_CAPTURES_DIR;

CapturePlan read(const std::string& name) {
  auto reader = capture::Reader::open_file(kCaptures + "/" + name + ".pcapng");
  auto log    = keys::read_key_file(kCaptures + "/" + name + ".keys");
  EXPECT_TRUE(reader.ok() && log.ok());
  return plan_capture(*reader, std::move(log->ring));
}

class Differences : public testing::Test {
 protected:
  Differences() : capture(read("story/c-registered-1.0.17")), live(one().said), story(one().story) {
    story.initiator_cookie[0] ^= 1U;  // another session
  }

  [[nodiscard]] const CapturedRegistration& one() const { return capture.registrations.front(); }

  void change(const std::string& message, const std::function<void(wire::Document&)>& how) {
    Template made{live[message].message->document.clone(), 0};
    how(made.document);
    live[message].message = std::make_shared<Template>(std::move(made));
  }

  [[nodiscard]] std::vector<std::string> found(const CompareRules& rules = {}) const {
    std::vector<std::string> texts;
    for (const auto& each :
         compare({one().story, one().said}, {story, live}, rules, Sides::kKeyServer).differences) {
      texts.push_back(each.address + ": " + each.captured + ", " + each.live + " (" + each.why +
                      ")");
    }
    return texts;
  }

  CapturePlan capture;
  Conversation live;
  registration::Registration story;
};

CompareRules only_exact() {
  CompareRules rules;
  EXPECT_TRUE(rules.add("rules: [{address: '**', rule: exact}]", "test").ok());
  return rules;
}

TEST_F(Differences, OfEqualMessagesThereAreNoneButStaleOnes) {
  EXPECT_THAT(found(only_exact()), IsEmpty());
  // KE, nonces and hashes that another session has, too, were not chosen anew.
  const auto stale = found();
  ASSERT_EQ(stale.size(), 6U) << testing::PrintToString(stale);
  EXPECT_THAT(stale[0], HasSubstr("mm4/ke/data"));
  EXPECT_THAT(stale[0], HasSubstr("the same octets again) (fresh)"));
}

TEST_F(Differences, ANumberIsNamedWithItsAddress) {
  change("pull2", [](wire::Document& document) {
    const auto at = document.find(row("kek.key_lifetime"));
    ASSERT_TRUE(at && wire::Editor(document).set_number(*at, 86'401).ok());
  });
  EXPECT_THAT(
      found(only_exact()),
      ElementsAre("pull2/sa/sak/key_lifetime: 604800 s (7 days), 86401 s (1 day 1 s) (exact)"));
}

TEST_F(Differences, ASpiMayBeAnotherButAlwaysTheSame) {
  const auto set = [](wire::Document& document, wire::RowId spi) {
    const auto at = document.find(spi);
    const Bytes octets{0xde, 0xad, 0xbe, 0xef};
    ASSERT_TRUE(at);
    const auto done = document.value(*at).width == 0
                          ? wire::Editor(document).set_octets(*at, octets)
                          : wire::Editor(document).set_number(*at, 0xdeadbeef);
    ASSERT_TRUE(done.ok());
  };
  auto rules = only_exact();
  ASSERT_TRUE(rules.add("rules: [{address: '**/spi', rule: mapped}]", "test").ok());
  change("pull2", [&](wire::Document& document) { set(document, row("sat.spi")); });
  const auto one_sided = found(rules);
  ASSERT_EQ(one_sided.size(), 1U) << testing::PrintToString(one_sided);
  EXPECT_THAT(one_sided[0], HasSubstr("pull4/kd/packet"));
  EXPECT_THAT(one_sided[0], HasSubstr("(mapped)"));
}

TEST_F(Differences, APayloadMayBeMissing) {
  change("pull2", [](wire::Document& document) {
    const auto at = document.find(row("sat"));
    ASSERT_TRUE(at && wire::Editor(document).erase(*at).ok());
  });
  EXPECT_THAT(found(only_exact()), ElementsAre("pull2/sa/sat: there, not there (exact)"));
}

TEST_F(Differences, OfMissingMessagesTheFirstIsTold) {
  live.erase("pull2");
  live.erase("pull4");
  EXPECT_THAT(found(only_exact()), ElementsAre("pull2: sent, not there (exact)"));
}

TEST_F(Differences, AnAddressOfAnEndStandsForThatEnd) {
  // mm6 has the KS's address as its identity (10.80.127.20): live it stands elsewhere.
  story.ks.address[3] = 99;
  change("mm6", [](wire::Document& document) {
    const auto at = document.find(row("id.data.ipv4_addr"));
    ASSERT_TRUE(at && wire::Editor(document).set_octets(*at, Bytes{10, 80, 127, 99}).ok());
  });
  EXPECT_THAT(found(only_exact()), IsEmpty());
  story.ks.address[3] = 98;
  EXPECT_THAT(found(only_exact()),
              ElementsAre("mm6/id/data.ipv4_addr: 10.80.127.20, 10.80.127.99 (exact)"));
}

TEST(CompareRules, MatchBySteps) {
  CompareRules rules;
  ASSERT_TRUE(rules
                  .add("rules:\n"
                       "  - {address: 'pull2/sa/sat[2]/*', rule: ignored}\n"
                       "  - {address: 'pull2/**/life_duration', rule: fresh}\n",
                       "test")
                  .ok());
  const auto rule = [&](std::string_view text) {
    const auto address = Address::parse(text).value();
    return name_of(rules.rule_for(address.message, address.steps));
  };
  EXPECT_EQ(rule("pull2/sa/sat[2]/protocol"), "ignored");
  EXPECT_EQ(rule("pull2/sa/sat[1]/protocol"), "exact");
  EXPECT_EQ(rule("pull2/sa/sat/protocol"), "exact");
  EXPECT_EQ(rule("pull2/sa/sat[2]/src/port"), "exact");
  EXPECT_EQ(rule("pull2/sa/sat[2]/life_duration"), "fresh");
  EXPECT_EQ(rule("pull2/life_duration"), "fresh");
  EXPECT_EQ(rule("pull4/nonce/nonce"), "fresh");
  EXPECT_EQ(rule("mm2/rspi"), "mapped");
}

}  // namespace
}  // namespace gdoi::plan
