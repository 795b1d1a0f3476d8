#include "protocol/base/hex.h"
#include "unit/keyserver/gm.h"

namespace gdoi::keyserver::test {
namespace {

using tables::row;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kPsk = "a pre-shared key";

Policy usual(Refusal refusal = Refusal::kSilence) {
  auto policy                    = default_policy(Secret(bytes_of(kPsk)));
  policy.groups[0].kek->lifetime = 43'200;
  policy.refusal                 = refusal;
  return policy;
}

TEST(Fault, NoProposalChosenComesInClear) {
  World world(usual());
  Gm gm(world, "10.40.10.10", kPsk);
  gm.offers = {
      Offer{.cipher = 5, .key_bits = 0, .hash = 1, .group = 2}
  };
  const auto answer = gm.main_1();
  ASSERT_THAT(answer, SizeIs(1));
  EXPECT_EQ(clear_notify(answer[0]), 14U);
  EXPECT_EQ(world.ks().phase1_count(), 0U);
  world.expect_sound();
}

// DES (1), MD5 (1), MODP 768, 1024 and 1536 (1, 2, 5) of RFC 2409 appendix A and RFC 3526.
TEST(Fault, WeakAlgorithmsAreOnlyTakenWhereThePolicyNamesThem) {
  struct Weak {
    Offer offer;
    std::string_view name;
  };

  for (const auto& one : {
           Weak{{1, 0, 4, 14},   "des-sha256-modp2048"   },
           Weak{{7, 128, 1, 14}, "aes128-md5-modp2048"   },
           Weak{{7, 128, 4, 1},  "aes128-sha256-modp768" },
           Weak{{7, 128, 4, 2},  "aes128-sha256-modp1024"},
           Weak{{7, 128, 4, 5},  "aes128-sha256-modp1536"}
  }) {
    SCOPED_TRACE(one.name);
    World strict(usual());
    Gm refused(strict, "10.40.10.10", kPsk);
    refused.offers = {one.offer};
    EXPECT_EQ(clear_notify(refused.main_1().at(0)), 14U);
    // Beside one that is taken by default it is not the one that is chosen.
    Gm other(strict, "10.40.10.10", kPsk, 12);
    other.offers = {one.offer, Offer{}};
    EXPECT_TRUE(other.registers());
    EXPECT_EQ(other.sa().algorithms.text(), "aes128-sha256-modp2048");
    auto named = usual();
    named.proposals.push_back(*proposal_named(one.name));
    World willing(std::move(named));
    Gm taken(willing, "10.40.10.10", kPsk);
    taken.offers = {one.offer};
    EXPECT_TRUE(taken.registers());
    EXPECT_EQ(taken.sa().algorithms.text(), one.name);
  }
}

TEST(Fault, APeerWithoutAPskIsDeclined) {
  auto policy         = usual();
  policy.psks[0].peer = *Prefix::parse("10.40.10.0/24");
  World world(std::move(policy));
  EXPECT_EQ(clear_notify(Gm(world, "10.40.11.1", kPsk).main_1().at(0)), 14U);
  EXPECT_TRUE(Gm(world, "10.40.10.1", kPsk).registers());
}

TEST(Fault, OtherDoiAndSituation) {
  World world(usual());
  Gm gm(world, "10.40.10.10", kPsk);
  gm.doi = 0;
  EXPECT_EQ(clear_notify(gm.main_1().at(0)), 2U);
  gm.doi       = 2;
  gm.situation = 2;
  EXPECT_EQ(clear_notify(gm.main_1().at(0)), 3U);
}

TEST(Fault, WrongPskMeetsSilence) {
  World world(usual());
  Gm gm(world, "10.40.10.10", "another key");
  ASSERT_THAT(gm.main_1(), SizeIs(1));
  ASSERT_THAT(gm.main_3(), SizeIs(1));
  EXPECT_THAT(gm.main_5(), IsEmpty());
  EXPECT_THAT(world.log(), Contains(HasSubstr("%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from "
                                              "10.40.10.10 failed its sanity check")));
  EXPECT_THAT(world.ks().take_key_log(), Contains(HasSubstr("SKEYID_A")));
  EXPECT_EQ(world.ks().phase1_count(), 1U);
  world.wait(31 * engine::kSecond);
  EXPECT_EQ(world.ks().phase1_count(), 0U);
}

// Main mode message 3 with a public value of 0.
Bytes third_with_zero(Gm& gm) {
  Bytes made(gm.sa().initiator.begin(), gm.sa().initiator.end());
  append(made, gm.sa().responder);
  append(made, from_hex("04100200000000000000013c"  // KE follows, exchange 2, no flag, 316 octets
                        "0a000104")
                   .value());
  made.resize(made.size() + 256);
  append(made, from_hex("0000001c"
                        "000102030405060708090a0b0c0d0e0f1011121314151617")
                   .value());
  return made;
}

TEST(Fault, ADeclinedMessageThatComesAgainIsNotLookedAtAgain) {
  World world(usual());
  Gm gm(world, "10.40.10.10", "another key");
  (void)gm.main_1();
  const auto zero     = third_with_zero(gm);
  const auto declined = world.send(gm.address, zero);
  ASSERT_THAT(declined, SizeIs(1));
  EXPECT_EQ(clear_notify(declined[0]), 17U);
  const auto asked = world.random_asked();
  auto lines       = world.log().size();
  EXPECT_EQ(world.send(gm.address, zero), declined);
  EXPECT_EQ(world.random_asked(), asked) << "another key pair was made";
  EXPECT_THAT(world.log(), SizeIs(lines));
  // The right one is heard all the same.
  const auto fourth = gm.main_3();
  ASSERT_THAT(fourth, SizeIs(1));
  const auto third = world.sent().at(world.sent().size() - 2);
  EXPECT_THAT(gm.main_5(), IsEmpty());
  const auto fifth = world.sent().back();
  lines            = world.log().size();
  EXPECT_THAT(world.send(fifth.from, fifth.octets), IsEmpty());
  EXPECT_THAT(world.log(), SizeIs(lines)) << "it was decrypted and judged again";
  EXPECT_EQ(world.send(third.from, third.octets), fourth);
}

TEST(Fault, WrongHashIMeetsSilence) {
  World world(usual());
  Gm gm(world, "10.40.10.10", kPsk);
  (void)gm.main_1();
  (void)gm.main_3();
  EXPECT_THAT(gm.main_5(true), IsEmpty());
}

TEST(Fault, WrongPublicValueIsNamed) {
  World world(usual());
  Gm gm(world, "10.40.10.10", kPsk);
  gm.offers = {Offer{.group = 19}};
  (void)gm.main_1();
  gm.sa().algorithms.group = crypto::Group::kEcp384;
  EXPECT_EQ(clear_notify(gm.main_3().at(0)), 17U);
}

TEST(Fault, WrongHash1AndHash3) {
  for (const auto refusal : {Refusal::kSilence, Refusal::kNotify, Refusal::kDelete}) {
    World world(usual(refusal));
    Gm gm(world, "10.40.10.10", kPsk);
    ASSERT_TRUE(gm.phase1());
    for (const bool third : {false, true}) {
      if (third) {
        ASSERT_TRUE(gm.accept_pull_2(gm.pull_1().at(0)));
      }
      const auto answer = third ? gm.pull_3(true) : gm.pull_1(true);
      if (refusal == Refusal::kNotify) {
        ASSERT_THAT(answer, SizeIs(1));
        ASSERT_TRUE(gm.open_informational(answer[0]));
        EXPECT_EQ(gm.last().find_number(row("notify.msgtype")), 23U);
      } else {
        EXPECT_THAT(answer, IsEmpty());
      }
    }
    EXPECT_EQ(world.ks().member_count("group-1"), 0U);
    EXPECT_EQ(world.ks().phase1_count(), 1U) << "a wrong HASH proves nothing and ends nothing";
  }
}

TEST(Fault, UnknownGroupAndStrangerAreRefusedInStyle) {
  for (const bool stranger : {false, true}) {
    for (const auto refusal : {Refusal::kSilence, Refusal::kNotify, Refusal::kDelete}) {
      auto policy           = usual(refusal);
      policy.refusal_notify = 24;
      if (stranger) {
        policy.groups[0].members = {*Prefix::parse("10.40.10.9")};
      }
      World world(std::move(policy));
      Gm gm(world, "10.40.10.10", kPsk);
      if (!stranger) {
        gm.group_id = {11, 0, 0, 0, 0xd2, 4, 0, 0};
      }
      ASSERT_TRUE(gm.phase1());
      const auto answer = gm.pull_1();
      if (refusal == Refusal::kSilence) {
        EXPECT_THAT(answer, IsEmpty());
        EXPECT_EQ(world.ks().phase1_count(), 0U);
        continue;
      }
      ASSERT_THAT(answer, SizeIs(1));
      ASSERT_TRUE(gm.open_informational(answer[0]));
      if (refusal == Refusal::kNotify) {
        EXPECT_EQ(gm.last().find_number(row("notify.msgtype")), 18U);
      } else {
        EXPECT_TRUE(gm.last().find(row("delete.spi")));
      }
      world.expect_sound();
    }
  }
}

TEST(Fault, RepeatedRequestsGetTheSameOctets) {
  World world(usual());
  Gm gm(world, "10.40.10.10", kPsk);
  const auto again = [&](const std::vector<Bytes>& answer) {
    const auto request = world.sent().at(world.sent().size() - 2);
    const auto asked   = world.random_asked();
    ASSERT_EQ(answer.size(), 1U);
    EXPECT_EQ(world.send(request.from, request.octets), answer);
    EXPECT_EQ(world.send(request.from, request.octets), answer);
    EXPECT_EQ(world.random_asked(), asked) << "an answer from memory needs no nonce and no key";
  };
  again(gm.main_1());
  again(gm.main_3());
  again(gm.main_5());
  const auto second = gm.pull_1();
  again(second);
  ASSERT_TRUE(gm.accept_pull_2(second.at(0)));
  const auto fourth = gm.pull_3();
  again(fourth);
  EXPECT_TRUE(gm.accept_pull_4(fourth.at(0)));
  EXPECT_EQ(world.ks().phase1_count(), 1U);
  EXPECT_EQ(world.ks().member_count("group-1"), 1U);
  // Late copies of earlier messages change nothing.
  const auto record = world.sent();
  for (const auto& one : record) {
    if (one.from == gm.address) {
      (void)world.send(one.from, one.octets);
    }
  }
  EXPECT_EQ(world.ks().phase1_count(), 1U);
  EXPECT_EQ(world.ks().member_count("group-1"), 1U);
}

TEST(Fault, HalfOpenPhase1sAreLimitedAndForgotten) {
  auto policy            = usual();
  policy.half_open_limit = 3;
  World world(std::move(policy));
  for (std::uint64_t i = 0; i < 5; ++i) {
    Gm gm(world, "10.40.10.10", kPsk, i);
    EXPECT_THAT(gm.main_1(), SizeIs(i < 3 ? 1 : 0));
  }
  EXPECT_EQ(world.ks().phase1_count(), 3U);
  world.wait(31 * engine::kSecond);
  EXPECT_EQ(world.ks().phase1_count(), 0U);
  EXPECT_FALSE(world.ks().deadline());
  EXPECT_TRUE(Gm(world, "10.40.10.10", kPsk, 9).registers());
}

TEST(Fault, UnknownCookieIsSilenceOrNotify) {
  for (const auto style : {UnknownCookie::kSilence, UnknownCookie::kNotify}) {
    auto policy           = usual();
    policy.unknown_cookie = style;
    World world(std::move(policy));
    World elsewhere(usual());
    Gm gm(elsewhere, "10.40.10.10", kPsk);
    ASSERT_TRUE(gm.phase1());
    (void)gm.pull_1();
    const auto& request = elsewhere.sent().at(elsewhere.sent().size() - 2);
    const auto answer   = world.send(request.from, request.octets);
    if (style == UnknownCookie::kSilence) {
      EXPECT_THAT(answer, IsEmpty());
      continue;
    }
    ASSERT_THAT(answer, SizeIs(1));
    EXPECT_EQ(clear_notify(answer[0]), 4U);
    // RFC 2408 section 3.14: DOI 0, protocol ISAKMP, both cookies as SPI.
    const auto cookies = to_hex(gm.sa().initiator) + to_hex(gm.sa().responder);
    auto expected      = cookies;
    expected += "0b10050000000000000000380000001c0000000001100004";
    expected += cookies;
    EXPECT_EQ(to_hex(answer[0]), expected);
    // An Informational is never answered so.
    EXPECT_THAT(world.send(request.from, answer[0]), IsEmpty());
  }
}

TEST(Fault, AnotherAddressCannotGoOnWithAPhase1) {
  World world(usual());
  Gm gm(world, "10.40.10.10", kPsk);
  ASSERT_TRUE(gm.phase1());
  gm.address = endpoint("10.40.10.66");
  EXPECT_THAT(gm.pull_1(), IsEmpty());
  gm.address = endpoint("10.40.10.10", 4848);
  EXPECT_THAT(gm.pull_1(), SizeIs(1));
}

TEST(Fault, DeleteOfTheGmEndsThePhase1) {
  World world(usual());
  Gm gm(world, "10.40.10.10", kPsk);
  ASSERT_TRUE(gm.registers());
  EXPECT_THAT(gm.delete_sa(), IsEmpty());
  EXPECT_EQ(world.ks().phase1_count(), 0U);
  EXPECT_FALSE(world.ks().deadline());
  world.expect_sound();
}

TEST(Fault, InitialContactForgetsTheLifeBefore) {
  World world(usual());
  Gm before(world, "10.40.10.10", kPsk, 1);
  ASSERT_TRUE(before.registers());
  Gm other(world, "10.40.10.11", kPsk, 2);
  ASSERT_TRUE(other.registers());
  Gm after(world, "10.40.10.10", kPsk, 3);
  after.initial_contact = true;
  ASSERT_TRUE(after.registers());
  EXPECT_EQ(world.ks().phase1_count(), 2U);
}

TEST(Fault, Phase1EndsWithItsLifetime) {
  World world(usual());
  Gm gm(world, "10.40.10.10", kPsk);
  ASSERT_TRUE(gm.registers());
  world.wait(86'399 * engine::kSecond);
  EXPECT_EQ(world.ks().phase1_count(), 1U);
  world.wait(2 * engine::kSecond);
  EXPECT_EQ(world.ks().phase1_count(), 0U);
}

TEST(Fault, TheKsRepeatsItselfWhereThePolicySaysSo) {
  auto policy           = usual();
  policy.retransmission = {2 * engine::kSecond, 2.0, 3};
  World world(std::move(policy));
  Gm gm(world, "10.40.10.10", kPsk);
  const auto answer = gm.main_1();
  EXPECT_THAT(world.wait(1 * engine::kSecond), IsEmpty());
  EXPECT_EQ(world.wait(2 * engine::kSecond), answer);
  EXPECT_EQ(world.wait(4 * engine::kSecond), answer);
  EXPECT_THAT(world.wait(20 * engine::kSecond), IsEmpty());
}

TEST(Fault, GarbageIsNotAnswered) {
  World world(usual());
  engine::SeededRandom random(3);
  Gm gm(world, "10.40.10.10", kPsk);
  const auto first = gm.make_main_1();
  for (std::size_t size = 0; size < first.size(); ++size) {
    Bytes cut(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(size));
    (void)world.send(gm.address, cut);
    random.fill(cut);
    (void)world.send(gm.address, cut);
  }
  EXPECT_LE(world.ks().phase1_count(), 1U);
  EXPECT_TRUE(Gm(world, "10.40.10.10", kPsk, 77).registers());
}

}  // namespace
}  // namespace gdoi::keyserver::test
