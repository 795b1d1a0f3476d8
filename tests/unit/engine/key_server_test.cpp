// The initiator against the reference KS: two roles that share codec and cryptography only.

#include "conversation.h"
#include "keyserver/keyserver.h"
#include "protocol/getvpn/version.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <memory>

namespace gdoi::simulation {
namespace {

using engine::Ending;
using registration::How;
using testing::HasSubstr;

constexpr std::string_view kPolicy = R"(
psks:
  - {peer: any, psk: a pre-shared key}
proposals: [aes128-sha256-ecp256, aes128-sha256-modp2048]
groups:
  - name: MYGETVPN
    number: 1234
    kek: {cipher: aes128-cbc, lifetime: 604800}
    teks:
      - {esp: aes256-cbc, authentication: hmac-sha2-256, lifetime: 3600, destination: 10.0.0.0/8}
)";

Captured captured_with(std::string_view version, std::uint64_t group = 19) {
  Captured captured;
  captured.offers = {
      {7, 128, 4, group}
  };
  if (!version.empty()) {
    captured.vendor_ids = {getvpn::synthetic_vendor_id(getvpn::Version::parse(version).value())};
  }
  return captured;
}

// One KS and any number of GMs, each at its own address.
class Meeting {
 public:
  explicit Meeting(const std::string& extra = {}, Path path = {}, std::uint64_t seed = 1)
      : ks_random_(seed + 1'000'000), network_(path, seed) {
    auto policy = keyserver::parse_policy(std::string(kPolicy) + extra, "policy");
    EXPECT_TRUE(policy) << (policy ? "" : policy.error().text);
    ks_ = std::make_unique<keyserver::KeyServer>(std::move(policy).value(), kKs, ks_random_);
    network_.attach(kKs,
                    {[this](const exchange::Endpoint& from, ByteView octets, engine::Time now) {
                       ks_->on_datagram(from, octets, now);
                     },
                     [this](engine::Time now) { ks_->on_deadline(now); },
                     [this] { return ks_->deadline(); }, [this] { return ks_->take_output(); }});
  }

  engine::Initiator& join(const Captured& captured, std::uint64_t seed) {
    randoms_.push_back(std::make_unique<engine::SeededRandom>(seed));
    auto options   = Conversation::options(false);
    options.source = endpoint({192, 0, 2, static_cast<std::uint8_t>(9 + gms_.size())});
    gms_.push_back(std::make_unique<engine::Initiator>(
        std::make_shared<const plan::Plan>(sample_plan(captured)), options, *randoms_.back()));
    auto& gm = *gms_.back();
    network_.attach(options.source,
                    {[&gm](const exchange::Endpoint&, ByteView octets, engine::Time now) {
                       gm.on_datagram(octets, now);
                     },
                     [&gm](engine::Time now) { gm.on_deadline(now); },
                     [&gm] { return gm.deadline(); }, [&gm] { return gm.take_output(); }});
    gm.start(network_.now());
    return gm;
  }

  void run() {
    network_.run([this] {
      return std::ranges::all_of(gms_, [](const auto& gm) { return gm->finished(); });
    });
    // What is still on the way arrives.
    network_.run([] { return false; }, network_.now() + engine::kSecond);
  }

  [[nodiscard]] keyserver::KeyServer& ks() { return *ks_; }

  [[nodiscard]] Network& network() { return network_; }

