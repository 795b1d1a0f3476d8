// Every phase 1, both roles: main and aggressive mode, pre-shared keys and certificates.

#include "duel.h"
#include "protocol/base/hex.h"

#include <gmock/gmock.h>

#include <set>

namespace gdoi::simulation {
namespace {

using engine::Ending;
using exchange::Crypt;
using registration::How;
using testing::HasSubstr;

constexpr std::string_view kGroup = R"(
groups:
  - name: MYGETVPN
    number: 1234
    teks:
      - {esp: aes256-cbc, authentication: hmac-sha2-256, lifetime: 3600}
)";

keyserver::Policy policy(const std::string& proposal, const std::string& ks_certificate = "",
                         const std::string& extra = "", const std::string& ca = "root",
                         const std::string& crl = "") {
  std::string text = "psks: [{peer: any, psk: a pre-shared key}]\naggressive-mode: yes\n" + extra;
  if (!ks_certificate.empty()) {
    const auto files = credential_files(ks_certificate, ca, crl);
    text += "certificate: " + files.certificate + "\nprivate-key: " + files.private_key +
            "\nca: " + files.authorities + "\n" +
            (crl.empty() ? "" : "crl: " + files.revocations + "\n");
  }
  auto made = keyserver::parse_policy(text + "proposals: [" + proposal + "]" + std::string(kGroup),
                                      "policy");
  EXPECT_TRUE(made) << (made ? "" : made.error().text);
  const auto loaded = keyserver::load_credentials(*made, kCalendar);
  EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().text);
  return std::move(made).value();
}

Captured captured_with(bool aggressive, std::uint64_t auth, const std::string& certificate = "",
                       const Offer& offer = {7, 128, 4, 19}) {
  Captured captured;
  captured.aggressive          = aggressive;
  captured.offers              = {offer};
  captured.offers.front().auth = auth;
  captured.ke_octets           = 64;
  if (!certificate.empty()) {
    captured.identity    = {1, 0, 0, 0, 192, 0, 2, 9};
    captured.credentials = credentials(certificate);
  }
  return captured;
}

void expect_sound(Duel& duel) {
  for (const auto& record : duel.followed()) {
    SCOPED_TRACE(exchange::message_title(record));
    EXPECT_TRUE(record.crypt == Crypt::kClear || record.crypt == Crypt::kDecrypted);
    EXPECT_NE(record.hash, exchange::Verdict::kBad);
    EXPECT_NE(record.hash, exchange::Verdict::kUnverified);
    EXPECT_NE(record.signature, exchange::Verdict::kBad);
    EXPECT_NE(record.signature, exchange::Verdict::kUnverified);
  }
}

struct Method {
  std::string proposal;
  std::uint64_t number;
  std::string gm;
  std::string ks;
};

const std::vector<Method> kMethods{
    {"psk",       1,  "",                ""      },
    {"rsa-sig",   3,  "gm-rsa",          "ks-rsa"},
    {"ecdsa-256", 9,  "gm-256",          "ks-256"},
    {"ecdsa-384", 10, "gm-384",          "ks-384"},
    {"ecdsa-521", 11, "gm-521",          "ks-521"},
    {"ecdsa-256", 9,  "gm-middle-chain", "ks-256"},
};

TEST(Phase1, EveryModeAndMethodRegistersAndIsReadable) {
  for (const auto& method : kMethods) {
    for (const bool aggressive : {false, true}) {
      for (const bool in_clear : {false, true}) {
        SCOPED_TRACE(method.gm + method.proposal + (aggressive ? " aggressive" : " main"));
        auto captured           = captured_with(aggressive, method.number, method.gm);
        captured.third_in_clear = in_clear;
        Duel duel(captured, policy("aes128-sha256-ecp256-" + method.proposal, method.ks));
        const auto& verdict = duel.run();
        EXPECT_EQ(verdict.ending, Ending::kAccepted) << verdict.reason << duel.ks_log();
        EXPECT_EQ(duel.network().sent().size(), aggressive ? 8U : 11U);
        EXPECT_EQ(duel.ks().member_count("MYGETVPN"), 1U);
        expect_sound(duel);
      }
    }
  }
}

