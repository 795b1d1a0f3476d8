// Changes as they reach the reference KS: what follows from them follows, what lies does not.

#include "duel.h"
#include "protocol/base/hex.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace gdoi::simulation {
namespace {

using engine::Ending;
using exchange::Crypt;
using exchange::Verdict;
using registration::How;
using testing::ElementsAre;
using testing::HasSubstr;

keyserver::Policy policy() {
  auto made = keyserver::parse_policy(R"(
psks: [{peer: any, psk: a pre-shared key}]
aggressive-mode: yes
proposals: [aes128-sha256-ecp256]
groups:
  - name: sample
    number: 1234
    teks: [{esp: aes128-cbc, authentication: hmac-sha1, lifetime: 3600}]
)",
                                      "policy");
  EXPECT_TRUE(made) << (made ? "" : made.error().text);
  return std::move(made).value();
}

Captured with(const std::vector<std::string>& changes, bool aggressive = false) {
  Captured captured;
  captured.offers = {
      {7, 128, 4, 19}
  };
  captured.ke_octets  = 64;
  captured.aggressive = aggressive;
  for (const auto& one : changes) {
    auto change = plan::parse_change(one);
    EXPECT_TRUE(change.ok()) << (change.ok() ? "" : change.error().text);
    captured.changes.push_back(std::move(change).value());
  }
  return captured;
}

std::vector<std::string> texts(const engine::Verdict& verdict) {
  std::vector<std::string> all;
  for (const auto& one : verdict.altered) {
    all.push_back(one.text);
  }
  return all;
}

/// The records of one kind that the GM sent.
std::vector<exchange::FrameRecord> sent(Duel& duel, exchange::Exchange exchange,
                                        std::uint8_t number) {
  std::vector<exchange::FrameRecord> all;
  for (const auto& record : duel.followed()) {
    if (record.exchange == exchange && record.number == number) {
      all.push_back(record);
    }
  }
  return all;
}

TEST(Changes, BeforeTheHashAreHashedAndEncrypted) {
  Duel duel(with({"pull1: add vid 0x0102", "mm5/id.data: set 192.0.2.77"}), policy());
  const auto& verdict = duel.run();
  EXPECT_EQ(verdict.ending, Ending::kAccepted) << verdict.reason;
  EXPECT_THAT(texts(verdict), ElementsAre("mm5/id/data.ipv4_addr: 192.0.2.77 instead of 10.40.10.9",
                                          "pull1: vid added, 6 octets"));
  const auto pull = sent(duel, exchange::Exchange::kPull, 1);
  ASSERT_EQ(pull.size(), 1U);
  EXPECT_EQ(pull.front().hash, Verdict::kGood);
}

TEST(Changes, ABrokenHashIsBrokenAndNothingElse) {
  Duel duel(with({"pull1: break-hash"}), policy());
  const auto& verdict = duel.run();
  EXPECT_EQ(verdict.ending, Ending::kRefused);
  EXPECT_EQ(verdict.step, "pull1");
  EXPECT_THAT(duel.ks_log(), HasSubstr("HASH(1) of GM 192.0.2.9 is wrong"));
  const auto pull = sent(duel, exchange::Exchange::kPull, 1);
  ASSERT_GT(pull.size(), 1U);
  EXPECT_EQ(pull.front().crypt, Crypt::kDecrypted);
  EXPECT_EQ(pull.front().hash, Verdict::kBad);
  // What is repeated is the changed datagram (RFC 2408 section 5.1).
  std::vector<Bytes> datagrams;
  for (const auto& one : duel.network().sent()) {
    if (one.message.remark.find("PULL message 1") != std::string::npos) {
      datagrams.push_back(one.message.datagram);
    }
  }
  EXPECT_EQ(std::ranges::count(datagrams, datagrams.front()),
            static_cast<std::ptrdiff_t>(datagrams.size()));
}

TEST(Changes, OfTheFirstMessageThatTheKsDropsAreARefusalAndNotAnAbsentKs) {
  Duel duel(with({"mm1/length: lie 20"}), policy());
  const auto& verdict = duel.run();
  EXPECT_EQ(verdict.ending, Ending::kRefused) << verdict.reason;
  EXPECT_EQ(verdict.how, How::kSilence);
  EXPECT_EQ(verdict.step, "mm1");
  EXPECT_FALSE(verdict.unreachable);
  EXPECT_THAT(verdict.reason, HasSubstr("the key server had answered nothing before it"));
}

