#include "report/compare.h"

#include "report/registrations.h"

#include <gmock/gmock.h>

namespace gdoi::report {
namespace {

using registration::Registration;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint16_t kInvalidId = 18;  // RFC 2408 section 3.14.1: INVALID-ID-INFORMATION

Registration refused() {
  Registration one;
  one.number = 1;
  one.gm     = {
      4, {192, 0, 2, 1},
       848
  };
  one.ks = {
      4, {192, 0, 2, 9},
       848
  };
  one.initiator_cookie = {1, 2, 3, 4, 5, 6, 7, 8};
  one.message_id       = 0xcafeU;
  one.first_frame      = 7;
  one.group            = registration::Group{
      11, {0xd2, 4, 0, 0},
       "3523477504", "a remark"
  };
  one.phase1.chosen = "aes128-cbc/sha1/modp1024/psk";
  one.outcome       = registration::Outcome::kRefused;
  one.how           = registration::How::kNotify;
  one.notify_type   = kInvalidId;
  one.step          = "pull1";
  one.reason        = "The KS answered with a NOTIFY.";
  return one;
}

ManifestCapture expecting(const Registration& one) {
  ManifestCapture capture;
  capture.with_keys    = {facts_of(one)};
  capture.without_keys = capture.with_keys;
  return capture;
}

TEST(Facts, AreInTheWordsOfTheManifest) {
  const auto facts = facts_of(refused());
  EXPECT_EQ(fact(facts, "gm"), "192.0.2.1");
  EXPECT_EQ(fact(facts, "initiator_cookie"), "0102030405060708");
  EXPECT_EQ(fact(facts, "message_id"), "0000cafe");
  EXPECT_EQ(fact(facts, "group_octets"), "d2040000");
  EXPECT_EQ(fact(facts, "gm_version"), "not announced");
  EXPECT_EQ(fact(facts, "notify"), "18 INVALID-ID-INFORMATION");
  EXPECT_EQ(fact(facts, "lifetimes"), "none");
}

TEST(Compare, SameIsAsExpected) {
  const auto result = compare(expecting(refused()), true, {refused()}, {});
  EXPECT_TRUE(result.as_expected());
  EXPECT_THAT(result.registrations, ElementsAre(IsEmpty()));
}

TEST(Compare, NamesWhatDiffers) {
  auto found        = refused();
  found.outcome     = registration::Outcome::kIncomplete;
  found.group       = std::nullopt;
  const auto result = compare(expecting(refused()), true, {found}, {});
  EXPECT_FALSE(result.as_expected());
  EXPECT_THAT(result.registrations,
              ElementsAre(ElementsAre("group: expected 3523477504, got none",
                                      "group_octets: expected d2040000, got none",
                                      "outcome: expected refused, got incomplete")));
}

TEST(Compare, MissingAndAdditionalRegistrationsAreDifferences) {
  auto other             = refused();
  other.initiator_cookie = {};
  const auto result      = compare(expecting(refused()), true, {other}, {});
  EXPECT_THAT(result.registrations, ElementsAre(ElementsAre(HasSubstr("does not expect"))));
  EXPECT_THAT(result.missing, ElementsAre(HasSubstr("0102030405060708")));
  EXPECT_FALSE(compare(expecting(refused()), true, {}, {}).as_expected());
}

TEST(Compare, OneExpectationIsMetOnce) {
  const auto result = compare(expecting(refused()), true, {refused(), refused()}, {});
  EXPECT_FALSE(result.as_expected());
}

TEST(Compare, WithoutKeysHashesDoNotCount) {
  auto capture   = expecting(refused());
  capture.counts = {
      {"messages",  "3"      },
      {"hash_good", "1 1 1 1"}
  };
  registration::Counts counts;
  counts.messages = 3;
  EXPECT_TRUE(compare(capture, false, {refused()}, counts).as_expected());
  EXPECT_THAT(compare(capture, true, {refused()}, counts).counts,
              ElementsAre("hash_good: expected 1 1 1 1, got 0 0 0 0"));
}

TEST(Story, ARowHasItsReasonAndItsRemark) {
  CaptureReport report;
  report.registrations   = {refused()};
  report.counts.messages = 1;
  const auto text        = capture_text({}, report, {});
  EXPECT_THAT(text, HasSubstr("192.0.2.1"));
  EXPECT_THAT(text, HasSubstr("3523477504"));
  EXPECT_THAT(text, HasSubstr("pull1, notify 18"));
  EXPECT_THAT(text, HasSubstr("\n     The KS answered with a NOTIFY. (NOTIFY 18 is "
                              "INVALID-ID-INFORMATION) (group: a remark)\n"));
}

TEST(Story, QuietTellsOnlyDifferences) {
  CaptureReport report;
  report.registrations   = {refused()};
  report.counts.messages = 1;
  report.comparison      = compare(expecting(refused()), true, report.registrations, {});
  Contents quiet;
  quiet.quiet            = true;
  report.read.incomplete = 1;  // told where something differs, as what may be the cause
  EXPECT_EQ(capture_text({}, report, quiet), "");
  auto other = refused();
  other.step = "pull3";
  report.registrations.set(0, other);
  report.comparison = compare(expecting(refused()), true, report.registrations, {});
  EXPECT_THAT(capture_text({}, report, quiet), HasSubstr("step: expected pull1, got pull3"));
}

TEST(Story, ASummaryIsNotGoodWhereACaptureWasNotRead) {
  CaptureReport good;
  good.registrations = {refused()};
  good.comparison    = compare(expecting(refused()), true, good.registrations, {});
  count_outcomes(good);
  EXPECT_EQ(summary_text({}, {good}), "1 registration in 1 capture, all as expected: 1 refused\n");
  CaptureReport bad;
  bad.problem = "cut";
  EXPECT_EQ(summary_text({}, {good, bad}),
            "1 registration in 2 captures, 1 capture not read to the end: 1 refused\n");
}

TEST(Story, TextFromTheWireCannotMoveTheCursor) {
  auto one        = refused();
  one.group->text = "\x1b[2J";
  CaptureReport report;
  report.registrations = {one};
  EXPECT_THAT(capture_text({}, report, {}), testing::Not(HasSubstr("\x1b")));
  EXPECT_THAT(registration_line({}, one), testing::Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace gdoi::report
