#include "unit/exchange/conversation.h"

// What captures hold beside one clean conversation: several, replays, NAT, other protocols, limits.
namespace gdoi::exchange::test {
namespace {

constexpr const char* kPlain = "reference-gm-registration";

Datagram renumbered(Datagram datagram, std::uint64_t frame) {
  datagram.packet.frame = frame;
  return datagram;
}

TEST(Interleaved, TwoRunsBetweenTheSameAddressesDoNotDisturbEachOther) {
  const std::string names[] = {"reference-live/three-gms-kek-3des", "reference-live/loss-10"};
  Conversation all[2]       = {read_capture(names[0]), read_capture(names[1])};
  auto ring                 = read_keys(names[0]);
  ring.merge(read_keys(names[1]));
  std::map<std::uint64_t, std::pair<std::size_t, std::uint64_t>> origin;
  Play mixed(std::move(ring));
  std::uint64_t frame = 0;
  for (std::size_t i = 0; i < std::max(all[0].size(), all[1].size()); ++i) {
    for (const std::size_t run : {0U, 1U}) {
      if (i < all[run].size()) {
        origin[++frame] = {run, all[run][i].packet.frame};
        mixed.packet(renumbered(all[run][i], frame));
      }
    }
  }
  Play alone[2] = {Play(read_keys(names[0])), Play(read_keys(names[1]))};
  alone[0].all(all[0]);
  alone[1].all(all[1]);
  for (const auto& [at, from] : origin) {
    const auto& was = alone[from.first].frames().at(from.second);
    const auto& now = mixed.frames().at(at);
    EXPECT_EQ(now.summary, was.summary);
    EXPECT_EQ(now.record.crypt,
              Crypt::kClear == was.record.crypt ? Crypt::kClear : Crypt::kDecrypted);
    EXPECT_EQ(now.record.hash, was.record.hash);
    EXPECT_EQ(now.record.signature, was.record.signature);
    EXPECT_EQ(now.record.number, was.record.number);
  }
}

TEST(Replay, AMessage1AnsweredWithAnotherCookieIsANewPhase1) {
  const auto all = read_capture(kPlain);
  Play play(read_keys(kPlain));
  play.all(all);
  play.packet(renumbered(all[0], 101));
  EXPECT_EQ(play.record(101).retransmission_of, all[0].packet.frame);
  auto answer = renumbered(all[1], 102);
  answer.octets[8] ^= 0xff;
  play.packet(answer);
  EXPECT_EQ(play.record(102).retransmission_of, 0U);
  EXPECT_EQ(play.record(102).number, 2);
  EXPECT_EQ(play.record(102).answers, all[0].packet.frame);
  EXPECT_NE(play.record(102).phase1, play.record(1).phase1);
  auto next = renumbered(all[2], 103);
  next.octets[8] ^= 0xff;
  play.packet(next);
  EXPECT_EQ(play.record(103).phase1, play.record(102).phase1);
  EXPECT_EQ(play.record(103).number, 3);
}

TEST(Replay, AnotherMessage1WithTheSameCookieIsANewPhase1) {
  const auto all = read_capture(kPlain);
  Play play(read_keys(kPlain));
  play.all(all);
  auto other = renumbered(all[0], 101);
  other.octets.back() ^= 1;
  play.packet(other);
  EXPECT_EQ(play.record(101).retransmission_of, 0U);
  EXPECT_EQ(play.record(101).number, 1);
  EXPECT_EQ(play.record(101).phase1, play.record(1).phase1 + 1);
}

TEST(Replay, TheSameCookiesWithAnotherKeyExchangeAreANewPhase1) {
  const auto all = read_capture(kPlain);
  Play play(read_keys(kPlain));
  play.all({all.begin(), all.begin() + 6});
  auto other = renumbered(all[3], 101);
  other.octets[40] ^= 1;
  play.packet(other);
  EXPECT_EQ(play.record(101).number, 4);
  EXPECT_NE(play.record(101).phase1, play.record(4).phase1);
  // The conversation before goes on all the same.
  for (std::size_t i = 6; i < all.size(); ++i) {
    play.packet(renumbered(all[i], 110 + i));
    EXPECT_EQ(play.record(110 + i).hash, Verdict::kGood) << i;
    EXPECT_EQ(play.record(110 + i).phase1, play.record(1).phase1);
  }
}

TEST(Nat, PortsMayChangeAndAMarkerMayComeBetween) {
  auto all = read_capture(kPlain);
  for (std::size_t i = 4; i < all.size(); ++i) {
    const bool from_gm                                                = i % 2 == 0;
    (from_gm ? all[i].packet.source : all[i].packet.destination).port = 31'337;
    (from_gm ? all[i].packet.destination : all[i].packet.source).port = 4500;
    all[i].octets.insert(all[i].octets.begin(), 4, 0);
  }
  Play play(read_keys(kPlain));
  play.all(all);
  for (const auto& [frame, followed] : play.frames()) {
    EXPECT_EQ(followed.record.sender, frame % 2 == 1 ? Sender::kGm : Sender::kKs);
    EXPECT_EQ(followed.record.hash, frame > 4 ? Verdict::kGood : Verdict::kAbsent);
  }
}

TEST(OneAddress, GmAndKsAreToldApartByTheirPorts) {
  auto all = read_capture(kPlain);
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto& packet               = all[i].packet;
    packet.destination.address = packet.source.address     = {127, 0, 0, 1};
    (i % 2 == 0 ? packet.source : packet.destination).port = 50'000;
  }
  Play play(read_keys(kPlain));
  play.all(all);
  for (const auto& [frame, followed] : play.frames()) {
    EXPECT_EQ(followed.record.sender, frame % 2 == 1 ? Sender::kGm : Sender::kKs);
    EXPECT_EQ(followed.record.hash, frame > 4 ? Verdict::kGood : Verdict::kAbsent);
  }
}

TEST(Push, TheSameOctetsToAnotherGmAreNoRetransmission) {
  const std::string name = "reference-gm-registration-kek-push";
  const auto all         = read_capture(name);
  Play play(read_keys(name));
  play.all(all);
  auto copy                       = renumbered(all[10], 101);
  copy.packet.destination.address = {10, 0, 224, 40};
  play.packet(copy);
  EXPECT_EQ(play.record(101).retransmission_of, 0U);
  EXPECT_EQ(play.record(101).signature, Verdict::kGood);
  play.packet(renumbered(copy, 102));
  EXPECT_EQ(play.record(102).retransmission_of, 101U);
}

TEST(Push, OneThatComesBeforeItsKdIsReadWhenThatComes) {
  const std::string name = "reference-gm-registration-kek-push";
  auto all               = read_capture(name);
  std::swap(all[9], all[10]);
  all[9].packet.frame  = 10;
  all[10].packet.frame = 11;
  Play play(read_keys(name));
  play.all(all);
  EXPECT_TRUE(play.frames().at(10).late);
  EXPECT_EQ(play.record(10).signature, Verdict::kGood);
  EXPECT_EQ(play.record(10).key_frame, 11U);
}

TEST(Doi, Exchange32UnderTheIpsecDoiIsQuickMode) {
  auto all = read_capture(kPlain);
  for (const std::size_t i : {0U, 1U}) {
    all[i].octets[35] = 1;  // the DOI of the phase-1 SA
  }
  Play play({});
  play.all(all);
  EXPECT_EQ(play.record(7).exchange, Exchange::kQuick);
  EXPECT_EQ(play.record(7).pull, 0U);
  EXPECT_EQ(message_title(play.record(7)), "Quick mode, probably message 1");
}

TEST(Titles, SayProbablyWhereOrderAloneTells) {
  Play play({});
  play.all(read_capture(kPlain));
  EXPECT_EQ(message_title(play.record(2)), "Main mode 2/6");
  EXPECT_EQ(message_title(play.record(5)), "Main mode, probably 5/6");
  EXPECT_EQ(message_title(play.record(8)), "GROUPKEY-PULL, probably 2/4");
  EXPECT_EQ(play.frames().at(8).summary, "encrypted, 152 octets");
}

FrameRecord follow_octets(const Bytes& octets) {
  Follower follower;
  Packet packet;
  packet.frame   = 1;
  packet.payload = octets;
  wire::Tree tree;
  return follower.follow(packet, tree);
}

TEST(OtherProtocols, AreNamed) {
  EXPECT_EQ(follow_octets({0xff}).exchange, Exchange::kKeepalive);
  EXPECT_EQ(follow_octets({}).exchange, Exchange::kUnknown);
  EXPECT_EQ(follow_octets(Bytes(27, 0x10)).exchange, Exchange::kUnknown);
  Bytes ikev2(28, 1);
  ikev2[17] = 0x20;
  ikev2[27] = 28;
  EXPECT_EQ(follow_octets(ikev2).exchange, Exchange::kIkev2);
  Bytes other(28, 1);
  other[17] = 0x10;
  other[18] = 240;
  EXPECT_EQ(follow_octets(other).exchange, Exchange::kOther);
}

TEST(Damaged, ACiphertextOfBrokenBlocksIsCalledThat) {
  auto all = read_capture(kPlain);
  Play play(read_keys(kPlain));
  play.all({all.begin(), all.begin() + 6});
  all[6].octets.pop_back();
  play.packet(all[6]);
  EXPECT_EQ(play.record(7).crypt, Crypt::kDamaged);
  play.packet(renumbered(read_capture(kPlain)[6], 8));
  EXPECT_EQ(play.record(8).hash, Verdict::kGood) << "the whole one is read";
}

TEST(Limits, TheOldestPhase1GoesAndTheOthersStay) {
  FollowerLimits limits;
  limits.phase1s = 2;
  Play play(read_keys("reference-live/loss-10"), limits);
  play.all(read_capture("reference-live/loss-10"));
  unsigned good = 0;
  for (const auto& [frame, followed] : play.frames()) {
    EXPECT_NE(followed.record.hash, Verdict::kBad);
    good += followed.record.hash == Verdict::kGood ? 1U : 0U;
  }
  EXPECT_GT(good, 0U);
}

TEST(Limits, NothingPendingNothingLate) {
  FollowerLimits limits;
  limits.pending_each = 0;
  auto all            = read_capture(kPlain);
  std::swap(all[7].octets, all[8].octets);
  std::swap(all[7].packet.source, all[8].packet.source);
  std::swap(all[7].packet.destination, all[8].packet.destination);
  Play play(read_keys(kPlain), limits);
  play.all(all);
  EXPECT_EQ(play.record(8).crypt, Crypt::kNoIv);
  EXPECT_EQ(play.record(9).hash, Verdict::kGood);
  EXPECT_EQ(play.record(10).crypt, Crypt::kDecrypted);
}

TEST(Script, EveryStepNamesItsSenderAndPayloads) {
  for (const auto exchange : {Exchange::kMain, Exchange::kAggressive, Exchange::kPull}) {
    std::uint8_t number = 0;
    for (const auto& step : script(exchange)) {
      EXPECT_EQ(step.number, ++number);
      EXPECT_EQ(step.exchange, exchange);
      EXPECT_EQ(step.sender, number % 2 == 1 ? Sender::kGm : Sender::kKs);
      EXPECT_EQ(step_of(exchange, number), &step);
    }
  }
  EXPECT_EQ(script(Exchange::kMain).size(), 6U);
  EXPECT_EQ(script(Exchange::kPull).size(), 4U);
  EXPECT_EQ(step_of(Exchange::kPull, 5), nullptr);
  EXPECT_EQ(step_of(Exchange::kPull, 1)->short_name, "pull1");
  EXPECT_TRUE(script(Exchange::kQuick).empty());
}

TEST(Address, HasItsUsualText) {
  Endpoint four;
  four.address = {10, 0, 224, 44};
  EXPECT_EQ(address_text(four), "10.0.224.44");
  Endpoint six;
  six.family  = 6;
  six.address = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  EXPECT_EQ(address_text(six), "2001:db8::1");
}

}  // namespace
}  // namespace gdoi::exchange::test
