// Captured datagrams sent again as they are, to key servers that still know the SA and to others.

#include "engine/verbatim.h"

#include "duel.h"
#include "protocol/wire/compose.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace gdoi::simulation {
namespace {

using engine::Ending;
using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

keyserver::Policy policy(const std::string& extra = "") {
  auto made = keyserver::parse_policy(R"(
psks: [{peer: any, psk: a pre-shared key}]
aggressive-mode: yes
proposals: [aes128-sha256-ecp256]
)" + extra + R"(
groups:
  - name: sample
    number: 1234
    teks: [{esp: aes128-cbc, authentication: hmac-sha1, lifetime: 3600}]
)",
                                      "policy");
  EXPECT_TRUE(made) << (made ? "" : made.error().text);
  return std::move(made).value();
}

/// A registration that stops before PULL message 3, so that the KS still holds all of it.
Captured captured(bool aggressive = false) {
  Captured made;
  made.offers = {
      {7, 128, 4, 19}
  };
  made.ke_octets  = 64;
  made.aggressive = aggressive;
  made.changes.push_back(plan::parse_change("pull3: lose").value());
  return made;
}

/// What the two sent, as a capture would have it.
engine::VerbatimScript script_of(Duel& duel, const Captured& from) {
  duel.run();
  engine::VerbatimScript script;
  const auto plan = sample_plan(from);
  script.first    = plan::Template{plan.phase1.front().document.clone(), 1};
  for (const auto& one : duel.network().sent()) {
    const auto& octets = one.message.datagram;
    std::copy_n(duel.network().sent().front().message.datagram.begin(), 8,
                script.captured.initiator.begin());
    if (!std::equal(script.captured.initiator.begin(), script.captured.initiator.end(),
                    octets.begin())) {
      continue;  // a probe
    }
    if (one.message.source == Duel::kGmAt) {
      script.sent.push_back({script.sent.size() + 1, one.time, octets});
    } else {
      script.answers.push_back(exchange::fingerprint(octets));
    }
  }
  const auto began = script.sent.front().time;
  for (auto& one : script.sent) {
    one.time -= began;
  }
  return script;
}

/// Sends it to a KS, or to nobody.
engine::Verdict replay(engine::VerbatimScript script, keyserver::KeyServer* ks, engine::Time now,
                       double speed = 1, engine::Time interval = 0) {
  engine::VerbatimOptions options;
  options.source     = Duel::kGmAt;
  options.key_server = Duel::kKsAt;
  options.speed      = speed;
  options.interval   = interval;
  engine::SeededRandom random(99);
  engine::VerbatimReplay gm(std::make_shared<const engine::VerbatimScript>(std::move(script)),
                            options, random);
  gm.start(now);
  while (!gm.finished()) {
    for (const auto& one : gm.take_output()) {
      if (ks != nullptr) {
        ks->on_datagram(Duel::kGmAt, one.datagram, now);
        for (const auto& answer : ks->take_output()) {
          gm.on_datagram(answer.datagram, now);
        }
      }
    }
    if (const auto at = gm.deadline()) {
      now = std::max(now, *at);
      gm.on_deadline(now);
    }
  }
  return gm.verdict();
}

engine::VerbatimScript clone_of(const engine::VerbatimScript& from) {
  engine::VerbatimScript made;
  made.captured = from.captured;
  made.sent     = from.sent;
  made.answers  = from.answers;
  made.first    = plan::Template{from.first->document.clone(), 1};
  return made;
}

constexpr engine::Time kLater = 200 * engine::kSecond;

TEST(Verbatim, AKsThatRepeatsItsOwnOctetsIsNotFooled) {
  Duel duel(captured(), policy());
  const auto script  = script_of(duel, captured());
  const auto verdict = replay(clone_of(script), &duel.ks(), duel.network().now());
  EXPECT_EQ(verdict.ending, Ending::kWithstood) << verdict.reason;
  EXPECT_THAT(verdict.reason, HasSubstr("the very octets of the captured answer"));
}

TEST(Verbatim, AKsThatAnswersARepeatedPullAnewIsFooled) {
  Duel duel(captured(), policy("misbehaviour: replayed-as-new"));
  const auto script = script_of(duel, captured());
  // Its message 2 to the first sending only: what it sent to repetitions is new as well.
  auto alone = clone_of(script);
  alone.answers.resize(4);
  const auto verdict = replay(std::move(alone), &duel.ks(), duel.network().now());
  EXPECT_EQ(verdict.ending, Ending::kFooled) << verdict.reason;
  EXPECT_EQ(verdict.step, "pull1");
  EXPECT_THAT(verdict.reason, HasSubstr("answered PULL message 1 with a new message 2"));
}

