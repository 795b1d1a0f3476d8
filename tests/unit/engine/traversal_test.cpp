// A NAT between GM and KS (RFC 3947), and messages in fragments: the initiator against the
// reference KS over a path that rewrites addresses and loses what is too long.

#include "conversation.h"
#include "keyserver/keyserver.h"
#include "net/marker.h"
#include "protocol/base/hex.h"
#include "protocol/getvpn/version.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <deque>
#include <memory>

namespace gdoi::simulation {
namespace {

using engine::Ending;
using testing::AllOf;
using testing::Each;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;

constexpr std::string_view kPolicy = R"(
psks: [{peer: any, psk: a pre-shared key}]
proposals: [aes128-sha256-ecp256, aes128-sha256-modp8192]
aggressive-mode: yes
groups:
  - name: MYGETVPN
    number: 1234
    teks: [{esp: aes256-cbc, authentication: hmac-sha2-256, lifetime: 3600}]
)";

// MD5("RFC 3947") as RFC 3947 section 3.1 prints it; MD5("FRAGMENTATION") by `openssl md5`, with
// the four octets that Cisco adds.
const Bytes kNatTraversal  = from_hex("4a131c81070358455c5728f20e95452f").value();
const Bytes kFragmentation = from_hex("4048b7d56ebce88525e7de7f00d6c2d380000000").value();

Captured captured_with(std::vector<Bytes> vendor_ids) {
  Captured captured;
  captured.offers = {
      {7, 128, 4, 19}
  };
  captured.nat_d      = false;
  captured.vendor_ids = std::move(vendor_ids);
  return captured;
}

constexpr std::size_t kMtu = 1'280 - 28;  // an IPv6 link's least, less IPv4 and UDP headers

/// A GM, a NAT if there is to be one, and a KS.
class Way {
 public:
  Way(const Captured& captured, bool nat, std::string_view extra = {},
      engine::Time first_interval = 2 * engine::kSecond)
      : nat_(nat),
        gm_random_(1),
        ks_random_(2),
        ks_(policy(extra), kKs, ks_random_),
        gm_(std::make_shared<const plan::Plan>(sample_plan(captured)), options(first_interval),
            gm_random_) {}

  const engine::Verdict& run() {
    gm_.start(now_);
    collect();
    while (!gm_.finished() || !flying_.empty()) {
      if (flying_.empty()) {
        now_ = std::max(now_, gm_.deadline().value());
        gm_.on_deadline(now_);
      } else {
        const auto message = std::move(flying_.front());
        flying_.pop_front();
        now_ += engine::kSecond / 1'000;
        deliver(message);
      }
      collect();
      if (sent_.size() > 1'000) {
        ADD_FAILURE() << "no end";
        break;
      }
    }
    return gm_.verdict();
  }

  /// Destination ports of the GM's messages, keepalives left out.
  [[nodiscard]] std::vector<std::uint16_t> ports() const {
    std::vector<std::uint16_t> found;
    for (const auto& one : sent_) {
      if (one.source.address == kGm.address) {
        found.push_back(one.destination.port);
      }
    }
    return found;
  }

  [[nodiscard]] const std::vector<engine::Outgoing>& sent() const { return sent_; }

  [[nodiscard]] std::string ks_log() {
    std::string all;
    for (const auto& line : ks_.take_log()) {
      all += line + '\n';
    }
    return all;
  }

  void lose_long_ones() { loses_long_ones_ = true; }

  void send_requests_twice() { sends_requests_twice_ = true; }

  void mute_ks_at(std::uint16_t port) { muted_ = port; }

 private:
  static keyserver::Policy policy(std::string_view extra) {
    auto read = keyserver::parse_policy(std::string(kPolicy) + std::string(extra), "policy");
    EXPECT_TRUE(read) << (read ? "" : read.error().text);
    return std::move(read).value();
  }

  static engine::InitiatorOptions options(engine::Time first_interval) {
    auto made                 = Conversation::options(false);
    made.retransmission.first = first_interval;
    return made;
  }

  static exchange::Endpoint outside(std::uint16_t port) {
    auto at       = kGm;
    at.address[0] = 198;
    at.port       = static_cast<std::uint16_t>(40'000 + port % 1'000);
    return at;
  }

  void collect() {
    for (auto& message : gm_.take_output()) {
      if (message.destination.port == 4500 && message.datagram.size() > 1) {
        message.datagram = net::with_marker(message.datagram);
      }
      put(std::move(message));
    }
    for (auto& message : ks_.take_output()) {
      put(std::move(message));
    }
  }

  void put(engine::Outgoing message) {
    sent_.push_back(message);
    if (!loses_long_ones_ || message.datagram.size() <= kMtu) {
      flying_.push_back(std::move(message));
    }
  }

  void deliver(const engine::Outgoing& message) {
    if (message.destination.address == kKs.address) {
      // The NAT gives each of the GM's conversations a port of its own.
      const auto from = nat_ ? outside(message.destination.port) : message.source;
      for (int i = 0; i < (sends_requests_twice_ ? 2 : 1); ++i) {
        ks_.on_datagram(from, message.destination, message.datagram, now_);
      }
    } else if (message.source != gm_.key_server()) {
      gm_.on_foreign(message.source);
    } else if (message.source.port != muted_) {
      gm_.on_datagram(net::without_marker(message.datagram), now_);
    }
  }

