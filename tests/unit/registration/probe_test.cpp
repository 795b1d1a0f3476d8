// The question of `gdoi-replay run` whether a KS is alive is no registration; who registers all the
// same is not hidden by saying that it is one.

#include "protocol/getvpn/vendor_ids.h"
#include "unit/registration/messages.h"

namespace gdoi::registration::test {
namespace {

constexpr auto kCapture           = "reference-gm-registration";
constexpr std::uint64_t kOther    = 0x0102030405060708;
constexpr std::size_t kBehindPull = 7;  ///< datagrams up to PULL message 1

/// Message 1 that says it is a probe, some seconds after `after`.
Datagram probe_after(const Datagrams& all, const Datagram& after, std::int64_t seconds) {
  auto probe = with_cookie(again(all[0], after, seconds), kOther);
  add_vendor_id(probe, getvpn::probe_vendor_id());
  return probe;
}

TEST(Probe, IsNoRegistration) {
  const auto all = read_capture(kCapture);
  auto with      = all;
  with.insert(with.begin() + kBehindPull,
              {probe_after(all, all[6], 0), with_cookie(again(all[1], all[6], 0), kOther)});
  const auto found = track(renumbered(with));
  ASSERT_EQ(found.registrations.size(), 1U);
  EXPECT_EQ(found.registrations[0].outcome, Outcome::kRegistered);
  EXPECT_EQ(found.counts.probes, 1U);
  EXPECT_EQ(track(all).counts.probes, 0U);
}

// Neither its own frames nor those of the GM's next attempt tell of it as of one.
TEST(Probe, IsNoneWhileTheCaptureGoesOn) {
  const auto all = read_capture(kCapture);
  auto with      = Datagrams(all.begin(), all.begin() + kBehindPull);
  for (const auto seconds : {10, 20}) {
    with.push_back(probe_after(all, all[6], seconds));
  }
  with.push_back(with_cookie(again(all[0], all[6], 60), kOther + 1));
  exchange::Intake intake;
  Tracker tracker;
  std::vector<std::uint32_t> numbers;
  feed(intake, tracker, renumbered(with), [&](std::uint32_t number) { numbers.push_back(number); });
  EXPECT_EQ(numbers, (std::vector<std::uint32_t>{1, 1, 1, 1, 1, 1, 1, 0, 0, 2}));
  ASSERT_EQ(tracker.registrations().size(), 2U);
  EXPECT_EQ(tracker.registrations()[1].attempt, 2U);
  const auto before = tracker.earlier(tracker.registrations()[1]);
  ASSERT_TRUE(before);
  EXPECT_EQ(before->number, 1U);
}

TEST(Probe, AloneLeavesNothing) {
  const auto all   = read_capture(kCapture);
  const auto found = track(renumbered({probe_after(all, all[0], 0)}));
  EXPECT_TRUE(found.registrations.empty());
  EXPECT_EQ(found.counts.probes, 1U);
}

TEST(Probe, ThatGoesOnIsARegistration) {
  auto all = read_capture(kCapture);
  add_vendor_id(all[0], getvpn::probe_vendor_id());
  const auto found = track(all);
  ASSERT_EQ(found.registrations.size(), 1U);
  EXPECT_EQ(found.registrations[0].outcome, Outcome::kRegistered);
  EXPECT_EQ(found.counts.probes, 0U);
}

// A GM that begins anew has given up waiting; one that asks has not.
TEST(Probe, IsNoNewAttempt) {
  const auto all = read_capture(kCapture);
  auto asked     = Datagrams(all.begin(), all.begin() + kBehindPull);
  auto anew      = asked;
  asked.push_back(probe_after(all, all[6], 20));
  anew.push_back(with_cookie(again(all[0], all[6], 20), kOther));
  EXPECT_EQ(track(renumbered(asked)).registrations.at(0).outcome, Outcome::kIncomplete);
  EXPECT_EQ(track(renumbered(anew)).registrations.at(0).outcome, Outcome::kRefused);
}

}  // namespace
}  // namespace gdoi::registration::test
