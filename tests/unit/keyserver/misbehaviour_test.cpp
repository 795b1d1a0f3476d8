#include "unit/keyserver/gm.h"

namespace gdoi::keyserver::test {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::string_view kPsk = "a pre-shared key";

Policy doing(Misbehaviour what) {
  auto policy                    = default_policy(Secret(bytes_of(kPsk)));
  policy.groups[0].kek->lifetime = 43'200;
  policy.misbehaviour            = what;
  return policy;
}

std::string error_of(std::string_view misbehaviour) {
  const auto policy = parse_policy(
      "psks: [{peer: any, psk: x}]\nmisbehaviour: " + std::string(misbehaviour) +
          "\ngroups: [{name: G, number: 1, kek: {cipher: aes128-cbc, lifetime: 3600}}]\n",
      "p.yaml");
  return policy ? "no error" : policy.error().text;
}

TEST(Misbehaviour, IsOneWordOrOneInBraces) {
  EXPECT_EQ(error_of("no-seq"), "no error");
  EXPECT_EQ(error_of("{late: 3600}"), "no error");
  EXPECT_EQ(error_of("{silent-at: am2}"), "no error");
  EXPECT_THAT(error_of("No-Seq"), HasSubstr("p.yaml:2:15: 'misbehaviour' must be one of wrong-"));
  EXPECT_THAT(error_of("late"), HasSubstr("{late: SECONDS} or {silent-at: MESSAGE}"));
  EXPECT_THAT(error_of("{late: 3601}"), HasSubstr("p.yaml:2:22: 'late' must be a decimal number"));
  EXPECT_THAT(error_of("{silent-at: mm1}"), HasSubstr("p.yaml:2:27: 'silent-at' must be one of "));
  EXPECT_THAT(error_of("{late: 1, silent-at: mm2}"), HasSubstr("p.yaml:2:15: "));
  EXPECT_THAT(error_of("{no-seq: yes}"), HasSubstr("p.yaml:2:16: "));
  EXPECT_THAT(error_of("{}"), HasSubstr("p.yaml:2:15: "));
  EXPECT_THAT(error_of("[no-seq]"), HasSubstr("p.yaml:2:15: "));
  EXPECT_THAT(error_of("foreign-certificate"), HasSubstr("p.yaml:2:15: 'foreign-certificate' "));
}

TEST(Misbehaviour, LateAnswersComeInTheirTime) {
  World world(doing({.misdeed = Misdeed::kLate, .late = 3 * engine::kSecond}));
  Gm gm(world, "10.40.10.10", kPsk);
  EXPECT_THAT(gm.main_1(), IsEmpty());
  EXPECT_THAT(world.wait(2'900 * engine::kSecond / 1'000), IsEmpty());
  EXPECT_THAT(world.wait(engine::kSecond / 5), SizeIs(1));
  EXPECT_THAT(world.wait(10 * engine::kSecond), IsEmpty());
}

TEST(Misbehaviour, SilenceIsKeptWhenTheRequestComesAgain) {
  World world(doing({.misdeed = Misdeed::kSilentAt, .silent_at = "PULL message 2"}));
  Gm gm(world, "10.40.10.10", kPsk);
  ASSERT_TRUE(gm.phase1());
  EXPECT_THAT(gm.pull_1(), IsEmpty());
  const auto request = world.sent().back().octets;
  EXPECT_THAT(world.send(gm.address, request), IsEmpty());
  EXPECT_THAT(world.log(), Each(Not(HasSubstr("HASH"))));
}

// RFC 2408 section 3.1: a message ID names one exchange. What comes again gets what it got.
TEST(Misbehaviour, AReplayedMessageGetsTheOldAnswerOrANewOne) {
  for (const auto misdeed : {Misdeed::kNone, Misdeed::kReplayedAsNew}) {
    World world(doing({.misdeed = misdeed}));
    Gm gm(world, "10.40.10.10", kPsk);
    ASSERT_TRUE(gm.phase1());
    const auto answer = gm.pull_1();
    ASSERT_THAT(answer, SizeIs(1));
    const auto request = world.sent().end()[-2].octets;
    const auto again   = world.send(gm.address, request);
    ASSERT_THAT(again, SizeIs(1));
    EXPECT_EQ(again[0] == answer[0], misdeed == Misdeed::kNone);
    EXPECT_TRUE(gm.accept_pull_2(again[0]));
    const auto keys = gm.pull_3();
    ASSERT_THAT(keys, SizeIs(1));
    EXPECT_TRUE(gm.accept_pull_4(keys[0]));
    // Also after all is done.
    EXPECT_THAT(world.send(gm.address, request), SizeIs(misdeed == Misdeed::kNone ? 0 : 1));
  }
}

TEST(Misbehaviour, MembersAreForgotten) {
  World world(doing({.misdeed = Misdeed::kForgetsMembers}));
  Gm gm(world, "10.40.10.10", kPsk);
  ASSERT_TRUE(gm.registers());
  EXPECT_EQ(world.ks().member_count("group-1"), 0U);
  EXPECT_EQ(world.ks().phase1_count(), 0U);
}

TEST(Misbehaviour, ItAcceptsWrongHashes) {
  World world(doing({.misdeed = Misdeed::kAcceptsWhatItShouldRefuse}));
  Gm gm(world, "10.40.10.10", kPsk);
  ASSERT_THAT(gm.main_1(), SizeIs(1));
  ASSERT_THAT(gm.main_3(), SizeIs(1));
  ASSERT_THAT(gm.main_5(true), SizeIs(1));
  const auto second = gm.pull_1(true);
  ASSERT_THAT(second, SizeIs(1));
  ASSERT_TRUE(gm.accept_pull_2(second[0]));
  EXPECT_THAT(gm.pull_3(true), SizeIs(1));
}

}  // namespace
}  // namespace gdoi::keyserver::test
