#include "protocol/base/hex.h"
#include "protocol/registration/group_book.h"
#include "unit/registration/play.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>

/// Groups of captures. SEQs, KEKs and sender IDs were read with Python programs that share no code
/// with this project; set C of tests/vectors/gdoi-vectors.json was made by one.
namespace gdoi::registration::test {
namespace {

constexpr auto kThree = "reference-live/three-gms-kek-3des";

// The KEKs of kThree: that of the PULLs, that of frame 40, that of frame 44.
constexpr auto kKek1 = "3cf611c9030a122f7afafd90a454ea4b";
constexpr auto kKek2 = "3bcf9ed122030aa62d276fbda23db5ff";
constexpr auto kKek3 = "2a3aa0b61ea8da0ca56561d141c0d5d8";

std::vector<GroupView> groups_of(const Datagrams& all, keys::KeyRing ring = {}) {
  exchange::Intake intake;
  intake.use(std::move(ring));
  intake.read_copies(true);
  Tracker tracker;
  tracker.collect_groups();
  feed(intake, tracker, all, [](std::uint32_t /*number*/) {});
  tracker.finish();
  return tracker.take_groups();
}

GroupView only(std::vector<GroupView> all) {
  EXPECT_EQ(all.size(), 1U);
  return all.empty() ? GroupView{} : std::move(all.front());
}

Datagrams without_frame(Datagrams all, std::uint64_t frame) {
  std::erase_if(all, [&](const Datagram& one) { return one.packet.frame == frame; });
  return all;
}

std::string spi_of(const keys::KekSpi& spi) {
  return to_hex(spi);
}

std::vector<std::string> ranges_of(const KekSeen& kek) {
  std::vector<std::string> all;
  for (const auto& run : kek.sequence.runs()) {
    all.push_back(sequence_text(run.first, run.last));
  }
  return all;
}

TEST(Groups, ShowMembersPolicyAndRekeys) {
  const auto view = only(groups_of(read_capture(kThree), read_keys(kThree)));
  ASSERT_TRUE(view.group);
  EXPECT_EQ(view.group->text, "3523477504");
  ASSERT_EQ(view.servers.size(), 1U);
  EXPECT_EQ(exchange::address_text(view.servers[0].ks), "10.0.224.44");
  ASSERT_EQ(view.members.size(), 3U);
  for (const auto& gm : view.members) {
    EXPECT_EQ(gm.registrations, 1U);
    EXPECT_EQ(gm.version.text(), "not announced");
    EXPECT_EQ(spi_of(*gm.rekey.kek), kKek1);
    EXPECT_EQ(gm.rekey.sequence, 0U);
    EXPECT_FALSE(gm.missing);
    EXPECT_FALSE(gm.unseen);
    EXPECT_TRUE(gm.not_sent.empty());
  }
  ASSERT_EQ(view.keks.size(), 3U);
  EXPECT_EQ(spi_of(view.keks[1].spi), kKek2);
  EXPECT_EQ(view.keks[1].brought_frame, 40U);
  EXPECT_EQ(spi_of(view.keks[2].spi), kKek3);
  EXPECT_EQ(view.keks[2].brought_frame, 44U);
  EXPECT_THAT(ranges_of(view.keks[0]), testing::ElementsAre("SEQ 1 to 4"));
  EXPECT_THAT(ranges_of(view.keks[1]), testing::ElementsAre("SEQ 5 to 8"));
  EXPECT_THAT(ranges_of(view.keks[2]), testing::ElementsAre("SEQ 9"));
  EXPECT_EQ(view.pushes.size(), 9U);
  ASSERT_TRUE(view.policy.kek);
  EXPECT_EQ(view.policy.kek->frame, 45U);
  EXPECT_EQ(view.policy.tek_count, 2U);
}

TEST(Groups, TellWhichPushIsMissing) {
  const auto view = only(groups_of(without_frame(read_capture(kThree), 38), read_keys(kThree)));
  const auto gaps = gaps_of(view.keks.at(0).sequence);
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_EQ(gaps[0].first, 2U);
  EXPECT_EQ(gaps[0].last, 2U);
  EXPECT_EQ(gaps[0].after, 37U);
  EXPECT_EQ(gaps[0].before, 39U);
  for (const auto& gm : view.members) {
    ASSERT_TRUE(gm.missing);
    EXPECT_EQ(gm.missing->first, 2U);
    EXPECT_FALSE(gm.unseen) << "frame 40 brings the next KEK all the same";
  }
}

// The first PUSH of all: only SEQ 0 of the PULLs tells that it was there.
TEST(Groups, TellThatThePushAfterThePullIsMissing) {
  const auto view = only(groups_of(without_frame(read_capture(kThree), 37), read_keys(kThree)));
  EXPECT_TRUE(gaps_of(view.keks.at(0).sequence).empty());
  ASSERT_TRUE(view.members.at(0).missing);
  EXPECT_EQ(view.members[0].missing->first, 1U);
  EXPECT_EQ(view.members[0].missing->after, 10U);
}

TEST(Groups, TellAKekThatNoPushBrings) {
  const auto view = only(groups_of(without_frame(read_capture(kThree), 40), read_keys(kThree)));
  const auto found =
      std::ranges::find_if(view.keks, [](const KekSeen& kek) { return spi_of(kek.spi) == kKek2; });
  ASSERT_NE(found, view.keks.end()) << "told by its destination";
  EXPECT_EQ(found->brought_frame, 0U);
  for (const auto& gm : view.members) {
    ASSERT_TRUE(gm.unseen);
    EXPECT_EQ(spi_of(*gm.unseen), kKek2);
    EXPECT_EQ(gm.unseen_frame, 41U);
  }
}

TEST(Groups, WithoutKeysTellTheKeksByTheirCookies) {
  const auto view = only(groups_of(read_capture(kThree)));
  EXPECT_FALSE(view.group);
  ASSERT_EQ(view.keks.size(), 3U);
  std::vector<std::uint64_t> counts;
  for (const auto& kek : view.keks) {
    EXPECT_EQ(kek.unread, kek.pushes);
    EXPECT_TRUE(kek.sequence.runs().empty());
    EXPECT_EQ(kek.brought_frame, 0U);
    counts.push_back(kek.pushes);
  }
  EXPECT_THAT(counts, testing::ElementsAre(4U, 4U, 1U));
  EXPECT_EQ(spi_of(view.keks[1].spi), kKek2);
  EXPECT_EQ(view.keks[1].first_frame, 41U);
  EXPECT_EQ(view.members.size(), 3U);
  EXPECT_TRUE(view.pushes.empty());
}

/// PUSH 38 to some GMs by unicast in place of the group's address, and what comes after it.
Datagrams sent_to(const std::vector<std::uint8_t>& gms, bool goes_on) {
  Datagrams sent;
  for (const auto& one : read_capture(kThree)) {
    if (one.packet.frame != 38) {
      if (one.packet.frame < 38 || goes_on) {
        sent.push_back(one);
      }
      continue;
    }
    for (const auto gm : gms) {
      sent.push_back(one);
      sent.back().packet.destination.address = {10, 0, 224, gm};
    }
  }
  return renumbered(sent);
}

TEST(Groups, TellWhoWasNotSentAUnicastPush) {
  const auto view = only(groups_of(sent_to({37, 40}, true), read_keys(kThree)));
  ASSERT_EQ(view.members.size(), 3U);
  EXPECT_TRUE(view.members[0].not_sent.empty());
  EXPECT_TRUE(view.members[1].not_sent.empty());
  ASSERT_EQ(view.members[2].not_sent.size(), 1U);
  EXPECT_EQ(view.members[2].not_sent[0].sequence, 2U);
  EXPECT_EQ(view.members[2].not_sent[0].gms, 2U);
}

// As a KS that is still sending its copies.
TEST(Groups, DoNotTellItWhereTheCaptureEndsAtOnce) {
  const auto view = only(groups_of(sent_to({37}, false), read_keys(kThree)));
  ASSERT_EQ(view.members.size(), 3U);
  for (const auto& gm : view.members) {
    EXPECT_TRUE(gm.not_sent.empty());
  }
}

TEST(Groups, HaveSenderIds) {
  const auto capture = "reference-live/gcm-sids";
  const auto view    = only(groups_of(read_capture(capture), read_keys(capture)));
  ASSERT_EQ(view.members.size(), 3U);
  EXPECT_THAT(view.members[0].rekey.sender_ids, testing::ElementsAre(0, 0x1000000, 0x2000000));
  EXPECT_THAT(view.members[1].rekey.sender_ids, testing::ElementsAre(0x3000000));
  EXPECT_THAT(view.members[2].rekey.sender_ids, testing::ElementsAre(0x4000000));
}

// captures/story/policies/kek-7-days.yaml, captures/story/README.md.
TEST(Groups, HaveVersionsAndPolicyOfTheStory) {
  const auto capture = "story/h-refused-and-registered";
  const auto view    = only(groups_of(read_capture(capture), read_keys(capture)));
  EXPECT_EQ(view.group->text, "1234");
  ASSERT_EQ(view.members.size(), 2U);
  EXPECT_EQ(view.members[0].version.text(), "1.0.17 (synthetic)");
  EXPECT_EQ(view.members[0].registrations, 1U);
  EXPECT_EQ(view.members[1].version.text(), "1.0.1 (synthetic)");
  EXPECT_EQ(view.members[1].registrations, 0U);
  EXPECT_EQ(view.members[1].attempts, 3U);
  const auto* feature = getvpn::feature_named("long-sa-lifetime");
  EXPECT_EQ(support_of(*feature, view.members[0].version), getvpn::Support::kSupported);
  EXPECT_EQ(support_of(*feature, view.members[1].version), getvpn::Support::kUnsupported);
  ASSERT_TRUE(view.policy.kek);
  EXPECT_EQ(view.policy.kek->lifetime, 604'800U);
  EXPECT_EQ(exchange::address_text(*view.policy.kek->destination), "239.192.1.1");
  ASSERT_EQ(view.policy.teks.size(), 1U);
  EXPECT_EQ(view.policy.teks[0].algorithms, "ESP AES-CBC 256, HMAC-SHA2-256");
  EXPECT_EQ(view.policy.teks[0].lifetime, 3'600U);
  EXPECT_EQ(view.policy.teks[0].source, "10.0.0.0/8");
}

// Phase 1, PULL, a PUSH and its acknowledgement, RFC 8263; the SA KEK asks for it with SHA-256.
class Acknowledged : public testing::Test {
 protected:
  void SetUp() override {
    std::ifstream file(std::string(GDOI_VECTORS_DIR) + "/gdoi-vectors.json");
    set_ = nlohmann::json::parse(file).at("C_synthetic_aes128_sha256");
    for (const auto& message : set_.at("messages")) {
      add(message.get<std::string>(), all_.size() % 2 == 0);
    }
    add(set_.at("push").at(0).get<std::string>(), false);
  }

  void add(const std::string& digits, bool from_gm) {
    Datagram one;
    one.octets         = *from_hex(digits);
    one.packet.frame   = all_.size() + 1;
    one.packet.time_ns = static_cast<std::int64_t>(all_.size() + 1) * kSecond;
    auto& gm           = from_gm ? one.packet.source : one.packet.destination;
    auto& ks           = from_gm ? one.packet.destination : one.packet.source;
    gm.address         = {192, 0, 2, 10};
    ks.address         = {192, 0, 2, 1};
    gm.port = ks.port = 848;
    all_.push_back(std::move(one));
  }

  /// A message of somebody else, so long after.
  void go_on(std::int64_t seconds) {
    auto one                  = again(all_.front(), all_.back(), seconds);
    one.packet.frame          = all_.size() + 1;
    one.packet.source.address = {192, 0, 2, 99};
    one.octets.at(0)          = 0x77;
    all_.push_back(std::move(one));
  }

  [[nodiscard]] MemberSeen member() const {
    keys::KeyRing ring;
    auto& secrets = ring.phase1({1, 2, 3, 4, 5, 6, 7, 8});
    secrets.psk.push_back(
        {keys::Side::kBoth, Secret(bytes_of(set_.at("psk_ascii").get<std::string>()))});
    secrets.dh_secret.push_back(
        {keys::Side::kBoth, Secret(*from_hex(set_.at("gxy").get<std::string>()))});
    for (auto& view : groups_of(all_, std::move(ring))) {
      if (view.group) {
        EXPECT_EQ(view.policy.kek->acknowledgement, "KEK_SHA256");
        EXPECT_EQ(view.policy.kek->lifetime, 3'600U);
        return view.members.at(0);
      }
    }
    ADD_FAILURE() << "no group";
    return {};
  }

  nlohmann::json set_;
  Datagrams all_;
};

TEST_F(Acknowledged, IsNotMissing) {
  add(set_.at("ack_message").get<std::string>(), true);
  go_on(20);
  const auto gm = member();
  EXPECT_EQ(gm.asked_acks, 1U);
  EXPECT_EQ(gm.missing_acks, 0U);
}

TEST_F(Acknowledged, IsMissingWhereItDidNotComeIn10Seconds) {
  go_on(10);
  const auto gm = member();
  EXPECT_EQ(gm.missing_acks, 1U);
  ASSERT_EQ(gm.unacknowledged.size(), 1U);
  EXPECT_EQ(gm.unacknowledged[0].sequence, 1U);
  EXPECT_EQ(gm.unacknowledged[0].frame, 11U);
}

TEST_F(Acknowledged, IsNotKnownBefore) {
  go_on(9);
  EXPECT_EQ(member().asked_acks, 0U);
}

TEST_F(Acknowledged, ByAForgedMessageIsMissing) {
  add(set_.at("ack_message").get<std::string>(), true);
  all_.back().octets.at(40) ^= 1U;  // in the HASH
  go_on(20);
  EXPECT_EQ(member().missing_acks, 1U);
}

TEST(SequenceRuns, JoinWhateverTheOrder) {
  Sequence sequence;
  for (const auto number : {5U, 1U, 3U, 2U, 9U}) {
    EXPECT_TRUE(sequence.add(number, 100 + number));
  }
  EXPECT_FALSE(sequence.add(2, 200));
  const auto gaps = gaps_of(sequence);
  ASSERT_EQ(gaps.size(), 2U);
  EXPECT_EQ(sequence_text(gaps[0].first, gaps[0].last), "SEQ 4");
  EXPECT_EQ(sequence_text(gaps[1].first, gaps[1].last), "SEQ 6 to 8");
  EXPECT_EQ(gaps[1].after, 105U);
  EXPECT_EQ(gaps[1].before, 109U);
}

TEST(SequenceRuns, AreBounded) {
  Sequence sequence;
  for (std::uint32_t number = 0; number < 1'000; number += 2) {
    sequence.add(number, number + 1);
  }
  EXPECT_EQ(sequence.runs().size(), Sequence::kMaxRuns);
  EXPECT_EQ(sequence.runs().back().last, 998U);
}

TEST(RecentNumbers, ForgetTheOldest) {
  Recent recent;
  recent.set(0);
  recent.set(63);
  EXPECT_TRUE(recent.has(0));
  EXPECT_FALSE(recent.has(1));
  recent.set(64);
  EXPECT_FALSE(recent.has(0));
  EXPECT_TRUE(recent.has(63));
  recent.set(10'000);
  EXPECT_FALSE(recent.has(64));
  EXPECT_TRUE(recent.has(10'000));
}

}  // namespace
}  // namespace gdoi::registration::test