struct Suite {
  const char* name;
  Offer offer;
};

TEST(Phase1, EverySuiteWorksWithSignaturesAndInAggressiveMode) {
  for (const auto& suite : {
           Suite{"3des-sha1-modp2048",     {5, 0, 2, 14}  },
           Suite{"aes192-sha384-modp3072", {7, 192, 5, 15}},
           Suite{"aes256-sha256-modp4096", {7, 256, 4, 16}},
           Suite{"aes128-sha512-modp1536", {7, 128, 6, 5} },
           Suite{"aes256-sha384-ecp384",   {7, 256, 5, 20}},
           Suite{"aes128-sha1-ecp521",     {7, 128, 2, 21}},
           Suite{"des-md5-modp768",        {1, 0, 1, 1}   },
           Suite{"aes128-md5-modp1024",    {7, 128, 1, 2} }
  }) {
    for (const bool aggressive : {false, true}) {
      SCOPED_TRACE(suite.name);
      Duel rsa(captured_with(aggressive, 3, "gm-rsa", suite.offer),
               policy(std::string(suite.name) + "-rsa-sig", "ks-rsa"));
      EXPECT_EQ(rsa.run().ending, Ending::kAccepted) << rsa.gm().verdict().reason;
      expect_sound(rsa);
      Duel ecdsa(captured_with(aggressive, 9, "gm-256", suite.offer),
                 policy(std::string(suite.name) + "-ecdsa-256", "ks-256"));
      EXPECT_EQ(ecdsa.run().ending, Ending::kAccepted) << ecdsa.gm().verdict().reason;
      expect_sound(ecdsa);
    }
  }
}

TEST(Phase1, TheVerdictNamesTheCertificateOfTheKeyServer) {
  Duel duel(captured_with(false, 3, "gm-rsa"), policy("aes128-sha256-ecp256-rsa-sig", "ks-rsa"));
  const auto& map = duel.run().map;
  EXPECT_TRUE(std::ranges::any_of(map, [](const auto& one) {
    return one.first == "certificate of the key server" &&
           one.second.second == "CN=ks,O=GDOI tests";
  }));
  EXPECT_THAT(duel.ks_log(), HasSubstr("has shown the certificate CN=gm,O=GDOI tests"));
}

struct BadGm {
  std::string certificate;
  std::string crl;
  std::string why;
  std::uint16_t notify;  // RFC 2408 section 3.14.1
};

TEST(Phase1, TheKeyServerRefusesGmsWithBadCertificates) {
  for (const auto& one : {
           BadGm{"gm-expired",    "",         "has expired",                    20},
           BadGm{"gm-other",      "",         "issuer",                         22},
           BadGm{"gm-revoked",    "root.crl", "revoked",                        20},
           BadGm{"self",          "",         "self-signed",                    22},
           BadGm{"gm-odd",        "",         "critical extension",             20},
           BadGm{"gm-no-signing", "",         "key usage",                      20},
           BadGm{"gm-loop-chain", "",         "certificate CN=gm,O=GDOI tests", 22}
  }) {
    for (const bool aggressive : {false, true}) {
      SCOPED_TRACE(one.certificate + (aggressive ? " aggressive" : " main"));
      const auto captured = captured_with(aggressive, 9, one.certificate);
      Duel silent(captured,
                  policy("aes128-sha256-ecp256-ecdsa-256", "ks-256", "", "root", one.crl));
      const auto& by_silence = silent.run();
      EXPECT_EQ(by_silence.ending, Ending::kRefused) << by_silence.reason;
      EXPECT_EQ(by_silence.how, How::kSilence);
      EXPECT_EQ(by_silence.step, aggressive ? "pull1" : "mm5");
      EXPECT_THAT(silent.ks_log(), HasSubstr(one.why));
      Duel loud(captured, policy("aes128-sha256-ecp256-ecdsa-256", "ks-256",
                                 "authentication-failure: notify\n", "root", one.crl));
      const auto& by_notify = loud.run();
      EXPECT_EQ(by_notify.ending, Ending::kRefused) << by_notify.reason;
      EXPECT_EQ(by_notify.how, How::kNotify) << by_notify.reason;
      EXPECT_EQ(by_notify.notify_type, one.notify);
      EXPECT_EQ(loud.ks().member_count("MYGETVPN"), 0U);
    }
  }
}

