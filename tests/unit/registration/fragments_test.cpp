#include "protocol/exchange/fragments.h"

#include "unit/registration/messages.h"

/// IKE fragmentation: message 6 of a phase 1 with certificates in two fragments, of which the
/// second may not come.
namespace gdoi::registration::test {
namespace {

constexpr std::size_t kLast    = 5;
constexpr std::size_t kLongest = 548;

class IkeFragments : public testing::Test {
 protected:
  void SetUp() override {
    const auto parts = exchange::cut(capture_[kLast].octets, kLongest);
    ASSERT_EQ(parts.size(), 2U);
    for (const auto& part : parts) {
      auto one   = capture_[kLast];
      one.octets = part;
      parts_.push_back(one);
    }
    begun_ = Datagrams(capture_.begin(), capture_.begin() + kLast);
    begun_.push_back(parts_[0]);
  }

  /// Message 5 and the first fragment of message 6, some seconds later.
  void repeat(std::int64_t seconds) {
    begun_.push_back(again(capture_[kLast - 1], capture_[kLast - 1], seconds));
    begun_.push_back(again(parts_[0], parts_[0], seconds));
  }

  Datagrams capture_ = read_capture("reference-live/rsa-sig");
  Datagrams parts_;
  Datagrams begun_;
};

TEST_F(IkeFragments, AreWhyAMessageIsNotAnswered) {
  for (const auto seconds : {10, 20, 30}) {
    repeat(seconds);
  }
  const auto found = track(renumbered(begun_)).registrations.front();
  EXPECT_EQ(found.step, "mm5");
  ASSERT_TRUE(found.diagnosis.best);
  EXPECT_EQ(found.diagnosis.best->cause, Cause::kFragmentsLost);
  EXPECT_EQ(found.diagnosis.best->grade, Grade::kLikely);
  EXPECT_THAT(found.diagnosis.why,
              testing::HasSubstr("Of a message in fragments (frame 10) not all came"));
}

TEST_F(IkeFragments, AreNotLostWhereTheyComeInTheEnd) {
  repeat(10);
  begun_.push_back(again(parts_[1], begun_.back(), 0));
  begun_.insert(begun_.end(), capture_.begin() + kLast + 1, capture_.begin() + 10);
  const auto found = track(renumbered(begun_), read_keys("reference-live/rsa-sig"));
  EXPECT_EQ(found.registrations.front().outcome, Outcome::kRegistered);
  EXPECT_TRUE(found.registrations.front().decrypted);
  EXPECT_FALSE(found.registrations.front().diagnosis.best);
}

// What an earlier attempt left makes the message whole at the first fragment of the next.
TEST_F(IkeFragments, AreNotLostWhereAnEarlierAttemptHadSomeOfThem) {
  begun_.pop_back();
  begun_.push_back(parts_[1]);
  begun_.push_back(again(capture_[kLast - 1], capture_[kLast - 1], 10));
  for (const auto& part : parts_) {
    begun_.push_back(again(part, begun_.back(), 0));
  }
  for (const auto seconds : {20, 30, 40}) {
    begun_.push_back(again(capture_[kLast + 1], capture_[kLast + 1], seconds));
  }
  const auto found = track(renumbered(begun_)).registrations.front();
  EXPECT_EQ(found.step, "pull1");
  EXPECT_THAT(found.diagnosis.why, testing::Not(testing::HasSubstr("fragments")));
}

TEST_F(IkeFragments, AreNotWhyALaterMessageIsNotAnswered) {
  begun_.push_back(again(capture_[kLast - 1], capture_[kLast - 1], 10));
  begun_.push_back(again(capture_[kLast], begun_.back(), 0));
  for (const auto seconds : {20, 30, 40}) {
    begun_.push_back(again(capture_[kLast + 1], capture_[kLast + 1], seconds));
  }
  const auto found = track(renumbered(begun_)).registrations.front();
  EXPECT_EQ(found.step, "pull1");
  ASSERT_TRUE(found.diagnosis.best);
  EXPECT_NE(found.diagnosis.best->cause, Cause::kFragmentsLost);
  EXPECT_THAT(found.diagnosis.why, testing::Not(testing::HasSubstr("fragments")));
}

TEST_F(IkeFragments, AreNotLostWhereTheCaptureEndsBetweenThem) {
  const auto found = track(renumbered(begun_)).registrations.front();
  EXPECT_EQ(found.outcome, Outcome::kIncomplete);
  EXPECT_FALSE(found.diagnosis.best);
}

TEST_F(IkeFragments, AreLostAsFarAsIsKnownOnceTimeHasPassed) {
  repeat(10);
  repeat(20);
  exchange::Intake intake;
  Tracker tracker;
  std::vector<bool> lost;
  feed(intake, tracker, renumbered(begun_), [&](std::uint32_t /*number*/) {
    const auto now = tracker.registrations().front().diagnosis.best;
    lost.push_back(now && now->cause == Cause::kFragmentsLost);
  });
  // Frames 1 to 5, the fragment, message 5 and the fragment again 10 s later, and so 20 s later.
  EXPECT_EQ(lost,
            (std::vector<bool>{false, false, false, false, false, false, true, true, true, true}));
}

}  // namespace
}  // namespace gdoi::registration::test