 private:
  engine::SeededRandom ks_random_;
  Network network_;
  std::unique_ptr<keyserver::KeyServer> ks_;
  std::vector<std::unique_ptr<engine::SeededRandom>> randoms_;
  std::vector<std::unique_ptr<engine::Initiator>> gms_;
};

const engine::Verdict& verdict_of(Meeting& meeting, const Captured& captured) {
  const auto& gm = meeting.join(captured, 5);
  meeting.run();
  return gm.verdict();
}

TEST(KeyServer, RegistersAMemberThatSupportsLongLifetimes) {
  Meeting meeting;
  const auto& gm = meeting.join(captured_with("1.0.17"), 5);
  meeting.run();
  EXPECT_EQ(gm.verdict().ending, Ending::kAccepted) << gm.verdict().reason;

  // Both ends wrote down the same KEK and TEK.
  const auto of_ks = meeting.ks().take_key_log();
  const auto of_gm = gm.key_log();
  for (const auto* const label : {"PHASE1_KEY ", "KEK ", "TEK "}) {
    const auto line = [&](const std::vector<std::string>& lines) {
      const auto found = std::ranges::find_if(
          lines, [&](const std::string& one) { return one.starts_with(label); });
      return found == lines.end() ? std::string() : found->substr(found->rfind(' '));
    };
    EXPECT_FALSE(line(of_gm).empty()) << label;
    EXPECT_EQ(line(of_gm), line(of_ks)) << label;
  }

  // A third party reads all of it with the GM's key log.
  std::string text;
  for (const auto& one : of_gm) {
    text += one + "\n";
  }
  exchange::Follower follower;
  follower.use(std::move(keys::parse_key_log(text, "key log").value().ring));
  std::uint64_t frame = 0;
  for (const auto& sent : meeting.network().sent()) {
    wire::Tree tree;
    const auto record = follower.follow(
        {++frame, sent.time, sent.message.source, sent.message.destination, sent.message.datagram},
        tree);
    EXPECT_TRUE(record.crypt == exchange::Crypt::kClear ||
                record.crypt == exchange::Crypt::kDecrypted)
        << frame;
    EXPECT_NE(record.hash, exchange::Verdict::kBad) << frame;
  }
  EXPECT_EQ(frame, 11U);
}

TEST(KeyServer, RefusesOldAndSilentVersionsBySilence) {
  for (const auto* const version : {"1.0.1", ""}) {
    Meeting meeting;
    const auto& verdict = verdict_of(meeting, captured_with(version));
    EXPECT_EQ(verdict.ending, Ending::kRefused) << verdict.reason;
    EXPECT_EQ(verdict.how, How::kSilence);
    EXPECT_EQ(verdict.step, "pull1");
    EXPECT_NE(verdict.phase1_complete, 0);
  }
}

TEST(KeyServer, RefusesByNotifyAndByDelete) {
  Meeting notifying("refusal: notify\n");
  const auto& by_notify = verdict_of(notifying, captured_with("1.0.1"));
  EXPECT_EQ(by_notify.how, How::kNotify) << by_notify.reason;
  EXPECT_EQ(by_notify.notify_type, 18);
  EXPECT_EQ(by_notify.step, "pull1");
  Meeting deleting("refusal: delete\n");
  const auto& by_delete = verdict_of(deleting, captured_with("1.0.1"));
  EXPECT_EQ(by_delete.how, How::kDelete) << by_delete.reason;
  EXPECT_EQ(by_delete.step, "pull1");
}

// The KS has dropped the SA; what comes again has a cookie that it does not know.
TEST(KeyServer, RefusesByInvalidCookieWhereItSaysSo) {
  Meeting meeting("unknown-cookie: notify\n");
  const auto& verdict = verdict_of(meeting, captured_with("1.0.1"));
  EXPECT_EQ(verdict.ending, Ending::kRefused) << verdict.reason;
  EXPECT_EQ(verdict.how, How::kNotify);
  EXPECT_EQ(verdict.notify_type, 4);
  EXPECT_EQ(verdict.step, "pull1");
}

TEST(KeyServer, RefusesAWrongPreSharedKeyAtMessage5) {
  Meeting meeting;
  auto captured       = captured_with("1.0.17");
  captured.psk        = "not that one";
  const auto& verdict = verdict_of(meeting, captured);
  EXPECT_EQ(verdict.ending, Ending::kRefused) << verdict.reason;
  EXPECT_EQ(verdict.step, "mm5");
}

TEST(KeyServer, RefusesAProposalThatItDoesNotHave) {
  Meeting meeting;
  const auto& verdict = verdict_of(meeting, captured_with("1.0.17", 2));
  EXPECT_NE(verdict.ending, Ending::kAccepted);
  EXPECT_EQ(verdict.step, "mm1");
}

TEST(KeyServer, TellsTwoMembersApart) {
  Meeting meeting;
  const auto& old_one = meeting.join(captured_with("1.0.1"), 5);
  const auto& new_one = meeting.join(captured_with("1.0.17"), 6);
  meeting.run();
  EXPECT_EQ(old_one.verdict().ending, Ending::kRefused);
  EXPECT_EQ(new_one.verdict().ending, Ending::kAccepted);
}

TEST(KeyServer, CallsNobodyWronglyOverALossyPath) {
  Path path;
  path.loss         = 0.2;
  path.duplicates   = 0.05;
  path.reordering   = 0.1;
  unsigned accepted = 0;
  unsigned refused  = 0;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    Meeting meeting({}, path, seed);
    const auto& admitted = meeting.join(captured_with("1.0.17"), seed);
    const auto& rejected = meeting.join(captured_with("1.0.1"), seed + 10'000);
    meeting.run();
    EXPECT_NE(admitted.verdict().ending, Ending::kRefused)
        << "seed " << seed << ": " << admitted.verdict().reason;
    EXPECT_NE(admitted.verdict().ending, Ending::kInvalid)
        << "seed " << seed << ": " << admitted.verdict().reason;
    EXPECT_NE(rejected.verdict().ending, Ending::kAccepted) << "seed " << seed;
    EXPECT_NE(rejected.verdict().ending, Ending::kInvalid)
        << "seed " << seed << ": " << rejected.verdict().reason;
    accepted += admitted.verdict().ending == Ending::kAccepted ? 1U : 0U;
    refused += rejected.verdict().ending == Ending::kRefused ? 1U : 0U;
  }
  EXPECT_GT(accepted, 450U);
  EXPECT_GT(refused, 350U);
}

}  // namespace
}  // namespace gdoi::simulation
