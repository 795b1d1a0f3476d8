#include "unit/registration/messages.h"

/// What has ended, told while the capture goes on: reference-gm-registration, cut and continued by
/// hand (main mode in frames 1 to 6, PULL in 7 to 10, the GM's messages in the odd frames).
namespace gdoi::registration::test {
namespace {

constexpr auto kCapture = "reference-gm-registration";

class Ended : public testing::Test {
 protected:
  void SetUp() override {
    all_ = read_capture(kCapture);
    follower_.use(read_keys(kCapture));
  }

  /// Takes a message; what has ended by its time.
  std::vector<Registration> take(const Datagram& one) {
    auto packet       = one.packet;
    packet.frame      = ++frame_;
    packet.payload    = one.octets;
    const auto record = follower_.follow(packet, tree_);
    static_cast<void>(tracker_.on_message(packet, record, tree_));
    now_ns_ = packet.time_ns;
    return tracker_.ended(now_ns_);
  }

  /// Takes the first messages, by which nothing has ended.
  void take_first(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_TRUE(take(all_.at(i)).empty()) << i;
    }
  }

  std::vector<Registration> wait(std::int64_t seconds) {
    return tracker_.ended(now_ns_ + seconds * kSecond);
  }

  Datagrams all_;
  Tracker tracker_;

 private:
  exchange::Follower follower_;
  wire::Tree tree_;
  std::uint64_t frame_ = 0;
  std::int64_t now_ns_ = 0;
};

TEST_F(Ended, ARegistrationIsToldOnceWithItsLastMessage) {
  take_first(9);
  const auto ended = take(all_[9]);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].outcome, Outcome::kRegistered);
  EXPECT_TRUE(wait(100).empty());
}

// No packet comes any more: the clock alone decides, and the end says the same.
TEST_F(Ended, SilenceIsToldAfter30Seconds) {
  take_first(7);
  EXPECT_TRUE(wait(29).empty());
  const auto ended = wait(30);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].outcome, Outcome::kRefused);
  EXPECT_EQ(ended[0].how, How::kSilence);
  EXPECT_EQ(ended[0].step, "pull1");
  EXPECT_TRUE(wait(60).empty());
  tracker_.finish();
  EXPECT_EQ(tracker_.registrations().front().outcome, Outcome::kRefused);
  EXPECT_EQ(tracker_.registrations().front().how, How::kSilence);
}

// One lost datagram is no refusal.
TEST_F(Ended, ARepetitionAloneTellsNothing) {
  take_first(7);
  EXPECT_TRUE(take(again(all_[6], all_[6], 7)).empty());
  EXPECT_TRUE(wait(29).empty());
  const auto ended = wait(30);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].how, How::kSilence);
}

TEST_F(Ended, SilenceIsToldWhenTheGmBeginsAnew) {
  take_first(7);
  take(again(all_[6], all_[6], 7));
  const auto ended = take(again(with_cookie(all_[0], 77), all_[6], 12));
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].how, How::kSilence);
  EXPECT_EQ(ended[0].step, "pull1");
}

TEST_F(Ended, IsToldAgainWhereItTurnsOutOtherwise) {
  take_first(7);
  EXPECT_EQ(wait(31).size(), 1U);
  std::vector<Registration> ended;
  for (std::size_t i = 7; i < 10; ++i) {
    ended = take(again(all_[i], all_[6], 40 + static_cast<std::int64_t>(i)));
  }
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].outcome, Outcome::kRegistered);
}

TEST_F(Ended, AKsThatNeverAnswersIsToldSo) {
  take_first(1);
  const auto ended = wait(30);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].outcome, Outcome::kNoAnswer);
}

TEST_F(Ended, AGmThatStoppedIsIncomplete) {
  take_first(8);
  EXPECT_TRUE(wait(29).empty());
  const auto ended = wait(30);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].outcome, Outcome::kIncomplete);
}

TEST_F(Ended, WhatIsClosedForWantOfRoomIsToldBefore) {
  tracker_ = Tracker({}, 1);
  take_first(7);
  const auto ended = take(again(with_cookie(all_[0], 77), all_[6], 1));
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].step, "pull1");
}

}  // namespace
}  // namespace gdoi::registration::test
