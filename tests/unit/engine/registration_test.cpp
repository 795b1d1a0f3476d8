// Conversations that go as they should, read by the passive follower with the initiator's key log.

#include "conversation.h"
#include "engine/key_pair.h"
#include "protocol/base/hex.h"
#include "protocol/getvpn/vendor_ids.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace gdoi::simulation {
namespace {

using engine::Ending;
using exchange::Crypt;
using exchange::Verdict;

// Eleven datagrams: main mode, PULL, DELETE.
constexpr std::size_t kWhole = 11;

void expect_everything_readable(const Conversation& conversation) {
  const auto records = conversation.followed();
  ASSERT_EQ(records.size(), kWhole);
  for (const auto& record : records) {
    SCOPED_TRACE(exchange::message_title(record));
    EXPECT_EQ(record.crypt, record.frame <= 4 ? Crypt::kClear : Crypt::kDecrypted);
    EXPECT_EQ(record.hash, record.frame <= 4 ? Verdict::kAbsent : Verdict::kGood);
    EXPECT_FALSE(record.guessed);
  }
  EXPECT_EQ(records[6].exchange, exchange::Exchange::kPull);
  EXPECT_EQ(records.back().exchange, exchange::Exchange::kInformational);
}

TEST(Registration, GoesFromTheFirstMessageToTheDelete) {
  Conversation talk;
  const auto& verdict = talk.run();
  EXPECT_EQ(verdict.ending, Ending::kAccepted) << verdict.reason;
  EXPECT_EQ(verdict.step, "");
  EXPECT_EQ(verdict.sent, 6U);
  EXPECT_EQ(verdict.received, 5U);
  EXPECT_EQ(verdict.retransmissions, 0U);
  EXPECT_GT(verdict.phase1_complete, verdict.started);
  EXPECT_GT(verdict.ended, verdict.phase1_complete);
  EXPECT_EQ(talk.ks().registered(), 1U);
  EXPECT_EQ(talk.ks().goodbyes(), 1U);
  EXPECT_EQ(talk.ks().wrong_hashes(), 0U);
  expect_everything_readable(talk);
}

TEST(Registration, LogsTheKeysThatTheKeyDownloadTaught) {
  Conversation talk;
  talk.run();
  const auto log = keys::parse_key_log(talk.key_log(), "key log");
  ASSERT_TRUE(log) << log.error().text;
  keys::KekSpi spi{};
  std::ranges::copy(from_hex("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf").value(), spi.begin());
  const auto* const keks = log->ring.find_keks(spi);
  ASSERT_NE(keks, nullptr);
  EXPECT_EQ(to_hex(keks->front().iv), "0f0e0d0c0b0a09080706050403020100");
  EXPECT_EQ(to_hex(keks->front().key.view()), "ffeeddccbbaa99887766554433221100");
  ASSERT_EQ(log->ring.teks().size(), 1U);
  EXPECT_EQ(log->ring.teks().front().spi, 0xaabbccddU);
  EXPECT_EQ(to_hex(log->ring.teks().front().key.view()), "00112233445566778899aabbccddeeff");
}

TEST(Registration, IsTheSameToTheOctetWithTheSameSeed) {
  Conversation first({}, {}, {}, 7);
  Conversation second({}, {}, {}, 7);
  Conversation other({}, {}, {}, 8);
  first.run();
  second.run();
  other.run();
  ASSERT_EQ(first.network().sent().size(), second.network().sent().size());
  for (std::size_t i = 0; i < first.network().sent().size(); ++i) {
    EXPECT_EQ(first.network().sent()[i].message.datagram,
              second.network().sent()[i].message.datagram);
  }
  EXPECT_NE(first.network().sent()[0].message.datagram, other.network().sent()[0].message.datagram);
}

TEST(Registration, SendsAGapThatWasCaptured) {
  Captured captured;
  captured.gap = true;
  Conversation talk({}, captured);
  EXPECT_EQ(talk.run().ending, Ending::kAccepted);
  expect_everything_readable(talk);
}

TEST(Registration, TakesAnAnswerInTheIpsecDoi) {
  Script script;
  script.doi = 1;
  Conversation talk(script);
  EXPECT_EQ(talk.run().ending, Ending::kAccepted);
  EXPECT_EQ(talk.ks().goodbyes(), 1U);
  expect_everything_readable(talk);
}

// What follows HASH tells a PULL from a Quick mode, which has the same number.
TEST(Registration, IsReadableUnderAPhase1OfTheIpsecDoi) {
  Script script;
  script.doi = 1;
  Captured captured;
  captured.doi = 1;
  Conversation talk(script, captured);
  EXPECT_EQ(talk.run().ending, Ending::kAccepted);
  expect_everything_readable(talk);
}

TEST(Registration, TakesAnyOfTheOfferedTransforms) {
  Captured captured;
  captured.offers = {
      Offer{},
      {7, 256, 2, 19},
      {5, 0, 2, 2}
  };
  Script script;
  script.transform = 1;
  script.offered   = captured.offers[1];
  Conversation talk(script, captured);
  EXPECT_EQ(talk.run().ending, Ending::kAccepted) << talk.gm().verdict().reason;
  expect_everything_readable(talk);
}

// A responder's own lifetime, and a TLV where a TV was offered, change nothing.
TEST(Registration, AcceptsAnotherPhase1Lifetime) {
  Script script;
  script.offered.life = 3'600;
  Conversation talk(script);
  EXPECT_EQ(talk.run().ending, Ending::kAccepted);
}

// RFC 3706 section 5.5
TEST(Registration, AnswersWhetherItIsThere) {
  for (const auto* const step : {"pull1", "pull3"}) {
    Script script;
    script.asks_at = step;
    Conversation talk(script);
    EXPECT_EQ(talk.run().ending, Ending::kAccepted) << talk.gm().verdict().reason;
    EXPECT_EQ(talk.ks().acknowledgements(), 1U) << step;
    EXPECT_EQ(talk.ks().wrong_hashes(), 0U);
  }
}

TEST(Registration, AnswersTheSameQuestionWithTheSameOctets) {
  Script script;
  script.asks_at = "pull1";
  script.asks    = 3;
  Conversation talk(script);
  EXPECT_EQ(talk.run().ending, Ending::kAccepted) << talk.gm().verdict().reason;
  EXPECT_EQ(talk.ks().acknowledgements(), 3U);
  std::vector<Bytes> answers;
  for (const auto& sent : talk.network().sent()) {
    if (sent.message.remark.ends_with("R-U-THERE-ACK")) {
      answers.push_back(sent.message.datagram);
    }
  }
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[0], answers[1]);
  EXPECT_EQ(answers[0], answers[2]);
}

