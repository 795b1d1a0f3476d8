#include "protocol/base/hex.h"
#include "protocol/registration/contents.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"
#include "unit/registration/messages.h"

#include <set>

namespace gdoi::registration::test {
namespace {

using Source = GmVersion::Source;

constexpr auto kCapture = "reference-gm-registration";

GmVersion version_with(ByteView vendor_id, getvpn::VersionRules rules = {}) {
  auto all = read_capture(kCapture);
  add_vendor_id(all[0], vendor_id);
  const auto found = track(all, {}, Tracker(std::move(rules)));
  EXPECT_EQ(found.registrations.size(), 1U);
  return found.registrations.at(0).gm_version;
}

Bytes hex(std::string_view digits) {
  return *from_hex(digits);
}

TEST(GmVersion, OfTheSyntheticVendorIdIsCalledSo) {
  const auto vendor_id = getvpn::synthetic_vendor_id({0x01000004});
  const auto version   = version_with(vendor_id);
  EXPECT_EQ(version.source, Source::kRule);
  EXPECT_EQ(version.text(), "1.0.4 (synthetic)");
  EXPECT_EQ(version.frame, 1U);
}

TEST(GmVersion, ByARuleOfTheUser) {
  getvpn::VersionRules rules;
  rules.add({.name      = "mine",
             .prefix    = hex("c0ffee00c0ffee00"),
             .offset    = 8,
             .encoding  = getvpn::Encoding::kU32BigEndian,
             .unmask    = getvpn::Unmask::kNone,
             .source    = "a test",
             .synthetic = false});
  const auto version = version_with(hex("c0ffee00c0ffee0001000011"), rules);
  EXPECT_EQ(version.source, Source::kRule);
  EXPECT_EQ(version.text(), "1.0.17");
  EXPECT_EQ(version.rule, "mine");
}

TEST(GmVersion, ByItsFormIsACandidate) {
  const auto version = version_with(hex("a1b2c3d4e5f60718293a4b5c01000008"));
  EXPECT_EQ(version.source, Source::kCandidate);
  EXPECT_EQ(version.text(), "1.0.8 (candidate)");
}

TEST(GmVersion, OfAVendorIdThatNobodyKnowsIsUnknown) {
  EXPECT_EQ(version_with(hex("00112233445566778899aabbccddeeff")).text(), "unknown");
}

// Dead Peer Detection (RFC 3706) announces no GETVPN version.
TEST(GmVersion, IsNotAnnouncedByVendorIdsOfOtherThings) {
  EXPECT_EQ(version_with(hex("afcad71368a1f1c96b8696fc77570100")).text(), "not announced");
}

TEST(GmVersion, IsTheGmsAndNotTheKss) {
  auto all = read_capture(kCapture);
  add_vendor_id(all[1], getvpn::synthetic_vendor_id({0x01000004}));
  EXPECT_EQ(track(all).registrations.at(0).gm_version.text(), "not announced");
}

TEST(Features, FollowFromAVersionByARuleOnly) {
  auto all = read_capture(kCapture);
  add_vendor_id(all[0], getvpn::synthetic_vendor_id({0x01000001}));
  const auto by_rule = features_of(track(all).registrations.at(0).gm_version);
  EXPECT_EQ(by_rule.at("long-sa-lifetime"), getvpn::Support::kUnsupported);
  EXPECT_EQ(by_rule.at("pfs"), getvpn::Support::kUnknown);
  const auto without = features_of(track(read_capture(kCapture)).registrations.at(0).gm_version);
  EXPECT_EQ(without.at("long-sa-lifetime"), getvpn::Support::kUnknown);
}

TEST(Ids, LeadToTheRegistrationWhileItGrows) {
  exchange::Intake intake;
  Tracker tracker;
  std::vector<Outcome> outcomes;
  feed(intake, tracker, read_capture(kCapture), [&](std::uint32_t number) {
    ASSERT_EQ(number, 1U);
    outcomes.push_back(tracker.registrations()[number - 1].outcome);
  });
  EXPECT_THAT(outcomes, testing::Contains(Outcome::kIncomplete).Times(9));
  EXPECT_EQ(outcomes.back(), Outcome::kRegistered);
}

TEST(Numbers, ASecondPullUnderOnePhase1HasItsOwn) {
  const auto all   = read_capture("reference-live/unknown-group");
  const auto found = track(all);
  std::map<std::uint64_t, std::uint32_t> of_frame;
  for (std::size_t i = 0; i < all.size(); ++i) {
    of_frame[all[i].packet.frame] = found.ids[i];
  }
  EXPECT_EQ(of_frame[8], of_frame[14]);
  EXPECT_NE(of_frame[14], of_frame[18]);
  EXPECT_EQ(of_frame[18], of_frame[34]);
  for (const auto& one : found.registrations) {
    EXPECT_EQ(of_frame[one.first_frame], one.number);
  }
}

// A filter on the number that the list shows must show the messages of that registration.
TEST(Numbers, AreTheSameWhileTheCaptureGoesOnAndInTheEndWhereGmsOverlap) {
  const auto one = read_capture(kCapture);
  Datagrams all(one.begin(), one.begin() + 6);
  for (const auto& message : one) {
    auto other = with_cookie(message, 1);
    for (auto* end : {&other.packet.source, &other.packet.destination}) {
      end->address.at(3) =
          end->address.at(3) == one.front().packet.source.address.at(3) ? 99 : end->address.at(3);
    }
    all.push_back(other);
  }
  all.insert(all.end(), one.begin() + 6, one.end());
  all              = renumbered(all);
  const auto found = track(all);
  ASSERT_EQ(found.registrations.size(), 2U);
  EXPECT_GT(found.registrations[0].first_frame, found.registrations[1].first_frame);
  for (const auto& registration : found.registrations) {
    EXPECT_EQ(registration.outcome, Outcome::kRegistered);
    EXPECT_EQ(found.ids.at(registration.first_frame - 1), registration.number);
  }
}

// A ring buffer begins anywhere: who sends PULL message 1 is the GM (RFC 6407 section 3.2), whoever
// sent first.
TEST(Sides, AreToldByThePullWhereTheCaptureBeginsWithTheKs) {
  const auto whole = read_capture("story/h-refused-and-registered");
  for (const bool with_keys : {true, false}) {
    for (const std::ptrdiff_t begin : {3, 5}) {
      const Datagrams all(whole.begin() + begin, whole.end());
      const auto found =
          track(all, with_keys ? read_keys("story/h-refused-and-registered") : keys::KeyRing());
      ASSERT_EQ(found.registrations.size(), 4U);
      for (const auto& one : found.registrations) {
        EXPECT_EQ(exchange::address_text(one.ks), "10.80.127.20") << one.number;
      }
      const auto& first = found.registrations.front();
      EXPECT_EQ(exchange::address_text(first.gm), "10.40.10.10");
      EXPECT_EQ(first.outcome, Outcome::kRefused);
      EXPECT_EQ(first.step, "pull1");
      EXPECT_EQ(found.registrations[2].attempt, 2U);
    }
  }
}

TEST(Limits, OfOpenPhase1sJudgeAndCloseTheOldest) {
  constexpr std::size_t kPhase1s = 200;
  constexpr std::size_t kOpen    = 8;
  const auto mm1                 = read_capture(kCapture).front();
  Datagrams all;
  for (std::size_t i = 0; i < kPhase1s; ++i) {
    auto one                        = again(with_cookie(mm1, i + 1), mm1, static_cast<int>(i) * 10);
    one.packet.source.address.at(2) = static_cast<std::uint8_t>(i);
    all.push_back(one);
  }
  all.push_back(again(all.front(), all.back(), 1));
  const auto found = track(renumbered(all), {}, Tracker({}, kOpen));
  ASSERT_EQ(found.registrations.size(), kPhase1s);
  EXPECT_EQ(found.ids.back(), 0U) << "of a phase 1 that is closed";
  std::set<std::string> gms;
  for (const auto& one : found.registrations) {
    gms.insert(exchange::address_text(one.gm));
    const bool watched = one.number <= kPhase1s - 3;
    EXPECT_EQ(one.outcome, watched ? Outcome::kNoAnswer : Outcome::kIncomplete) << one.reason;
  }
  EXPECT_EQ(gms.size(), kPhase1s);
}

TEST(Limits, OfFramesAreKept) {
  auto all = read_capture(kCapture);
  for (int i = 0; i < 1000; ++i) {
    all.push_back(again(all[9], all[9], i));
  }
  const auto found = track(renumbered(all));
  ASSERT_EQ(found.registrations.size(), 1U);
  EXPECT_EQ(found.registrations[0].frames.size(), kMaxFrames);
  EXPECT_EQ(found.counts.retransmissions, 1000U);
}

TEST(Finish, EndsIt) {
  Tracker tracker;
  tracker.finish();
  exchange::Follower follower;
  wire::Tree tree;
  const auto one    = read_capture(kCapture).front();
  auto packet       = one.packet;
  packet.payload    = one.octets;
  const auto record = follower.follow(packet, tree);
  EXPECT_EQ(tracker.on_message(packet, record, tree), 0U);
  EXPECT_TRUE(tracker.registrations().empty());
  EXPECT_EQ(tracker.counts().messages, 0U);
}

// An ID payload (RFC 2407 section 4.6.2) in a message of its own.
std::optional<Group> group_with(std::uint8_t type, ByteView data) {
  Bytes payload{0, 0};
  append_uint(payload, 8 + data.size(), 2);
  append(payload, Bytes{type, 0, 0, 0});
  append(payload, data);
  const auto octets = isakmp(Bytes(16, 1), 5, 5, 0, 1, payload);
  wire::Tree tree;
  wire::decode(tables::schema(), octets, {}, tree);
  return group_of(tree);
}

TEST(Group, OfAKeyIdIsItsNumberAsOnTheWire) {
  const auto group = group_with(11, hex("d2040000"));
  ASSERT_TRUE(group);
  EXPECT_EQ(group->text, "3523477504");
  EXPECT_EQ(group->remark, "little-endian it reads 1234");
  EXPECT_EQ(group_with(11, hex("000004d2"))->text, "1234");
  EXPECT_EQ(group_with(11, hex("000004d2"))->remark, "");
}

TEST(Group, OfOtherIdTypesReadsAsTheTypeSays) {
  EXPECT_EQ(group_with(1, hex("0a0a0a01"))->text, "10.10.10.1");
  EXPECT_EQ(group_with(5, hex("20010db8000000000000000000000001"))->text, "2001:db8::1");
  EXPECT_EQ(group_with(2, bytes_of("ks.example"))->text, "ks.example");
  EXPECT_EQ(group_with(11, bytes_of("MYGETVPN"))->text, "MYGETVPN");
  EXPECT_EQ(group_with(11, hex("00ff00"))->text, "00ff00");
  EXPECT_EQ(group_with(9, hex("3000"))->text, "3000");
  // 1.2.840.113549 (RSADSI) in DER without and with its tag; an OID-specific payload behind it.
  EXPECT_EQ(group_with(13, hex("062a864886f70d0000"))->text, "1.2.840.113549");
  EXPECT_EQ(group_with(13, hex("0806062a864886f70d0002abcd"))->text, "1.2.840.113549 abcd");
}

TEST(Group, OfAnIdThatIsCutIsNone) {
  const auto octets = isakmp(Bytes(16, 1), 5, 5, 0, 1, Bytes{0, 0, 0, 6, 11, 0});
  wire::Tree tree;
  wire::decode(tables::schema(), octets, {}, tree);
  EXPECT_FALSE(group_of(tree));
}

}  // namespace
}  // namespace gdoi::registration::test
