// KE and nonce payloads with values that must not be used, from either side and in both modes.

#include "duel.h"
#include "protocol/base/hex.h"

#include <gmock/gmock.h>

namespace gdoi::simulation {
namespace {

using engine::Ending;
using registration::How;
using testing::HasSubstr;

constexpr std::string_view kPolicy = R"(
psks: [{peer: any, psk: a pre-shared key}]
aggressive-mode: yes
proposals: [aes128-sha256-ecp256, aes128-sha256-modp1024]
groups:
  - name: MYGETVPN
    number: 1234
    teks: [{esp: aes256-cbc, authentication: hmac-sha2-256, lifetime: 3600}]
)";

constexpr std::uint64_t kModp1024 = 2;
constexpr std::uint64_t kEcp256   = 19;

Captured captured_with(std::uint64_t group, bool aggressive) {
  Captured captured;
  captured.offers = {
      {7, 128, 4, group}
  };
  captured.aggressive = aggressive;
  return captured;
}

keyserver::Policy policy() {
  return keyserver::parse_policy(kPolicy, "policy").value();
}

// The prime of group 2 (RFC 2409 section 6.2).
Bytes prime() {
  return from_hex(
             "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74"
             "020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437"
             "4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed"
             "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff")
      .value();
}

struct BadValue {
  std::string what;
  std::uint64_t group = 0;
  Bytes octets;
};

std::vector<BadValue> bad_values() {
  std::vector<BadValue> all;
  for (const auto group : {kModp1024, kEcp256}) {
    const std::size_t size = group == kModp1024 ? 128 : 64;
    auto one               = Bytes(size);
    one.back()             = 1;
    all.push_back({"no octets", group, {}});
    all.push_back({"an octet less", group, Bytes(size - 1, 5)});
    all.push_back({"an octet more", group, Bytes(size + 1, 5)});
    all.push_back({"60,000 octets", group, Bytes(60'000, 5)});
    all.push_back({"zero", group, Bytes(size)});
    all.push_back({"one", group, one});
    all.push_back({"all ones", group, Bytes(size, 0xff)});
  }
  auto less   = prime();
  less.back() = 0xfe;
  all.push_back({"p - 1", kModp1024, less});
  all.push_back({"p", kModp1024, prime()});
  // The generator of P-256 (RFC 5903 section 3.1) with another last bit of y, and without its x.
  auto off = from_hex(
                 "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                 "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f4")
                 .value();
  all.push_back({"a point off the curve", kEcp256, off});
  std::fill_n(off.begin(), 32, std::uint8_t{0});
  all.push_back({"another", kEcp256, off});
  return all;
}

void expect_no_state(Duel& duel) {
  EXPECT_EQ(duel.ks().member_count("MYGETVPN"), 0U);
  duel.network().run([] { return false; }, duel.network().now() + 31 * engine::kSecond);
  EXPECT_EQ(duel.ks().phase1_count(), 0U);
  EXPECT_FALSE(duel.ks().deadline());
}

TEST(PublicValue, BadOnesOfTheGmAreInvalidKeyInformation) {
  for (const auto& bad : bad_values()) {
    for (const bool aggressive : {false, true}) {
      SCOPED_TRACE(bad.what + ", group " + std::to_string(bad.group));
      Duel duel(captured_with(bad.group, aggressive), policy());
      duel.from_gm = [&](engine::Outgoing& message) {
        set_octets(message, tables::row("key_exchange.data"), bad.octets);
      };
      const auto& verdict = duel.run();
      EXPECT_EQ(verdict.ending, Ending::kRefused) << verdict.reason;
      EXPECT_EQ(verdict.how, How::kNotify) << verdict.reason;
      EXPECT_EQ(verdict.notify_type, 17) << verdict.reason;
      EXPECT_EQ(verdict.step, aggressive ? "am1" : "mm3");
      expect_no_state(duel);
    }
  }
}

TEST(PublicValue, BadOnesOfTheKeyServerEndTheReplayAndAreNamed) {
  for (const auto& bad : bad_values()) {
    for (const bool aggressive : {false, true}) {
      SCOPED_TRACE(bad.what + ", group " + std::to_string(bad.group));
      Duel duel(captured_with(bad.group, aggressive), policy());
      duel.from_ks = [&](engine::Outgoing& message) {
        set_octets(message, tables::row("key_exchange.data"), bad.octets);
      };
      const auto& verdict = duel.run();
      EXPECT_EQ(verdict.ending, Ending::kInvalid) << verdict.reason;
      EXPECT_EQ(verdict.step, aggressive ? "am1" : "mm3");
      EXPECT_THAT(verdict.reason,
                  HasSubstr(aggressive ? "aggressive mode message 2" : "main mode message 4"));
      EXPECT_THAT(verdict.reason, HasSubstr("public value"));
    }
  }
}

// RFC 2409 section 5: 8 to 256 octets.
TEST(Nonce, OfAWrongSizeEndsItBothWays) {
  for (const std::size_t size : {0U, 7U, 257U, 60'000U}) {
    for (const bool aggressive : {false, true}) {
      SCOPED_TRACE(size);
      Duel of_ks(captured_with(kEcp256, aggressive), policy());
      of_ks.from_ks = [&](engine::Outgoing& message) {
        set_octets(message, tables::row("nonce"), Bytes(size, 1));
      };
      EXPECT_EQ(of_ks.run().ending, Ending::kInvalid);
      EXPECT_THAT(of_ks.gm().verdict().reason, HasSubstr("nonce"));
      Duel of_gm(captured_with(kEcp256, aggressive), policy());
      of_gm.from_gm = [&](engine::Outgoing& message) {
        set_octets(message, tables::row("nonce"), Bytes(size, 1));
      };
      EXPECT_EQ(of_gm.run().notify_type, 16) << "PAYLOAD-MALFORMED";
      expect_no_state(of_gm);
    }
  }
  for (const std::size_t size : {8U, 256U}) {
    Captured captured = captured_with(kEcp256, false);
    Duel duel(captured, policy());
    duel.from_gm = [&](engine::Outgoing& message) {
      set_octets(message, tables::row("nonce"), Bytes(size, 1));
    };
    EXPECT_EQ(duel.run().step, "mm5") << "the KS went on with it";
  }
}

}  // namespace
}  // namespace gdoi::simulation