TEST(Registration, DoesNotAnswerAQuestionWithAWrongHash) {
  Script script;
  script.asks_at = "pull1";
  script.fault   = Fault::kNotifyHash;
  Conversation talk(script);
  EXPECT_EQ(talk.run().ending, Ending::kAccepted) << talk.gm().verdict().reason;
  EXPECT_EQ(talk.ks().acknowledgements(), 0U);
}

TEST(Registration, LeavesInitialContactOutUnlessAskedFor) {
  Conversation without;
  without.run();
  EXPECT_EQ(without.ks().initial_contacts(), 0U);
  Conversation with({}, {}, {}, 1, true);
  EXPECT_EQ(with.run().ending, Ending::kAccepted);
  EXPECT_EQ(with.ks().initial_contacts(), 1U);
}

TEST(Registration, SendsTheCapturedFirstMessageButForTheCookie) {
  Captured captured;
  captured.vendor_ids = {from_hex("afcad71368a1f1c96b8696fc77570100").value(), Bytes(3, 0x77)};
  Conversation talk({}, captured);
  talk.run();
  auto plan       = sample_plan(captured);
  auto expected   = engine::datagram_of(plan.phase1_message(1).document);
  const auto sent = talk.network().sent().front().message.datagram;
  ASSERT_EQ(sent.size(), expected.size());
  EXPECT_FALSE(std::equal(sent.begin(), sent.begin() + 8, expected.begin()));
  EXPECT_TRUE(std::equal(sent.begin() + 8, sent.end(), expected.begin() + 8));
  EXPECT_EQ(talk.network().sent().front().message.captured_frame, 1U);
}

// The vendor ID of Cisco IOS has the sender's cookie in its first 8 octets.
TEST(Registration, MasksTheCiscoVendorIdWithTheLiveCookie) {
  Bytes masked = getvpn::xor_with_cookie(getvpn::kCiscoIosUnmasked, kCapturedInitiator);
  append(masked, from_hex("0102030405060708").value());
  Captured captured;
  captured.vendor_ids = {masked};
  Conversation talk({}, captured);
  const auto& verdict = talk.run();
  const auto sent     = talk.network().sent().front().message.datagram;
  const ByteView live(sent.data() + sent.size() - 16, 16);
  EXPECT_TRUE(getvpn::is_masked_cisco_ios(live, ByteView(sent).first(8)));
  EXPECT_TRUE(equal(live.last(8), ByteView(masked).last(8)));
  EXPECT_TRUE(std::ranges::any_of(verdict.map, [&](const auto& entry) {
    return entry.second == std::pair(to_hex(masked), to_hex(live));
  }));
}

