// Certificates that are unusual and right, and what authorities have revoked, in either role.

#include "certificate_duel.h"

#include <gmock/gmock.h>

namespace gdoi::simulation {
namespace {

using engine::Ending;
using testing::HasSubstr;

/// What is unusual and right.
std::vector<Sends> good_ones(const Town& town, const Made& own) {
  const auto body = cert_body(own.certificate.der());
  auto crl        = body;
  crl[0]          = 7;
  return {
      {"twice the same",           {body, body}                                    },
      {"something else beside it", {crl, body}                                     },
      {"somebody else's first",
       {cert_body(town.ks.certificate.der()), cert_body(town.gm.certificate.der())}},
  };
}

TEST(UnusualCertificate, OfAGmIsTaken) {
  const Town town;
  const auto gm = credentials_of({town.gm}, town.root);
  auto all      = good_ones(town, town.gm);
  for (const auto& one : all) {
    for (const auto mode : kModes) {
      SCOPED_TRACE(one.what + ", mode " + std::to_string(static_cast<int>(mode)));
      auto captured         = captured_in(mode, gm);
      captured.certificates = one.bodies;
      Duel duel(captured, policy_of(credentials_of({town.ks}, town.root)));
      EXPECT_EQ(duel.run().ending, Ending::kAccepted)
          << duel.gm().verdict().reason << duel.ks_log();
    }
  }
}

TEST(UnusualCertificate, OfAKeyServerIsTaken) {
  const Town town;
  for (const auto& one : good_ones(town, town.ks)) {
    for (const auto mode : {Mode::kMain, Mode::kAggressive}) {
      SCOPED_TRACE(one.what + ", mode " + std::to_string(static_cast<int>(mode)));
      Duel duel(captured_in(mode, credentials_of({town.gm}, town.root)),
                policy_of(credentials_of({town.ks}, town.root)));
      send_from_ks(duel, one.bodies);
      const auto& verdict = duel.run();
      // Behind a main mode the IVs depend on what the KS itself has sent.
      if (mode == Mode::kAggressive) {
        EXPECT_EQ(verdict.ending, Ending::kAccepted) << verdict.reason;
      }
      EXPECT_NE(verdict.phase1_complete, 0) << verdict.reason;
    }
  }
}

// Nearly all that a datagram can carry (65,507 octets).
TEST(UnusualCertificate, OfSixtyThousandOctetsAndOfAThousandNamesIsTakenBothWays) {
  const Town town;
  const std::string zeros(120'000, '0');
  std::string names;
  for (int i = 0; i < 1'000; ++i) {
    names += "DNS:host-" + std::to_string(i) + ".example,";
  }
  for (const auto mode : kModes) {
    for (const bool many : {false, true}) {
      const auto large = [&](const std::string& name) {
        auto wish = Town::named(many ? names + name : name);
        if (!many) {
          wish.extensions.emplace_back("1.2.3.4", "DER:0482ea60" + zeros);
        }
        return credentials_of({make_certificate(wish, &town.root)}, town.root);
      };
      const auto gm = large(kGmName);
      EXPECT_GT(gm->own().der().size(), many ? 18'000U : 60'000U);
      Duel duel(captured_in(mode, gm), policy_of(large(kKsName)));
      EXPECT_EQ(duel.run().ending, Ending::kAccepted)
          << duel.gm().verdict().reason << duel.ks_log();
    }
  }
}

TEST(UnusualCertificate, TheLongestChainIsTakenBothWays) {
  const Town town;
  const auto seven = [&](const std::string& name) {
    std::vector<Made> chain{town.root};
    for (std::size_t i = 1; i < crypto::kMaxChain; ++i) {
      chain.push_back(make_certificate(authority("Middle " + std::to_string(i)), &chain.back()));
    }
    chain.push_back(make_certificate(Town::named(name), &chain.back()));
    chain.erase(chain.begin());
    std::ranges::reverse(chain);
    return credentials_of(chain, town.root);
  };
  for (const auto mode : kModes) {
    Duel duel(captured_in(mode, seven(kGmName)), policy_of(seven(kKsName)));
    EXPECT_EQ(duel.run().ending, Ending::kAccepted) << duel.gm().verdict().reason << duel.ks_log();
  }
}

struct Revoked {
  std::string what;
  std::vector<crypto::Crl> lists;
  std::string why;
};

TEST(Revocation, IsLookedUpBothWays) {
  const auto root   = make_certificate(authority("Root"));
  const auto middle = make_certificate(authority("Middle"), &root);
  const auto gm     = make_certificate(Town::named(kGmName), &middle);
  const auto ks     = make_certificate(Town::named(kKsName), &middle);
  const auto other  = make_certificate(authority("Middle"), &root);
  for (const auto& one : {
           Revoked{"nobody",                         {make_crl(root, {}), make_crl(middle, {})}, ""                             },
           Revoked{"no list for the authority",      {make_crl(middle, {})},                     ""                             },
           Revoked{"the end",                        {make_crl(middle, {gm, ks})},               "certificate revoked"          },
           Revoked{"the authority",
                   {make_crl(root, {middle}), make_crl(middle, {})},
                   "authority 1 above it: certificate revoked"                                                                  },
           Revoked{"no list for the end",            {make_crl(root, {})},                       "unable to get certificate CRL"},
           Revoked{"a list out of date",             {make_crl(middle, {}, -1)},                 "CRL has expired"              },
           Revoked{
                   "a list that another has signed", {make_crl(other, {})},                      "CRL signature failure"        },
  }) {
    for (const auto mode : kModes) {
      SCOPED_TRACE(one.what);
      const auto plain_gm  = credentials_of({gm, middle}, root);
      const auto plain_ks  = credentials_of({ks, middle}, root);
      const auto strict_gm = credentials_of({gm, middle}, root, one.lists);
      const auto strict_ks = credentials_of({ks, middle}, root, one.lists);
      Duel by_ks(captured_in(mode, plain_gm), policy_of(strict_ks));
      Duel by_gm(captured_in(mode, strict_gm), policy_of(plain_ks));
      if (one.why.empty()) {
        EXPECT_EQ(by_ks.run().ending, Ending::kAccepted) << by_ks.ks_log();
        EXPECT_EQ(by_gm.run().ending, Ending::kAccepted) << by_gm.gm().verdict().reason;
        continue;
      }
      EXPECT_EQ(by_ks.run().notify_type, 20) << by_ks.gm().verdict().reason;
      EXPECT_THAT(by_ks.ks_log(), HasSubstr(one.why));
      expect_no_state(by_ks);
      EXPECT_EQ(by_gm.run().ending, Ending::kInvalid);
      EXPECT_THAT(by_gm.gm().verdict().reason, HasSubstr(one.why));
    }
  }
}

}  // namespace
}  // namespace gdoi::simulation