  bool nat_;
  bool loses_long_ones_      = false;
  bool sends_requests_twice_ = false;
  std::uint16_t muted_       = 0;
  engine::SeededRandom gm_random_;
  engine::SeededRandom ks_random_;
  keyserver::KeyServer ks_;
  engine::Initiator gm_;
  engine::Time now_ = engine::kSecond;
  std::deque<engine::Outgoing> flying_;
  std::vector<engine::Outgoing> sent_;
};

TEST(Nat, MainModeGoesOnAtPort4500) {
  for (const bool captured_nat_d : {false, true}) {
    auto captured  = captured_with({kNatTraversal});
    captured.nat_d = captured_nat_d;
    Way way(captured, true);
    const auto& verdict = way.run();
    EXPECT_EQ(verdict.ending, Ending::kAccepted) << verdict.reason;
    // Messages 1 and 3, then message 5, two of the PULL and the DELETE.
    EXPECT_EQ(way.ports(), (std::vector<std::uint16_t>{848, 848, 4500, 4500, 4500, 4500}));
    EXPECT_THAT(way.ks_log(), HasSubstr("NAT before the GM"));
  }
}

TEST(Nat, AggressiveModeGoesOnAtPort4500) {
  auto captured       = captured_with({kNatTraversal});
  captured.aggressive = true;
  captured.ke_octets  = 64;
  Way way(captured, true);
  const auto& verdict = way.run();
  EXPECT_EQ(verdict.ending, Ending::kAccepted) << verdict.reason;
  EXPECT_EQ(way.ports(), (std::vector<std::uint16_t>{848, 4500, 4500, 4500, 4500}));
}

TEST(Nat, StaysWhereNothingChangesAddresses) {
  Way way(captured_with({kNatTraversal}), false);
  EXPECT_EQ(way.run().ending, Ending::kAccepted);
  EXPECT_THAT(way.ports(), Each(848));
  EXPECT_THAT(way.ks_log(), testing::Not(HasSubstr("NAT")));
}

TEST(Nat, IsNotLookedForUnlessBothAnnounceIt) {
  Way silent_gm(captured_with({}), true);
  EXPECT_EQ(silent_gm.run().ending, Ending::kAccepted);
  EXPECT_THAT(silent_gm.ports(), Each(848));
  Way silent_ks(captured_with({kNatTraversal}), true, "nat-traversal: no\n");
  EXPECT_EQ(silent_ks.run().ending, Ending::kAccepted);
  EXPECT_THAT(silent_ks.ports(), Each(848));
}

// RFC 3948 section 4: every 20 s while there is nothing else to send.
TEST(Nat, IsKeptAlive) {
  for (const bool nat : {true, false}) {
    Way way(captured_with({kNatTraversal}), nat, {}, 50 * engine::kSecond);
    way.mute_ks_at(nat ? 4500 : 0);
    EXPECT_EQ(way.run().ending, nat ? Ending::kAborted : Ending::kAccepted);
    const auto keepalives = std::ranges::count_if(way.sent(), [](const engine::Outgoing& one) {
      return one.datagram == Bytes{0xff} && one.destination.port == 4500;
    });
    if (nat) {
      EXPECT_GE(keepalives, 2) << "two within the first 50 s";
    } else {
      EXPECT_EQ(keepalives, 0);
    }
  }
}

// ID_KEY_ID, of no protocol and port.
Bytes long_identity() {
  Bytes body{11, 0, 0, 0};
  body.resize(2'000, 0x41);
  return body;
}

TEST(Fragmentation, LongMessagesGoInPiecesThatFit) {
  auto captured     = captured_with({kFragmentation});
  captured.identity = long_identity();
  for (const bool nat : {false, true}) {
    auto with = captured;
    if (nat) {
      with.vendor_ids.push_back(kNatTraversal);
    }
    Way way(with, nat);
    way.lose_long_ones();
    const auto& verdict = way.run();
    EXPECT_EQ(verdict.ending, Ending::kAccepted) << verdict.reason;
    std::vector<std::size_t> pieces;
    for (const auto& one : way.sent()) {
      if (one.remark.find("fragment") != std::string::npos) {
        pieces.push_back(one.datagram.size());
      }
    }
    EXPECT_THAT(pieces, AllOf(testing::SizeIs(Ge(2U)), Each(Le(kMtu))));
  }
}

// Message 1 tells that the GM takes fragments, so that already message 2 goes in them: in MODP
// group 18 (RFC 3526 section 7) its KE has 1,024 octets.
TEST(Fragmentation, BeginsWithMessage2OfAggressiveMode) {
  auto captured       = captured_with({kFragmentation, kNatTraversal});
  captured.aggressive = true;
  captured.offers     = {
      {7, 128, 4, 18}
  };
  captured.ke_octets = 1'024;
  Way way(captured, false);
  way.send_requests_twice();
  const auto& verdict = way.run();
  EXPECT_EQ(verdict.ending, Ending::kAccepted) << verdict.reason;
  std::size_t pieces = 0;
  for (const auto& one : way.sent()) {
    if (one.source.address == kKs.address) {
      EXPECT_LE(one.datagram.size(), kMtu) << one.remark;
      pieces += one.remark.find("fragment") != std::string::npos ? 1U : 0U;
    }
  }
  EXPECT_EQ(pieces, 4U) << "two, and two again for the request that came again";
}

TEST(Fragmentation, IsNotDoneToWhoDidNotAnnounceIt) {
  auto captured     = captured_with({kFragmentation});
  captured.identity = long_identity();
  Way way(captured, false, "fragmentation: no\n");
  EXPECT_EQ(way.run().ending, Ending::kAccepted);
  EXPECT_TRUE(std::ranges::none_of(way.sent(), [](const engine::Outgoing& one) {
    return one.remark.find("fragment") != std::string::npos;
  }));
  Way lossy(captured, false, "fragmentation: no\n");
  lossy.lose_long_ones();
  EXPECT_NE(lossy.run().ending, Ending::kAccepted) << "it was the fragments that fitted";
}

}  // namespace
}  // namespace gdoi::simulation