TEST(Verbatim, AnotherKsTakesOnlyTheFirstMessageForNew) {
  for (const bool aggressive : {false, true}) {
    Duel duel(captured(aggressive), policy());
    const auto script = script_of(duel, captured(aggressive));
    engine::SeededRandom random(3);
    keyserver::KeyServer other(policy("unknown-cookie: notify"), Duel::kKsAt, random);
    const auto verdict = replay(clone_of(script), &other, kLater);
    EXPECT_EQ(verdict.ending, Ending::kWithstood) << verdict.reason;
    EXPECT_THAT(verdict.reason, HasSubstr("whose only cookie is the initiator's own"));
    EXPECT_THAT(verdict.answers,
                Contains(Pair(HasSubstr("NOTIFY INVALID-COOKIE"), testing::Gt(1U))));

    keyserver::KeyServer fooled(policy("misbehaviour: replayed-as-new"), Duel::kKsAt, random);
    const auto fallen = replay(clone_of(script), &fooled, kLater);
    EXPECT_EQ(fallen.ending, aggressive ? Ending::kWithstood : Ending::kFooled) << fallen.reason;
    EXPECT_EQ(fallen.step, aggressive ? "" : "mm3");
  }
}

TEST(Verbatim, SilenceOfAKsThatIsNotThereProvesNothing) {
  Duel duel(captured(), policy());
  const auto script  = script_of(duel, captured());
  const auto verdict = replay(clone_of(script), nullptr, kLater);
  EXPECT_EQ(verdict.ending, Ending::kAborted);
  EXPECT_TRUE(verdict.unreachable);
  EXPECT_THAT(verdict.reason, HasSubstr("cannot be reached"));
}

TEST(Verbatim, WhatMovesAPeerOnIsCalledByItsMessage) {
  const auto verdict_on = [](std::uint8_t exchange, bool encrypted, bool sa) {
    Duel duel(captured(), policy());
    auto script = script_of(duel, captured());
    engine::VerbatimOptions options;
    options.source     = Duel::kGmAt;
    options.key_server = Duel::kKsAt;
    engine::SeededRandom random(1);
    const auto cookie = script.captured.initiator;
    engine::VerbatimReplay gm(std::make_shared<const engine::VerbatimScript>(std::move(script)),
                              options, random);
    gm.start(0);
    Bytes answer = to_bytes(cookie);
    append(answer, Bytes(8, 0x77));
    append(answer, Bytes{sa ? std::uint8_t{1} : std::uint8_t{4}, 0x10, exchange,
                         encrypted ? std::uint8_t{1} : std::uint8_t{0}});
    append(answer, Bytes{0, 0, 0, exchange == 32 ? std::uint8_t{9} : std::uint8_t{0}});
    append(answer, Bytes{0, 0, 0, 44});
    append(answer, Bytes{0, 0, 0, 16, 0, 0, 0, 2, 0, 0, 0, 0, 1, 2, 3, 4});
    gm.on_datagram(answer, 1);
    while (!gm.finished()) {
      gm.on_deadline(gm.deadline().value());
    }
    return std::pair(gm.verdict().ending, gm.verdict().step);
  };
  EXPECT_EQ(verdict_on(2, false, false), std::pair(Ending::kFooled, std::string("mm3")));
  EXPECT_EQ(verdict_on(2, true, true), std::pair(Ending::kFooled, std::string("mm5")));
  EXPECT_EQ(verdict_on(32, true, true), std::pair(Ending::kFooled, std::string("pull1")));
  // A message 2 that may be, but of a KS that then answers nothing any more.
  EXPECT_EQ(verdict_on(2, false, true), std::pair(Ending::kAborted, std::string()));
}

TEST(Verbatim, KeepsTheCapturedTimesOrThePaceThatIsAskedFor) {
  Duel duel(captured(), policy());
  const auto script = script_of(duel, captured());
  const auto took   = [&](double speed, engine::Time interval) {
    engine::SeededRandom random(3);
    keyserver::KeyServer other(policy(), Duel::kKsAt, random);
    const auto verdict = replay(clone_of(script), &other, kLater, speed, interval);
    return verdict.ended - verdict.started - engine::Retransmission().first;
  };
  const auto span = script.sent.back().time;
  EXPECT_GT(span, 0);
  EXPECT_EQ(took(1, 0), span);
  EXPECT_EQ(took(2, 0), span / 2);
  EXPECT_EQ(took(0, 0), 0);
  EXPECT_EQ(took(1, engine::kSecond),
            static_cast<engine::Time>(script.sent.size() - 1) * engine::kSecond);
}

}  // namespace
}  // namespace gdoi::simulation