TEST(Phase1, AThousandNamesAreNoObstacle) {
  Duel duel(captured_with(false, 9, "gm-many"), policy("aes128-sha256-ecp256-ecdsa-256", "ks-256"));
  EXPECT_EQ(duel.run().ending, Ending::kAccepted) << duel.gm().verdict().reason;
}

TEST(Phase1, AnIdentityThatTheCertificateDoesNotNameIsRefused) {
  auto captured     = captured_with(false, 9, "gm-256");
  captured.identity = {1, 0, 0, 0, 192, 0, 2, 77};
  Duel duel(captured,
            policy("aes128-sha256-ecp256-ecdsa-256", "ks-256", "authentication-failure: notify\n"));
  EXPECT_EQ(duel.run().notify_type, 18) << duel.gm().verdict().reason;  // INVALID-ID-INFORMATION
  EXPECT_THAT(duel.ks_log(), HasSubstr("does not name 192.0.2.77"));
}

TEST(Phase1, EveryIdentityOfACertificateIsTaken) {
  const auto gm = credentials("gm-256");
  for (const std::uint8_t type :
       {crypto::kIdIpv4, crypto::kIdFqdn, crypto::kIdUserFqdn, crypto::kIdIpv6, crypto::kIdDn}) {
    for (const bool aggressive : {false, true}) {
      auto captured       = captured_with(aggressive, 9, "gm-256");
      const auto identity = gm->own().identity_of_type(type);
      ASSERT_TRUE(identity) << int{type};
      captured.identity = {type, 0, 0, 0};
      append(captured.identity, identity->data);
      Duel duel(captured, policy("aes128-sha256-ecp256-ecdsa-256", "ks-256"));
      EXPECT_EQ(duel.run().ending, Ending::kAccepted) << int{type} << duel.gm().verdict().reason;
    }
  }
}

// RFC 2407 section 4.6.2.1: 1 to 11. With a pre-shared key nothing confirms them but HASH_I.
TEST(Phase1, EveryTypeOfIdentityIsTakenWithAPreSharedKey) {
  for (const auto& [type, data] : std::vector<std::pair<std::uint8_t, std::string>>{
           {1,  "c0000209"                                                        },
           {2,  "676d2e6578616d706c65"                                            },
           {3,  "676d406578616d706c65"                                            },
           {4,  "c0000200ffffff00"                                                },
           {5,  "20010db8000000000000000000000009"                                },
           {6,  "20010db8000000000000000000000000ffffffffffffffff0000000000000000"},
           {7,  "c0000200c00002ff"                                                },
           {8,  "20010db800000000000000000000000020010db80000000000000000000000ff"},
           {9,  "300d310b300906035504030c02676d"                                  },
           {10, "820a676d2e6578616d706c65"                                        },
           {11, "6b6579"                                                          }
  }) {
    for (const bool aggressive : {false, true}) {
      SCOPED_TRACE(int{type});
      auto captured     = captured_with(aggressive, 1);
      captured.identity = {type, 0, 0, 0};
      append(captured.identity, from_hex(data).value());
      Duel duel(captured, policy("aes128-sha256-ecp256"));
      EXPECT_EQ(duel.run().ending, Ending::kAccepted) << duel.gm().verdict().reason;
      expect_sound(duel);
      // One that no certificate can confirm is not taken with a signature.
      auto signing         = captured_with(aggressive, 9, "gm-256");
      const bool confirmed = type <= 3 || type == 5 || type == 9;
      signing.identity     = captured.identity;
      Duel with(signing, policy("aes128-sha256-ecp256-ecdsa-256", "ks-256",
                                "authentication-failure: notify\n"));
      if (!confirmed) {
        EXPECT_EQ(with.run().notify_type, 18) << with.gm().verdict().reason;
      }
    }
  }
}

