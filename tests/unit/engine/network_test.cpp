// What a network does to a conversation: loss, copies, disorder, floods.

#include "conversation.h"

namespace gdoi::simulation {
namespace {

using engine::Ending;
using registration::How;

// Groups that cost little, since each seed is a whole registration.
Captured cheap_capture() {
  Captured captured;
  captured.offers = {
      {7, 128, 4, 19}
  };
  return captured;
}

Script cheap_script() {
  Script script;
  script.offered = cheap_capture().offers.front();
  return script;
}

Path lossy() {
  Path path;
  path.loss       = 0.2;
  path.duplicates = 0.05;
  path.reordering = 0.1;
  return path;
}

TEST(Lossy, NoAdmittedMemberIsCalledRefused) {
  unsigned accepted = 0;
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    Conversation talk(cheap_script(), cheap_capture(), lossy(), seed);
    const auto& verdict = talk.run();
    EXPECT_TRUE(verdict.ending == Ending::kAccepted || verdict.ending == Ending::kAborted)
        << "seed " << seed << ": " << verdict.reason;
    accepted += verdict.ending == Ending::kAccepted ? 1U : 0U;
  }
  EXPECT_GT(accepted, 950U);
}

TEST(Lossy, NoRefusedMemberIsCalledAccepted) {
  unsigned refused = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    auto script      = cheap_script();
    script.silent_at = {"pull1"};
    Conversation talk(script, cheap_capture(), lossy(), seed);
    const auto& verdict = talk.run();
    EXPECT_TRUE(verdict.ending == Ending::kRefused || verdict.ending == Ending::kAborted)
        << "seed " << seed << ": " << verdict.reason;
    refused += verdict.how == How::kSilence && verdict.step == "pull1" ? 1U : 0U;
  }
  EXPECT_GT(refused, 200U);
}

TEST(Network, CopiesOfEveryAnswerChangeNothing) {
  auto script   = cheap_script();
  script.copies = 50;
  Conversation talk(script, cheap_capture());
  EXPECT_EQ(talk.run().ending, Ending::kAccepted);
  EXPECT_EQ(talk.gm().verdict().sent, 6U);
}

TEST(Network, SlowAnswersAreStillAnswers) {
  Path path;
  path.delay = 5 * engine::kSecond;
  Conversation talk(cheap_script(), cheap_capture(), path);
  EXPECT_EQ(talk.run().ending, Ending::kAccepted) << talk.gm().verdict().reason;
  EXPECT_GT(talk.gm().verdict().retransmissions, 0U);
  EXPECT_EQ(talk.ks().registered(), 1U);
}

TEST(Network, AFloodIsIgnoredAndTheAnswerStillCounts) {
  Conversation talk(cheap_script(), cheap_capture());
  engine::SeededRandom noise(99);
  for (int i = 0; i < 2'000; ++i) {
    Bytes octets(static_cast<std::size_t>(i % 300));
    noise.fill(octets);
    if (octets.size() > 18 && i % 2 == 0) {
      octets[17] = 0x10;
      octets[18] = static_cast<std::uint8_t>(i % 3 == 0 ? 2 : 5);
    }
    talk.network().inject({kKs, kGm, octets, 0, {}});
  }
  EXPECT_EQ(talk.run().ending, Ending::kAccepted) << talk.gm().verdict().reason;
}

// What went by before cannot be used again on a new run: cookies and keys are new.
TEST(Network, AnswersOfAnotherRunMoveNothing) {
  Conversation first(cheap_script(), cheap_capture(), {}, 1);
  first.run();
  Conversation second(cheap_script(), cheap_capture(), {}, 2);
  for (const auto& sent : first.network().sent()) {
    if (sent.message.source == kKs) {
      second.network().inject(sent.message);
    }
  }
  EXPECT_EQ(second.run().ending, Ending::kAccepted) << second.gm().verdict().reason;
}

TEST(Network, NothingComesOutAfterTheEnd) {
  Conversation talk(cheap_script(), cheap_capture());
  talk.run();
  const auto last = talk.network().sent().back();
  talk.gm().on_datagram(last.message.datagram, talk.network().now());
  talk.gm().on_deadline(talk.network().now() + engine::kSecond);
  EXPECT_TRUE(talk.gm().take_output().empty());
  EXPECT_EQ(talk.gm().verdict().ending, Ending::kAccepted);
}

}  // namespace
}  // namespace gdoi::simulation
