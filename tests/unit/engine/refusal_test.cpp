// Conversations that do not go well: refusals, wrong answers, silence.

#include "conversation.h"
#include "protocol/getvpn/vendor_ids.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace gdoi::simulation {
namespace {

using engine::Ending;
using engine::kSecond;
using registration::How;
using testing::HasSubstr;

Script with_fault(Fault fault) {
  Script script;
  script.fault = fault;
  return script;
}

Script silent_at(const std::string& step) {
  Script script;
  script.silent_at = {step};
  return script;
}

class EveryStep : public testing::TestWithParam<const char*> {};

TEST_P(EveryStep, SilenceOfALivingKeyServerIsARefusal) {
  Conversation talk(silent_at(GetParam()));
  const auto& verdict = talk.run();
  EXPECT_EQ(verdict.ending, Ending::kRefused) << verdict.reason;
  EXPECT_EQ(verdict.how, How::kSilence);
  EXPECT_EQ(verdict.step, GetParam());
  EXPECT_FALSE(verdict.unreachable);
  EXPECT_GE(verdict.retransmissions, 3U);
  EXPECT_THAT(verdict.reason, HasSubstr("new phase 1s"));
  EXPECT_LT(verdict.ended - verdict.started, 40 * kSecond);
}

TEST_P(EveryStep, ANotifyIsARefusal) {
  Script script;
  script.notify_at = GetParam();
  Conversation talk(script);
  const auto& verdict = talk.run();
  EXPECT_EQ(verdict.ending, Ending::kRefused) << verdict.reason;
  EXPECT_EQ(verdict.how, How::kNotify);
  EXPECT_EQ(verdict.notify_type, 18);
  EXPECT_EQ(verdict.step, GetParam());
  EXPECT_THAT(verdict.reason, HasSubstr("INVALID-ID-INFORMATION"));
}

INSTANTIATE_TEST_SUITE_P(Silence, EveryStep, testing::Values("mm3", "mm5", "pull1", "pull3"));

// A KS that has died answers no probe either: nothing tells refusal from loss.
TEST(Silence, OfADeadKeyServerIsNoRefusal) {
  for (const unsigned answers : {1U, 2U, 3U, 4U}) {
    Script script;
    script.answers = answers;
    Conversation talk(script);
    const auto& verdict = talk.run();
    EXPECT_EQ(verdict.ending, Ending::kAborted) << verdict.reason;
    EXPECT_FALSE(verdict.unreachable);
    EXPECT_THAT(verdict.reason, HasSubstr("unreachable"));
  }
}

TEST(Silence, FromTheStartIsUnreachable) {
  Conversation talk;
  talk.network().detach(kKs);
  const auto& verdict = talk.run();
  EXPECT_EQ(verdict.ending, Ending::kAborted);
  EXPECT_TRUE(verdict.unreachable);
  EXPECT_EQ(verdict.step, "mm1");
  EXPECT_EQ(verdict.sent, 4U);
  EXPECT_EQ(verdict.received, 0U);
}

TEST(Silence, RepeatsAtGrowingIntervals) {
  Conversation talk;
  talk.network().detach(kKs);
  talk.run();
  const auto& sent = talk.network().sent();
  ASSERT_EQ(sent.size(), 4U);
  EXPECT_EQ(sent[1].time - sent[0].time, 2 * kSecond);
  EXPECT_GT(sent[2].time - sent[1].time, sent[1].time - sent[0].time);
  EXPECT_GT(sent[3].time - sent[2].time, sent[2].time - sent[1].time);
  EXPECT_EQ(sent[3].message.datagram, sent[0].message.datagram);
  EXPECT_EQ(sent[2].message.remark, "retransmission 2 of main mode message 1");
}

TEST(Silence, IsBrokenByAnIcmpErrorAtOnce) {
  Conversation talk;
  talk.network().detach(kKs);
  talk.gm().start(talk.network().now());
  talk.gm().on_unreachable("port unreachable", talk.network().now());
  EXPECT_TRUE(talk.gm().finished());
  EXPECT_TRUE(talk.gm().verdict().unreachable);
  EXPECT_THAT(talk.gm().verdict().reason, HasSubstr("ICMP"));
}

// A probe has a cookie of its own, the same in each round, and nothing follows it.
TEST(Silence, ProbesLeaveNothingBehind) {
  Conversation talk(silent_at("pull1"));
  talk.run();
  std::vector<Bytes> probes;
  for (const auto& sent : talk.network().sent()) {
    if (sent.message.remark.starts_with("probe")) {
      probes.push_back(sent.message.datagram);
    }
  }
  ASSERT_FALSE(probes.empty());
  for (const auto& probe : probes) {
    EXPECT_EQ(probe, probes.front());
  }
  EXPECT_NE(Bytes(probes.front().begin(), probes.front().begin() + 8),
            Bytes(talk.network().sent().front().message.datagram.begin(),
                  talk.network().sent().front().message.datagram.begin() + 8));
}

// What runs the KS must be able to tell a probe from a GM.
TEST(Silence, ProbesSayWhatTheyAre) {
  Conversation talk(silent_at("pull1"));
  talk.run();
  const auto mark = getvpn::probe_vendor_id();
  for (const auto& sent : talk.network().sent()) {
    const auto& octets = sent.message.datagram;
    EXPECT_EQ(std::ranges::search(octets, mark).empty(), !sent.message.remark.starts_with("probe"))
        << sent.message.remark;
  }
}

TEST(Silence, WithoutProbesIsNotCalledARefusal) {
  for (const auto* const step : {"mm3", "mm5", "pull1", "pull3"}) {
    Conversation talk(silent_at(step), {}, {}, 1, false, false);
    const auto& verdict = talk.run();
    EXPECT_EQ(verdict.ending, Ending::kAborted);
    EXPECT_EQ(verdict.step, step);
    EXPECT_FALSE(verdict.unreachable);
    EXPECT_THAT(verdict.reason, HasSubstr("was not asked"));
    EXPECT_TRUE(std::ranges::none_of(talk.network().sent(), [](const auto& sent) {
      return sent.message.remark.starts_with("probe");
    }));
  }
}

TEST(Refusal, ByAClearNotifyBeforeAndAfterThereAreKeys) {
  for (const auto* const step : {"mm1", "mm3", "mm5", "pull1", "pull3"}) {
    Script script;
    script.notify_at    = step;
    script.notify_clear = true;
    script.notify_type  = 4;
    Conversation talk(script);
    const auto& verdict = talk.run();
    EXPECT_EQ(verdict.ending, Ending::kRefused) << step << ": " << verdict.reason;
    EXPECT_EQ(verdict.how, How::kNotify);
    EXPECT_EQ(verdict.notify_type, 4);
    EXPECT_EQ(verdict.step, step);
    EXPECT_THAT(verdict.reason, HasSubstr("INVALID-COOKIE"));
  }
}

TEST(Refusal, ByADelete) {
  for (const auto* const step : {"pull1", "pull3"}) {
    Script script;
    script.delete_at = step;
    Conversation talk(script);
    const auto& verdict = talk.run();
    EXPECT_EQ(verdict.ending, Ending::kRefused) << verdict.reason;
    EXPECT_EQ(verdict.how, How::kDelete);
    EXPECT_EQ(verdict.step, step);
  }
}

// RFC 2409 section 5.7: HASH(1) protects a NOTIFY once there are keys.
TEST(Refusal, ANotifyWithAWrongHashIsNone) {
  for (const auto* const step : {"pull1", "pull3"}) {
    Script script;
    script.notify_at = step;
    Conversation right(script);
    EXPECT_EQ(right.run().how, How::kNotify) << step;
    script.fault = Fault::kNotifyHash;
    Conversation wrong(script);
    EXPECT_EQ(wrong.run().how, How::kInformational) << step << ": nobody can tell what it says";
    EXPECT_FALSE(wrong.gm().verdict().notify_type);
  }
}

TEST(Refusal, AStatusNotifyIsNone) {
  Script script;
  script.notify_at   = "pull1";
  script.notify_type = 16384;
  Conversation talk(script);
  EXPECT_EQ(talk.run().how, How::kSilence);
}

// Each side has its own keys, so the KS cannot read message 5 and stays silent.
TEST(Refusal, WrongPreSharedKeyEndsAtMessage5) {
  Script script;
  script.psk = "another one";
  Conversation talk(script);
  const auto& verdict = talk.run();
  EXPECT_EQ(verdict.ending, Ending::kRefused) << verdict.reason;
  EXPECT_EQ(verdict.step, "mm5");
  EXPECT_EQ(verdict.phase1_complete, 0);
  EXPECT_THAT(talk.key_log(), HasSubstr("side=gm"));
}

struct Wrong {
  Fault fault;
  const char* step;
  const char* says;
};

class EveryFault : public testing::TestWithParam<Wrong> {};

TEST_P(EveryFault, IsInvalidAndNamed) {
  Conversation talk(with_fault(GetParam().fault));
  const auto& verdict = talk.run();
  EXPECT_EQ(verdict.ending, Ending::kInvalid) << verdict.reason;
  EXPECT_EQ(verdict.step, GetParam().step);
  EXPECT_THAT(verdict.reason, HasSubstr(GetParam().says));
  EXPECT_FALSE(verdict.unreachable);
  EXPECT_EQ(talk.ks().goodbyes(), 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Faults, EveryFault,
    testing::Values(Wrong{Fault::kUnlistedTransform, "mm1", "not offered"},
                    Wrong{Fault::kTwoTransforms, "mm1", "2 transforms"},
                    Wrong{Fault::kWrongCookie, "mm1", "with other cookies"},
                    Wrong{Fault::kGarbage, "mm1", "no ISAKMP messages"},
                    Wrong{Fault::kPublicValueSize, "mm3", "255 octets instead of 256"},
                    Wrong{Fault::kHashR, "mm5", "HASH_R"}, Wrong{Fault::kHash2, "pull1", "HASH(2)"},
                    Wrong{Fault::kMalformedSa, "pull1", "malformed"},
                    Wrong{Fault::kHash4, "pull3", "HASH(4)"},
                    Wrong{Fault::kMalformedKd, "pull3", "malformed"}));

TEST(Refusal, AbortIsALocalFault) {
  Conversation talk;
  talk.gm().start(talk.network().now());
  talk.gm().abort("interrupted", talk.network().now());
  EXPECT_TRUE(talk.gm().finished());
  EXPECT_EQ(talk.gm().verdict().ending, Ending::kAborted);
  EXPECT_TRUE(talk.gm().verdict().local_fault);
  EXPECT_EQ(talk.gm().verdict().reason, "interrupted");
  EXPECT_FALSE(talk.gm().deadline());
}

TEST(Refusal, AnRsaChoiceIsSaidToBeBeyondTheReplay) {
  Captured captured;
  captured.offers = {
      Offer{},
      {7, 128, 4, 14, 3}
  };
  Script script;
  script.transform = 1;
  script.offered   = captured.offers[1];
  Conversation talk(script, captured);
  const auto& verdict = talk.run();
  EXPECT_EQ(verdict.ending, Ending::kAborted);
  EXPECT_FALSE(verdict.unreachable);
  EXPECT_THAT(verdict.reason, HasSubstr("authentication 3"));
}

}  // namespace
}  // namespace gdoi::simulation