// ECDSA signatures, nonces and public values are new each time: a KS that computed again would
// show.
TEST(Phase1, CopiesOfEveryRequestGetCopiesOfTheAnswer) {
  for (const bool aggressive : {false, true}) {
    for (const auto auth : {1U, 9U}) {
      SCOPED_TRACE(auth);
      Path path;
      path.duplicates = 1;
      Duel duel(captured_with(aggressive, auth, auth == 1 ? "" : "gm-256"),
                policy(auth == 1 ? "aes128-sha256-ecp256" : "aes128-sha256-ecp256-ecdsa-256",
                       auth == 1 ? "" : "ks-256"),
                path);
      EXPECT_EQ(duel.run().ending, Ending::kAccepted) << duel.gm().verdict().reason;
      std::set<Bytes> answers;
      std::size_t count = 0;
      for (const auto& sent : duel.network().sent()) {
        if (sent.message.source == Duel::kKsAt) {
          answers.insert(sent.message.datagram);
          ++count;
        }
      }
      EXPECT_EQ(answers.size(), aggressive ? 3U : 5U);
      EXPECT_GE(count, 2 * answers.size());
      EXPECT_EQ(duel.ks().member_count("MYGETVPN"), 1U);
    }
  }
}

struct BadKs {
  std::string certificate;
  std::string why;
};

// The KS's address is 192.0.2.1; certificates of GMs are for another, so the KS says its subject.
TEST(Phase1, TheGmNamesWhatIsWrongWithTheKeyServersCertificate) {
  for (const auto& one : {
           BadKs{"gm-expired",    "has expired"                   },
           BadKs{"gm-other",      "issuer"                        },
           BadKs{"self",          "self-signed"                   },
           BadKs{"gm-odd",        "critical extension"            },
           BadKs{"gm-loop-chain", "certificate CN=gm,O=GDOI tests"}
  }) {
    for (const bool aggressive : {false, true}) {
      SCOPED_TRACE(one.certificate);
      Duel duel(captured_with(aggressive, 9, "gm-256"),
                policy("aes128-sha256-ecp256-ecdsa-256", one.certificate));
      const auto& verdict = duel.run();
      EXPECT_EQ(verdict.ending, Ending::kInvalid);
      EXPECT_EQ(verdict.step, aggressive ? "am1" : "mm5");
      EXPECT_THAT(verdict.reason, HasSubstr(one.why));
      EXPECT_THAT(verdict.reason, HasSubstr("mode message"));
    }
  }
}

TEST(Phase1, AggressiveModeNeedsThePolicysLeave) {
  auto no            = policy("aes128-sha256-ecp256");
  no.aggressive_mode = false;
  Duel duel(captured_with(true, 1), std::move(no));
  const auto& verdict = duel.run();
  EXPECT_EQ(verdict.how, How::kNotify);
  EXPECT_EQ(verdict.notify_type, 29);  // UNSUPPORTED-EXCHANGE-TYPE
  EXPECT_EQ(verdict.step, "am1");
}

TEST(Phase1, AWrongPskInAggressiveModeShowsInMessage2) {
  auto captured = captured_with(true, 1);
  captured.psk  = "another";
  Duel duel(captured, policy("aes128-sha256-ecp256"));
  EXPECT_EQ(duel.run().ending, Ending::kInvalid);
  EXPECT_THAT(duel.gm().verdict().reason, HasSubstr("aggressive mode message 2: HASH_R is wrong"));
}