TEST(Changes, OfAMessageThatIsNeverReachedAreNotReported) {
  Duel duel(with({"mm5: break-hash", "pull3: break-hash"}), policy());
  const auto& verdict = duel.run();
  EXPECT_EQ(verdict.step, "mm5");
  EXPECT_THAT(texts(verdict), ElementsAre("mm5: the last bit of its HASH flipped"));
}

TEST(Changes, LoseDelayAndRepeatMessages) {
  Duel lost(with({"mm3: lose 2"}), policy());
  EXPECT_EQ(lost.run().ending, Ending::kAccepted);
  EXPECT_EQ(sent(lost, exchange::Exchange::kMain, 3).size(), 1U);
  EXPECT_GT(lost.gm().verdict().ended - lost.gm().verdict().started, 5 * engine::kSecond);

  Duel late(with({"pull1: delay 7.5"}), policy());
  EXPECT_EQ(late.run().ending, Ending::kAccepted);
  EXPECT_EQ(late.gm().verdict().retransmissions, 0U);
  EXPECT_GT(late.gm().verdict().ended - late.gm().verdict().started, 7 * engine::kSecond);

  Duel twice(with({"mm3: repeat 3", "mm1: again-after mm5"}), policy());
  EXPECT_EQ(twice.run().ending, Ending::kAccepted);
  EXPECT_EQ(twice.gm().verdict().sent, 10U);

  Duel never(with({"pull3: lose"}), policy());
  EXPECT_EQ(never.run().ending, Ending::kAborted);
  EXPECT_EQ(never.gm().verdict().reason,
            "PULL message 3 was never sent, as it was to be lost: nobody can refuse it");
  EXPECT_EQ(sent(never, exchange::Exchange::kPull, 3).size(), 0U);
  EXPECT_THAT(texts(never.gm().verdict()), ElementsAre("pull3: never sent"));
}

TEST(Changes, MessagesBeforeTheirTimeDoNotKeepAGoodKsFromTheRest) {
  for (const auto* change : {"pull1: before mm5", "pull3: before pull1"}) {
    Duel duel(with({change}), policy());
    EXPECT_EQ(duel.run().ending, Ending::kAccepted) << change;
    EXPECT_EQ(duel.gm().verdict().sent, 7U);
  }
}

TEST(Changes, ACookieMayBeUsedAgain) {
  Duel duel(with({"mm1: reuse-cookie"}), policy());
  EXPECT_EQ(duel.run().ending, Ending::kAccepted);
  const auto& first = duel.network().sent().front().message.datagram;
  EXPECT_EQ(to_hex(ByteView(first).first(8)), to_hex(kCapturedInitiator));
}

TEST(Changes, ANonceOrKeyThatWasSetIsComputedWith) {
  Duel duel(with({"mm3/nonce: set zeros:16", "pull1/nonce: set text:eight ok",
                  "pull1/messageid: set 0x01020304"}),
            policy());
  EXPECT_EQ(duel.run().ending, Ending::kAccepted) << duel.gm().verdict().reason;
  EXPECT_EQ(sent(duel, exchange::Exchange::kPull, 1).front().hash, Verdict::kGood);
}

TEST(Changes, WhatIsTakenOutIsMissing) {
  for (const auto& [change, step] : {
           std::pair{"mm1/sa: drop",     "mm1"  },
           {"mm3/nonce: drop",  "mm3"  },
           {"mm5/hash: drop",   "mm5"  },
           {"pull1/id: drop",   "pull1"},
           {"pull1/hash: drop", "pull1"},
           {"pull3: cut 30",    "pull3"},
           {"mm5: clear",       "mm5"  },
           {"pull1: clear",     "pull1"},
           {"mm3: cut 60",      "mm3"  }
  }) {
    Duel duel(with({change}), policy());
    EXPECT_EQ(duel.run().ending, Ending::kRefused) << change << duel.gm().verdict().reason;
    EXPECT_EQ(duel.gm().verdict().step, step) << change;
  }
}

TEST(Changes, AggressiveMode) {
  Duel good(with({"am1: add vid 0x01", "am3: repeat"}, true), policy());
  EXPECT_EQ(good.run().ending, Ending::kAccepted) << good.gm().verdict().reason;
  Duel bad(with({"am3: break-hash"}, true), policy());
  EXPECT_EQ(bad.run().ending, Ending::kRefused) << bad.gm().verdict().reason;
  EXPECT_THAT(texts(bad.gm().verdict()), ElementsAre("am3: the last bit of its HASH flipped"));
}

}  // namespace
}  // namespace gdoi::simulation
