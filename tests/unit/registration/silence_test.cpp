#include "unit/registration/messages.h"

#include <map>

/// reference-gm-registration, cut and continued by hand: main mode in frames 1 to 6, PULL in 7 to
/// 10, the GM's messages in the odd frames.
namespace gdoi::registration::test {
namespace {

using testing::HasSubstr;

constexpr auto kCapture = "reference-gm-registration";

Datagrams first(std::size_t count) {
  auto all = read_capture(kCapture);
  all.resize(count);
  return all;
}

/// A message of somebody else, which only shows that the capture goes on.
Datagram stranger(const Datagram& after, std::int64_t seconds) {
  auto one          = again(with_cookie(first(1).front(), 0x1122334455667788), after, seconds);
  one.packet.source = {
      4, {192, 0, 2, 1},
       848
  };
  one.packet.destination = {
      4, {192, 0, 2, 2},
       848
  };
  return one;
}

Registration only(const Found& found) {
  EXPECT_EQ(found.registrations.size(), 1U);
  return found.registrations.empty() ? Registration{} : found.registrations.front();
}

struct SilentStep {
  std::size_t messages;  ///< kept; the last is the GM's
  std::string step;

  friend void PrintTo(const SilentStep& one, std::ostream* out) { *out << one.step; }
};

class SilentKs : public testing::TestWithParam<std::tuple<SilentStep, bool>> {
 protected:
  SilentStep at_ = std::get<0>(GetParam());