// RFC 3947 section 3.2, computed here from the definition.
TEST(Registration, ComputesNatDetectionForTheLiveAddresses) {
  Conversation talk;
  talk.run();
  const auto& mm3 = talk.network().sent().at(2).message.datagram;
  Bytes remote(mm3.begin(), mm3.begin() + 16);
  auto own = remote;
  append(remote, from_hex("c00002010350").value());
  append(own, from_hex("c00002090350").value());
  wire::Tree tree;
  wire::decode(tables::schema(), mm3, {}, tree);
  std::vector<std::string> hashes;
  for (const auto& node : tree.nodes()) {
    if (node.row == tables::row("ike.nat_hash")) {
      hashes.push_back(to_hex(tree.octets(node)));
    }
  }
  const auto& suite = crypto::openssl_suite();
  EXPECT_THAT(hashes, testing::ElementsAre(to_hex(suite.digest(crypto::Hash::kSha256, {remote})),
                                           to_hex(suite.digest(crypto::Hash::kSha256, {own}))));
}

TEST(Registration, TellsCapturedFromLiveWithoutSecrets) {
  Conversation talk;
  const auto& verdict = talk.run();
  const auto entry    = [&](std::string_view name) {
    const auto found =
        std::ranges::find_if(verdict.map, [&](const auto& one) { return one.first == name; });
    return found == verdict.map.end() ? std::pair<std::string, std::string>{} : found->second;
  };
  EXPECT_EQ(entry("initiator cookie").first, "c102030405060708");
  EXPECT_EQ(entry("initiator cookie").second,
            to_hex(ByteView(talk.network().sent().front().message.datagram).first(8)));
  EXPECT_EQ(entry("message ID of the PULL").first, "0x11223344");
  EXPECT_EQ(entry("PULL nonce"), std::pair(std::string("20 octets"), std::string("20 octets")));
  EXPECT_EQ(entry("TEK SPI").second, "0xaabbccdd");
  std::string all = verdict.reason;
  for (const auto& one : verdict.map) {
    all += one.first + one.second.first + one.second.second;
  }
  for (const auto* const secret : {"a pre-shared key", "00112233445566778899aabbccddeeff"}) {
    EXPECT_EQ(all.find(secret), std::string::npos);
  }
}

TEST(Registration, HasCookiesAndMessageIdsThatAreNotZero) {
  class Zeros : public engine::Random {
   public:
    void fill(std::span<std::uint8_t> octets) override {
      std::ranges::fill(octets, std::uint8_t{0});
    }
  };

  Zeros zeros;
  EXPECT_NE(engine::make_cookie(zeros), keys::Cookie{});
  EXPECT_NE(engine::make_message_id(zeros), 0U);
  EXPECT_FALSE(engine::make_key_pair(crypto::Group::kEcp256, zeros));
}

struct Suite {
  std::uint64_t cipher;
  std::uint64_t key_bits;
  std::uint64_t hash;
  std::uint64_t group;
};

class EverySuite : public testing::TestWithParam<Suite> {};

TEST_P(EverySuite, RegistersAndIsReadable) {
  const auto& suite = GetParam();
  Captured captured;
  captured.offers = {
      {suite.cipher, suite.key_bits, suite.hash, suite.group}
  };
  Script script;
  script.offered = captured.offers.front();
  Conversation talk(script, captured);
  EXPECT_EQ(talk.run().ending, Ending::kAccepted) << talk.gm().verdict().reason;
  expect_everything_readable(talk);
}

INSTANTIATE_TEST_SUITE_P(Ciphers, EverySuite,
                         testing::Values(Suite{1, 0, 1, 2}, Suite{5, 0, 2, 2}, Suite{7, 128, 4, 2},
                                         Suite{7, 192, 5, 2}, Suite{7, 256, 6, 2},
                                         Suite{7, 256, 1, 2}, Suite{5, 0, 6, 2}));
INSTANTIATE_TEST_SUITE_P(Groups, EverySuite,
                         testing::Values(Suite{7, 128, 4, 1}, Suite{7, 128, 4, 5},
                                         Suite{7, 128, 4, 14}, Suite{7, 128, 4, 15},
                                         Suite{7, 128, 4, 16}, Suite{7, 128, 4, 17},
                                         Suite{7, 128, 4, 18}, Suite{7, 128, 4, 19},
                                         Suite{7, 128, 4, 20}, Suite{7, 128, 4, 21}));

}  // namespace
}  // namespace gdoi::simulation
