// Dead peer detection (RFC 3706) and DELETEs that are not for the phase-1 SA.

#include "protocol/base/hex.h"
#include "unit/keyserver/gm.h"

namespace gdoi::keyserver::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kPsk      = "a pre-shared key";
constexpr std::uint32_t kNotify      = 11;
constexpr std::uint32_t kDelete      = 12;
constexpr std::size_t kSequenceAfter = 24;

Policy usual() {
  auto policy                    = default_policy(Secret(bytes_of(kPsk)));
  policy.groups[0].kek->lifetime = 43'200;
  return policy;
}

Bytes cookies_of(Gm& gm) {
  Bytes cookies(gm.sa().initiator.begin(), gm.sa().initiator.end());
  append(cookies, gm.sa().responder);
  return cookies;
}

// RFC 3706 section 5.3: DOI 1, protocol 1, 16 octets of SPI, type 36136, a sequence number.
Bytes are_you_there(Gm& gm) {
  auto body = from_hex("0000000101108d28").value();
  append(body, cookies_of(gm));
  append(body, from_hex("00c0ffee").value());
  return body;
}

TEST(DeadPeer, IsAnsweredWithItsSequenceNumber) {
  World world(usual());
  Gm gm(world, "10.40.10.10", kPsk);
  ASSERT_TRUE(gm.phase1());
  const auto answer = gm.informational(kNotify, are_you_there(gm));
  ASSERT_THAT(answer, SizeIs(1));
  ASSERT_TRUE(gm.open_informational(answer[0]));
  auto expected = are_you_there(gm);
  expected[7]   = 0x29;  // R-U-THERE-ACK is 36137
  EXPECT_EQ(to_hex(exchange::MessageView(gm.last()).find(kNotify)->body), to_hex(expected));
  world.expect_sound();
}

TEST(DeadPeer, TheSameQuestionGetsTheSameOctets) {
  World world(usual());
  Gm gm(world, "10.40.10.10", kPsk);
  ASSERT_TRUE(gm.phase1());
  const auto answer   = gm.informational(kNotify, are_you_there(gm));
  const auto question = world.sent().at(world.sent().size() - 2);
  EXPECT_EQ(world.send(question.from, question.octets), answer);
  EXPECT_NE(gm.informational(kNotify, are_you_there(gm)), answer);
}

TEST(DeadPeer, DoesNotStopTheKsFromRepeatingItself) {
  auto policy                 = usual();
  policy.retransmission.tries = 3;
  World world(std::move(policy));
  Gm gm(world, "10.40.10.10", kPsk);
  ASSERT_TRUE(gm.phase1());
  const auto second = gm.pull_1();
  EXPECT_THAT(gm.informational(kNotify, are_you_there(gm)), SizeIs(1));
  EXPECT_EQ(world.wait(3 * engine::kSecond), second);
}

TEST(DeadPeer, AQuestionThatIsCutShortIsNoQuestion) {
  World world(usual());
  Gm gm(world, "10.40.10.10", kPsk);
  ASSERT_TRUE(gm.phase1());
  for (const std::size_t size : {8U, 23U, 24U, 26U}) {
    auto body = are_you_there(gm);
    body.resize(size);
    EXPECT_LE(gm.informational(kNotify, body).size(), 1U) << kSequenceAfter;
  }
  EXPECT_EQ(world.ks().phase1_count(), 1U);
}

// RFC 2409 section 5.7: HASH(1) protects what comes once there are keys.
TEST(Informational, WithAWrongHashOrInClearIsNone) {
  World world(usual());
  Gm gm(world, "10.40.10.10", kPsk);
  ASSERT_TRUE(gm.phase1());
  auto cookies = from_hex("0000000101100001").value();
  append(cookies, cookies_of(gm));
  EXPECT_THAT(gm.informational(kNotify, are_you_there(gm), true), IsEmpty());
  EXPECT_THAT(gm.informational(kDelete, cookies, true), IsEmpty());
  EXPECT_EQ(world.ks().phase1_count(), 1U);
  auto clear = cookies_of(gm);
  append(clear, from_hex("0c10050000abcdef000000380000001c").value());
  append(clear, cookies);
  EXPECT_THAT(world.send(gm.address, clear), IsEmpty());
  EXPECT_EQ(world.ks().phase1_count(), 1U);
  // The same with a right HASH ends it.
  EXPECT_THAT(gm.informational(kDelete, cookies), IsEmpty());
  EXPECT_EQ(world.ks().phase1_count(), 0U);
}

TEST(Delete, OfOtherSasLeavesThePhase1) {
  World world(usual());
  Gm gm(world, "10.40.10.10", kPsk);
  ASSERT_TRUE(gm.phase1());
  // An ESP SPI (protocol 3), then an ISAKMP SA that is another's (RFC 2408 section 3.15).
  EXPECT_THAT(gm.informational(kDelete, from_hex("0000000103040001aabbccdd").value()), IsEmpty());
  auto other = from_hex("0000000101100001").value();
  append(other, Bytes(16, 0x55));
  EXPECT_THAT(gm.informational(kDelete, other), IsEmpty());
  EXPECT_EQ(world.ks().phase1_count(), 1U);
  EXPECT_THAT(gm.delete_sa(), IsEmpty());
  EXPECT_EQ(world.ks().phase1_count(), 0U);
}

}  // namespace
}  // namespace gdoi::keyserver::test