TEST(Phase1, NoCommonMethodEndsWithNoProposalChosen) {
  Duel duel(captured_with(false, 9, "gm-256"), policy("aes128-sha256-ecp256-rsa-sig", "ks-rsa"));
  EXPECT_EQ(duel.run().notify_type, 14);
  EXPECT_EQ(duel.gm().verdict().step, "mm1");
}

TEST(Phase1, ABrokenCertificateInMessage2EndsIt) {
  for (const std::size_t left : {0U, 1U, 20U, 300U}) {
    Duel duel(captured_with(true, 9, "gm-256"), policy("aes128-sha256-ecp256-ecdsa-256", "ks-256"));
    duel.from_ks = [&](engine::Outgoing& message) {
      auto der = credentials("ks-256")->own().der();
      der.resize(left);
      set_octets(message, tables::row("cert.data"), der);
    };
    EXPECT_EQ(duel.run().ending, Ending::kInvalid) << left << duel.gm().verdict().reason;
  }
}

TEST(Phase1, ASignatureOfAnotherLengthOrKeyEndsIt) {
  for (const auto& octets : {Bytes{}, Bytes(63, 1), Bytes(64, 1), Bytes(65, 1), Bytes(4096, 1)}) {
    Duel duel(captured_with(true, 9, "gm-256"), policy("aes128-sha256-ecp256-ecdsa-256", "ks-256"));
    duel.from_ks = [&](engine::Outgoing& message) {
      set_octets(message, tables::row("sig"), octets);
    };
    EXPECT_EQ(duel.run().ending, Ending::kInvalid) << octets.size();
    EXPECT_THAT(duel.gm().verdict().reason, HasSubstr("message 2"));
  }
}

TEST(Phase1, LossDelaysAndHurtsNobody) {
  Path path;
  path.loss         = 0.2;
  path.duplicates   = 0.05;
  unsigned accepted = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    for (const auto auth : {1U, 9U}) {
      Duel duel(captured_with(true, auth, auth == 1 ? "" : "gm-256"),
                policy(auth == 1 ? "aes128-sha256-ecp256" : "aes128-sha256-ecp256-ecdsa-256",
                       auth == 1 ? "" : "ks-256"),
                path, seed);
      const auto& verdict = duel.run();
      EXPECT_NE(verdict.ending, Ending::kRefused) << "seed " << seed << ": " << verdict.reason;
      EXPECT_NE(verdict.ending, Ending::kInvalid) << "seed " << seed << ": " << verdict.reason;
      accepted += verdict.ending == Ending::kAccepted ? 1U : 0U;
    }
  }
  EXPECT_GT(accepted, 180U);
}

// The KS repeats its message 4 since message 5 was lost; the GM need not wait for its own timer.
TEST(Phase1, AnAnswerThatComesAgainGetsTheSameOctetsAgain) {
  Duel duel(captured_with(false, 1),
            policy("aes128-sha256-ecp256", "", "retransmission: {first: 1, tries: 5}\n"));
  bool lost    = false;
  duel.from_gm = [&](engine::Outgoing& message) {
    if (!lost && message.remark == "main mode message 5") {
      lost                     = true;
      message.destination.port = 1;
    }
  };
  const auto& verdict = duel.run();
  EXPECT_EQ(verdict.ending, Ending::kAccepted);
  EXPECT_LT(verdict.ended - verdict.started, 2 * engine::kSecond);
  std::vector<Bytes> fifths;
  for (const auto& sent : duel.network().sent()) {
    if (sent.message.remark.ends_with("main mode message 5")) {
      fifths.push_back(sent.message.datagram);
    }
  }
  ASSERT_EQ(fifths.size(), 2U);
  EXPECT_EQ(fifths[0], fifths[1]);
}

}  // namespace
}  // namespace gdoi::simulation