  [[nodiscard]] static keys::KeyRing ring() {
    return std::get<1>(GetParam()) ? read_keys(kCapture) : keys::KeyRing{};
  }
};

TEST_P(SilentKs, RefusesByIt) {
  auto all        = first(at_.messages);
  const auto last = all.back();
  all.push_back(again(last, last, 7));
  all.push_back(again(last, last, 16));
  const auto one = only(track(renumbered(all), ring()));
  EXPECT_EQ(one.outcome, Outcome::kRefused);
  EXPECT_EQ(one.how, How::kSilence);
  EXPECT_EQ(one.step, at_.step);
  EXPECT_THAT(one.reason, HasSubstr("(frame " + std::to_string(at_.messages) + ", repeated in " +
                                    std::to_string(at_.messages + 1) + " and " +
                                    std::to_string(at_.messages + 2) + ") within 16.0 s"));
  EXPECT_EQ(one.reason.find("decrypted") == std::string::npos,
            std::get<1>(GetParam()) || at_.step == "mm3")
      << one.reason;
}

TEST_P(SilentKs, WhileTheGmBeginsAnew) {
  auto all = first(at_.messages);
  all.push_back(again(with_cookie(all.front(), 77), all.back(), 12));
  const auto found = track(renumbered(all), ring());
  ASSERT_EQ(found.registrations.size(), 2U);
  const auto& one = found.registrations.front();
  EXPECT_EQ(one.how, How::kSilence);
  EXPECT_EQ(one.step, at_.step);
  EXPECT_THAT(one.reason, HasSubstr("within 12.0 s; the GM began anew in frame " +
                                    std::to_string(at_.messages + 1)));
  EXPECT_EQ(found.registrations.back().outcome, Outcome::kIncomplete);
}

TEST_P(SilentKs, WhileTheCaptureGoesOn) {
  for (const auto& [seconds, how] : {
           std::pair{35, How::kSilence},
           std::pair{5,  How::kNone   }
  }) {
    auto all = first(at_.messages);
    all.push_back(stranger(all.back(), seconds));
    const auto found = track(renumbered(all), ring());
    ASSERT_EQ(found.registrations.size(), 2U);
    EXPECT_EQ(found.registrations.front().how, how) << seconds;
    EXPECT_EQ(found.registrations.front().step, at_.step);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Steps, SilentKs,
    testing::Combine(testing::Values(SilentStep{3, "mm3"}, SilentStep{5, "mm5"},
                                     SilentStep{7, "pull1"}, SilentStep{9, "pull3"}),
                     testing::Bool()),
    [](const auto& about) {
      return std::get<0>(about.param).step +
             (std::get<1>(about.param) ? "_with_keys" : "_without_keys");
    });

TEST(Silence, FromTheFirstMessageOnIsNoAnswer) {
  auto all = first(1);
  all.push_back(again(all[0], all[0], 10));
  all.push_back(again(all[0], all[0], 20));
  const auto one = only(track(renumbered(all)));
  EXPECT_EQ(one.outcome, Outcome::kNoAnswer);
  EXPECT_EQ(one.how, How::kNone);
  EXPECT_EQ(one.step, "mm1");
  EXPECT_EQ(one.reason,
            "The KS answered nothing to main mode message 1 (frame 1, repeated in 2 and 3) "
            "within 20.0 s");
  EXPECT_THAT(one.evidence, testing::ElementsAre(1, 2, 3));
}

// A single datagram may be lost; the answer to a repetition is then on its way.
TEST(Silence, IsNotToldFromOneRepetition) {
  for (const std::size_t messages : {1U, 7U}) {
    auto all = first(messages);
    all.push_back(again(all.back(), all.back(), 7));
    const auto one = only(track(renumbered(all)));
    EXPECT_EQ(one.outcome, Outcome::kIncomplete);
    EXPECT_FALSE(one.diagnosis.best);
    EXPECT_THAT(one.reason, HasSubstr("7.0 s after "));
    EXPECT_THAT(one.reason, HasSubstr("there is no answer: too little to tell silence from loss"));
  }
}

TEST(Silence, AtTheEndOfTheCaptureTellsNothing) {
  const auto one = only(track(first(1)));
  EXPECT_EQ(one.outcome, Outcome::kIncomplete);
  EXPECT_EQ(one.step, "mm1");
}

// Only one direction was captured: the GM's message 3 has a responder cookie.
TEST(Silence, OfAKsThatTheCaptureDoesNotShowTellsNothing) {
  Datagrams gm;
  for (const auto& one : read_capture(kCapture)) {
    if (one.packet.frame % 2 == 1) {
      gm.push_back(one);
    }
  }
  gm.push_back(again(gm.back(), gm.back(), 8));
  const auto one = only(track(renumbered(gm)));
  EXPECT_EQ(one.outcome, Outcome::kIncomplete);
  EXPECT_THAT(one.reason, HasSubstr("no message of the KS"));
  EXPECT_THAT(one.reason, HasSubstr("frame 2 has a responder cookie"));
}

TEST(Silence, IsNotToldFromFramesThatWereCapturedTwice) {
  auto all  = first(7);
  auto copy = all.back();
  copy.packet.time_ns += 20'000;
  all.push_back(copy);
  EXPECT_EQ(only(track(renumbered(all))).outcome, Outcome::kIncomplete);
}

TEST(Silence, SaysWhatTheKsRepeatedMeanwhile) {
  auto all = first(5);
  all.push_back(again(all[3], all[4], 7));
  all.push_back(again(all[4], all[4], 8));
  all.push_back(again(all[4], all[4], 9));
  const auto one = only(track(renumbered(all)));
  EXPECT_EQ(one.how, How::kSilence);
  EXPECT_EQ(one.step, "mm5");
  EXPECT_THAT(one.reason,
              HasSubstr("meanwhile the KS repeated main mode message 4 (frame 4, repeated in 6)"));
}

TEST(Loss, OfMessage4LeavesAPullIncomplete) {
  for (const bool keys : {true, false}) {
    const auto one = only(track(first(9), keys ? read_keys(kCapture) : keys::KeyRing{}));
    EXPECT_EQ(one.outcome, Outcome::kIncomplete);
    EXPECT_EQ(one.step, "pull3");
  }
}

TEST(Stop, OfTheGmIsIncomplete) {
  const std::map<std::size_t, std::string> steps{
      {2, "mm2"  },
      {4, "mm4"  },
      {6, "mm6"  },
      {8, "pull2"}
  };
  for (const auto& [count, step] : steps) {
    auto all = first(count);
    all.push_back(again(all.back(), all.back(), 20));
    all.push_back(stranger(all.back(), 100));
    const auto found = track(renumbered(all));
    ASSERT_EQ(found.registrations.size(), 2U);
    const auto& one = found.registrations.front();
    EXPECT_EQ(one.outcome, Outcome::kIncomplete) << step;
    EXPECT_EQ(one.step, step);
    EXPECT_THAT(one.reason, HasSubstr("(frame " + std::to_string(count) + ", repeated in "));
  }
}

TEST(MidCapture, APullWithoutItsPhase1IsTold) {
  auto all = read_capture(kCapture);
  all.erase(all.begin(), all.begin() + 6);
  const auto one = only(track(renumbered(all)));
  EXPECT_EQ(one.outcome, Outcome::kRegistered);
  EXPECT_EQ(one.first_frame, 1U);
  EXPECT_EQ(one.phase1.state, "none");
  EXPECT_EQ(one.phase1.chosen, "");
  EXPECT_EQ(one.message_id, 0x483c11c0U);
}

TEST(MidCapture, TheSecondHalfOfAPullIsNotTakenForAWholeOne) {
  auto all = read_capture(kCapture);
  all.erase(all.begin(), all.begin() + 8);
  EXPECT_EQ(only(track(renumbered(all))).outcome, Outcome::kIncomplete);
}

TEST(Order, OfMessagesDoesNotMatterToWhatIsRead) {
  auto all = read_capture(kCapture);
  std::swap(all[6].octets, all[7].octets);
  std::swap(all[6].packet.source, all[7].packet.source);
  std::swap(all[6].packet.destination, all[7].packet.destination);
  const auto found = track(all, read_keys(kCapture));
  const auto one   = only(found);
  EXPECT_EQ(one.outcome, Outcome::kRegistered);
  EXPECT_TRUE(one.decrypted);
  ASSERT_TRUE(one.group);
  EXPECT_EQ(one.group->text, "1234");
  EXPECT_THAT(one.lifetimes.teks, testing::ElementsAre(3600, 3600));
  EXPECT_EQ(found.counts.undecrypted, 0U);
  EXPECT_EQ(found.counts.pull_hash_good, (std::array<std::uint64_t, 4>{1, 1, 1, 1}));
}

// A capture on both sides of a switch.
TEST(Duplicates, AreRetransmissionsAndChangeNothing) {
  Datagrams twice;
  for (const auto& one : read_capture(kCapture)) {
    twice.push_back(one);
    twice.push_back(one);
    twice.back().packet.time_ns += 15'000;
  }
  const auto found = track(renumbered(twice), read_keys(kCapture));
  EXPECT_EQ(only(found).outcome, Outcome::kRegistered);
  EXPECT_EQ(found.counts.messages, 20U);
  EXPECT_EQ(found.counts.retransmissions, 10U);
  EXPECT_EQ(found.counts.pull, 4U);
  EXPECT_EQ(found.counts.pull_hash_good, (std::array<std::uint64_t, 4>{1, 1, 1, 1}));
}

}  // namespace
}  // namespace gdoi::registration::test
