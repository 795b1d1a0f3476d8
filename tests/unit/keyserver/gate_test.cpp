#include "protocol/base/hex.h"
#include "unit/keyserver/gm.h"

#include <fmt/format.h>

namespace gdoi::keyserver::test {
namespace {

using tables::row;
using testing::Contains;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kPsk = "a pre-shared key";

std::string policy(std::uint32_t kek, std::uint32_t tek, std::string_view more = "") {
  return fmt::format(
      "psks: [{{peer: any, psk: a pre-shared key}}]\n{}\n"
      "groups:\n  - name: MYGETVPN\n    number: 1\n"
      "    kek: {{cipher: aes128-cbc, lifetime: {}}}\n"
      "    teks: [{{esp: aes128-cbc, authentication: hmac-sha1, lifetime: {}}}]\n",
      more, kek, tek);
}

struct Case {
  const char* version;  ///< nullptr: announces none
  std::uint32_t kek;
  std::uint32_t tek;
  const char* more;
  bool admitted;
};

void PrintTo(const Case& one, std::ostream* out) {
  *out << (one.version == nullptr ? "none" : one.version) << " KEK " << one.kek << " TEK "
       << one.tek << " " << one.more;
}

class Gate : public testing::TestWithParam<Case> {};

TEST_P(Gate, AdmitsWhoSupportsWhatTheGroupUses) {
  const auto& about = GetParam();
  World world(policy(about.kek, about.tek, about.more));
  Gm gm(world, "10.40.10.10", kPsk);
  if (about.version != nullptr) {
    gm.version = getvpn::Version::parse(about.version);
  }
  EXPECT_EQ(gm.registers(), about.admitted);
  world.expect_sound();
}

INSTANTIATE_TEST_SUITE_P(
    Versions, Gate,
    testing::Values(
        Case{"1.0.1", 604'800, 3'600, "", false}, Case{"1.0.3", 604'800, 3'600, "", false},
        Case{"1.0.4", 604'800, 3'600, "", true},
        Case{"1.0.4", 604'800, 3'600, "long-sa-minimum: 1.0.5", false},
        Case{"1.0.5", 604'800, 3'600, "long-sa-minimum: 1.0.5", true},
        Case{"1.0.17", 604'800, 3'600, "", true}, Case{"1.1.17", 604'800, 3'600, "", false},
        Case{nullptr, 604'800, 3'600, "", false}, Case{"1.0.1", 43'200, 43'200, "", true},
        Case{nullptr, 43'200, 43'200, "", true},
        // The boundary: 24 hours are not long, a second more is.
        Case{"1.0.1", 86'400, 86'400, "", true}, Case{"1.0.1", 86'401, 86'400, "", false},
        Case{"1.0.1", 86'400, 86'401, "", false}, Case{"1.0.17", 86'401, 86'401, "", true}));

TEST(Gate, SilenceDropsThePhase1WithoutAWord) {
  World world(policy(604'800, 3'600));
  Gm gm(world, "10.40.10.10", kPsk);
  gm.version = getvpn::Version::parse("1.0.1");
  ASSERT_TRUE(gm.phase1());
  EXPECT_EQ(world.ks().phase1_count(), 1U);
  EXPECT_THAT(gm.pull_1(), IsEmpty());
  EXPECT_EQ(world.ks().phase1_count(), 0U);
  EXPECT_THAT(gm.pull_1(), IsEmpty());
  EXPECT_THAT(world.log(),
              Contains("%GDOI-4-REJECT_GM_VERSION_REGISTER: Reject registration of GM "
                       "10.40.10.10(ver 0x1000001) in group MYGETVPN as it cannot support these "
                       "GETVPN features enabled: Long-SA"));
}

TEST(Gate, NotifyComesEncryptedAndAgainTheSameToARepeatedMessage) {
  World world(policy(604'800, 3'600, "refusal: notify\nrefusal-notify: 24"));
  Gm gm(world, "10.40.10.10", kPsk);
  ASSERT_TRUE(gm.phase1());
  const auto answer = gm.pull_1();
  ASSERT_THAT(answer, SizeIs(1));
  const auto request = world.sent().at(world.sent().size() - 2);
  EXPECT_EQ(world.send(request.from, request.octets), answer);
  ASSERT_TRUE(gm.open_informational(answer[0]));
  EXPECT_EQ(gm.last().find_number(row("notify.msgtype")), 24U);
  EXPECT_EQ(gm.last().find_number(row("notify.doi")), 2U);
  EXPECT_EQ(world.ks().phase1_count(), 1U);
  EXPECT_THAT(world.log(), Contains(testing::HasSubstr("(ver 0x0)")));
  world.expect_sound();
}

TEST(Gate, DeleteNamesThePhase1AndEndsIt) {
  World world(policy(604'800, 3'600, "refusal: delete"));
  Gm gm(world, "10.40.10.10", kPsk);
  gm.version = getvpn::Version::parse("1.0.1");
  ASSERT_TRUE(gm.phase1());
  const auto answer = gm.pull_1();
  ASSERT_THAT(answer, SizeIs(1));
  const auto request = world.sent().at(world.sent().size() - 2);
  EXPECT_EQ(world.send(request.from, request.octets), answer);
  ASSERT_TRUE(gm.open_informational(answer[0]));
  EXPECT_EQ(gm.last().find_number(row("delete.protoid")), 1U);
  const auto spi = gm.last().find(row("delete.spi"));
  ASSERT_TRUE(spi);
  EXPECT_EQ(to_hex(gm.last().octets(*spi)), to_hex(gm.sa().initiator) + to_hex(gm.sa().responder));
  EXPECT_THAT(gm.pull_1(), IsEmpty());
  world.wait(60 * engine::kSecond);
  EXPECT_EQ(world.ks().phase1_count(), 0U);
}

TEST(Gate, FeatureTableListsGrantedAndRefused) {
  World world(policy(604'800, 3'600));
  for (const auto& [address, version] : std::vector<std::pair<const char*, const char*>>{
           {"10.40.10.9",  "1.0.17"},
           {"10.40.10.10", "1.0.1" }
  }) {
    Gm gm(world, address, kPsk, to_uint(bytes_of(version)));
    gm.version = getvpn::Version::parse(version);
    EXPECT_EQ(gm.registers(), std::string_view(version) == "1.0.17");
  }
  Gm silent(world, "10.40.10.11", kPsk, 99);
  ASSERT_TRUE(silent.phase1());
  EXPECT_EQ(world.ks().feature_table("long-sa-lifetime"),
            "Group Name: MYGETVPN\n"
            "    Key Server ID         Version   Feature Supported\n"
            "    10.80.127.20          1.0.18    Yes\n"
            "\n"
            "    Group Member ID       Version   Feature Supported\n"
            "    10.40.10.9            1.0.17    Yes\n"
            "    10.40.10.10           1.0.1     No\n"
            "\n"
            "Group Name: (none: phase 1 only)\n"
            "    Key Server ID         Version   Feature Supported\n"
            "    10.80.127.20          1.0.18    Yes\n"
            "\n"
            "    Group Member ID       Version   Feature Supported\n"
            "    10.40.10.11           unknown   Unknown\n"
            "\n");
  EXPECT_EQ(world.ks().feature_table("no such feature"), "");
}

}  // namespace
}  // namespace gdoi::keyserver::test
