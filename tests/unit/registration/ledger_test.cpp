#include "protocol/registration/ledger.h"

#include "play.h"

#include <gtest/gtest.h>

namespace gdoi::registration {
namespace {

using test::read_capture;
using test::track;

// One with a value in every member, none of them what a new one has.
Registration whole() {
  Registration one;
  one.number = 7;
  one.gm     = {
      6, {0x20, 1, 0xd, 0xb8},
       848
  };
  one.ks = {
      4, {10, 0, 0, 1},
       4500
  };
  one.initiator_cookie = {1, 2, 3, 4, 5, 6, 7, 8};
  one.message_id       = 0xfedcba98;
  one.first_frame      = 1'000'000'007;
  one.group            = Group{
      11, {0xd2, 4, 0, 0},
       "3523477504", "little-endian it reads 1234"
  };
  one.gm_version = {GmVersion::Source::kRule, getvpn::Version{0x01000004}, "a rule", true, 3};
  one.phase1     = {
      "complete", {"aes", "3des"},
       "aes", "psk"
  };
  one.outcome     = Outcome::kRefused;
  one.how         = How::kNotify;
  one.notify_type = 18;
  one.step        = "pull1";
  one.reason      = "Because.";
  one.evidence    = {9, 3, 1'000'000'000'000};
  one.attempt     = 4;
  one.lifetimes   = {
      604'800, {3'600, 0}
  };
  one.uses = {
      {getvpn::features().front().name, "text", 5}
  };
  one.rekey = {
      keys::KekSpi{7, 8, 9},
      4'000'000'000U, {0, 0x1000000}
  };
  one.frames                 = {1, 2, 5, 4};
  one.started_ns             = -5;
  one.ended_ns               = 1'700'000'000'123'456'789;
  one.decrypted              = true;
  one.signs.number           = 3;
  one.signs.late_ns          = -1;
  one.signs.half_open        = 70'000;
  one.diagnosis.best         = Explanation{Cause::kThrottled, Grade::kCertain};
  one.diagnosis.alternatives = {
      {Cause::kWrongPsk, Grade::kLikely}
  };
  one.diagnosis.evidence = {
      {"fact", "said so", {8, 9}}
  };
  one.diagnosis.seen = "seen";
  one.diagnosis.why  = "why";
  return one;
}

void expect_equal(const Registration& a, const Registration& b) {
  EXPECT_EQ(a.number, b.number);
  EXPECT_EQ(a.gm, b.gm);
  EXPECT_EQ(a.ks, b.ks);
  EXPECT_EQ(a.initiator_cookie, b.initiator_cookie);
  EXPECT_EQ(a.message_id, b.message_id);
  EXPECT_EQ(a.first_frame, b.first_frame);
  ASSERT_EQ(a.group.has_value(), b.group.has_value());
  if (a.group) {
    EXPECT_EQ(a.group->id_type, b.group->id_type);
    EXPECT_EQ(a.group->octets, b.group->octets);
    EXPECT_EQ(a.group->text, b.group->text);
    EXPECT_EQ(a.group->remark, b.group->remark);
  }
  EXPECT_EQ(a.gm_version.text(), b.gm_version.text());
  EXPECT_EQ(a.gm_version.rule, b.gm_version.rule);
  EXPECT_EQ(a.gm_version.frame, b.gm_version.frame);
  EXPECT_EQ(a.phase1.state, b.phase1.state);
  EXPECT_EQ(a.phase1.offered, b.phase1.offered);
  EXPECT_EQ(a.phase1.chosen, b.phase1.chosen);
  EXPECT_EQ(a.phase1.auth, b.phase1.auth);
  EXPECT_EQ(a.outcome, b.outcome);
  EXPECT_EQ(a.how, b.how);
  EXPECT_EQ(a.notify_type, b.notify_type);
  EXPECT_EQ(a.step, b.step);
  EXPECT_EQ(a.reason, b.reason);
  EXPECT_EQ(a.evidence, b.evidence);
  EXPECT_EQ(a.attempt, b.attempt);
  EXPECT_EQ(a.lifetimes.kek, b.lifetimes.kek);
  EXPECT_EQ(a.lifetimes.teks, b.lifetimes.teks);
  ASSERT_EQ(a.uses.size(), b.uses.size());
  for (std::size_t i = 0; i < a.uses.size(); ++i) {
    EXPECT_EQ(a.uses[i].feature, b.uses[i].feature);
    EXPECT_EQ(a.uses[i].text, b.uses[i].text);
    EXPECT_EQ(a.uses[i].frame, b.uses[i].frame);
  }
  EXPECT_EQ(a.rekey.kek, b.rekey.kek);
  EXPECT_EQ(a.rekey.sequence, b.rekey.sequence);
  EXPECT_EQ(a.rekey.sender_ids, b.rekey.sender_ids);
  EXPECT_EQ(a.frames, b.frames);
  EXPECT_EQ(a.started_ns, b.started_ns);
  EXPECT_EQ(a.ended_ns, b.ended_ns);
  EXPECT_EQ(a.decrypted, b.decrypted);
  EXPECT_EQ(a.signs.number, b.signs.number);
  EXPECT_EQ(a.signs.late_ns, b.signs.late_ns);
  EXPECT_EQ(a.signs.half_open, b.signs.half_open);
  EXPECT_EQ(a.signs.frame, b.signs.frame);
  ASSERT_EQ(a.diagnosis.best.has_value(), b.diagnosis.best.has_value());
  if (a.diagnosis.best) {
    EXPECT_EQ(a.diagnosis.best->cause, b.diagnosis.best->cause);
    EXPECT_EQ(a.diagnosis.best->grade, b.diagnosis.best->grade);
  }
  EXPECT_EQ(a.diagnosis.alternatives.size(), b.diagnosis.alternatives.size());
  ASSERT_EQ(a.diagnosis.evidence.size(), b.diagnosis.evidence.size());
  for (std::size_t i = 0; i < a.diagnosis.evidence.size(); ++i) {
    EXPECT_EQ(a.diagnosis.evidence[i].fact, b.diagnosis.evidence[i].fact);
    EXPECT_EQ(a.diagnosis.evidence[i].text, b.diagnosis.evidence[i].text);
    EXPECT_EQ(a.diagnosis.evidence[i].frames, b.diagnosis.evidence[i].frames);
  }
  EXPECT_EQ(a.diagnosis.seen, b.diagnosis.seen);
  EXPECT_EQ(a.diagnosis.why, b.diagnosis.why);
}

TEST(Ledger, GivesBackWhatItTook) {
  const Registration plain;
  Ledger ledger{whole(), plain, whole()};
  ASSERT_EQ(ledger.size(), 3U);
  expect_equal(ledger[0], whole());
  expect_equal(ledger[1], plain);
  expect_equal(ledger[2], whole());
  auto other     = whole();
  other.phase1   = {};
  other.evidence = {};
  ledger.set(1, other);
  expect_equal(ledger[1], other);
  expect_equal(ledger[2], whole());
}

TEST(Ledger, CopiesAndMovesStandAlone) {
  Ledger ledger{whole()};
  const auto copy  = ledger;
  const auto moved = std::move(ledger);
  expect_equal(copy.front(), whole());
  expect_equal(moved.front(), whole());
}

TEST(Ledger, FindsByNumberWhatIsNotLeftOut) {
  Ledger ledger;
  EXPECT_EQ(ledger.last_number(), 0U);
  for (std::uint32_t number = 1; number <= 4; ++number) {
    auto one   = whole();
    one.number = number;
    ledger.add(one);
  }
  ledger.drop({2, 4});
  EXPECT_EQ(ledger.size(), 2U);
  EXPECT_EQ(ledger.find(1), 0U);
  EXPECT_EQ(ledger.find(2), std::nullopt);
  EXPECT_EQ(ledger.find(3), 1U);
  EXPECT_EQ(ledger.find(4), std::nullopt);
  EXPECT_EQ(ledger[1].number, 3U);
  EXPECT_EQ(ledger.last_number(), 3U);
}

// Whoever asks in the middle is told what the end tells, as far as it is known: the same series.
TEST(Tracker, TellsAttemptsWhileTheCaptureGoesOn) {
  auto all = read_capture("reference-gm-registration");
  all.resize(7);  // up to PULL message 1
  test::Datagrams calls;
  constexpr std::uint8_t kCalls = 5;
  for (std::uint8_t call = 0; call < kCalls; ++call) {
    for (auto one : all) {
      one.octets[0] = static_cast<std::uint8_t>(one.octets[0] + call);
      one.packet.time_ns += call * 60 * test::kSecond;
      calls.push_back(one);
    }
  }
  exchange::Intake intake;
  Tracker tracker;
  test::feed(intake, tracker, test::renumbered(calls),
             [&](std::uint32_t /*number*/) { (void)tracker.registrations(); });
  ASSERT_EQ(tracker.registrations().size(), kCalls);
  for (std::uint8_t call = 0; call < kCalls; ++call) {
    EXPECT_EQ(tracker.registrations()[call].attempt, call + 1U);
  }
}

}  // namespace
}  // namespace gdoi::registration
