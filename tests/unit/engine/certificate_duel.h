#pragma once

#include "duel.h"
#include "exchange/insider.h"
#include "made_certificates.h"
#include "protocol/exchange/payload_types.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

/// Duels with certificates that the test makes.
namespace gdoi::simulation {

inline constexpr std::string_view kCertificatePolicy = R"(
psks: [{peer: any, psk: a pre-shared key}]
aggressive-mode: yes
authentication-failure: notify
proposals: [aes128-sha256-ecp256]
groups:
  - name: MYGETVPN
    number: 1234
    teks: [{esp: aes256-cbc, authentication: hmac-sha2-256, lifetime: 3600}]
)";

inline const Bytes kGmId{1, 0, 0, 0, 192, 0, 2, 9};
inline const std::string kGmName = "IP:192.0.2.9";
inline const std::string kKsName = "IP:192.0.2.1";

/// An authority, and a GM and a KS that it has certified.
struct Town {
  Made root = make_certificate(authority("Root"));
  Made gm   = make_certificate(named(kGmName), &root);
  Made ks   = make_certificate(named(kKsName), &root);

  static Wish named(const std::string& name) {
    Wish wish;
    wish.extensions = {
        {"subjectAltName", name}
    };
    return wish;
  }
};

/// What one end sends as its certificates: bodies of CERT payloads.
struct Sends {
  std::string what;
  std::vector<Bytes> bodies;
  std::uint16_t notify = 0;  ///< RFC 2408 section 3.14.1
  std::string why{};
};

inline std::vector<Bytes> bodies_of(const std::vector<Made>& chain) {
  std::vector<Bytes> bodies;
  for (const auto& one : chain) {
    bodies.push_back(cert_body(one.certificate.der()));
  }
  return bodies;
}

enum class Mode { kMain, kAggressive, kAggressiveClear };

inline constexpr std::array kModes{Mode::kMain, Mode::kAggressive, Mode::kAggressiveClear};

inline Captured captured_in(Mode mode, std::shared_ptr<const engine::Credentials> credentials) {
  Captured captured;
  captured.offers = {
      {7, 128, 4, 19, 9}
  };
  captured.ke_octets      = 64;
  captured.aggressive     = mode != Mode::kMain;
  captured.third_in_clear = mode == Mode::kAggressiveClear;
  captured.identity       = kGmId;
  captured.credentials    = std::move(credentials);
  return captured;
}

inline keyserver::Policy policy_of(std::shared_ptr<const engine::Credentials> credentials,
                                   const std::string& proposal = "aes128-sha256-ecp256-ecdsa-256") {
  auto made = keyserver::parse_policy(kCertificatePolicy, "policy").value();
  made.proposals.push_back(*keyserver::proposal_named(proposal));
  made.credentials = std::move(credentials);
  return made;
}

/// Nothing is left of a phase 1 once its time is over.
inline void expect_no_state(Duel& duel) {
  constexpr auto kHalfOpen = 31 * engine::kSecond;
  EXPECT_EQ(duel.ks().member_count("MYGETVPN"), 0U);
  duel.network().run([] { return false; }, duel.network().now() + kHalfOpen);
  EXPECT_EQ(duel.ks().phase1_count(), 0U);
  EXPECT_FALSE(duel.ks().deadline());
}

/// The KS sends these certificates instead of its own.
inline void send_from_ks(Duel& duel, const std::vector<Bytes>& bodies) {
  const auto insider = std::make_shared<Insider>();
  duel.from_gm       = [insider](engine::Outgoing& message) { insider->see(message.datagram); };
  duel.from_ks       = [insider, &duel, bodies](engine::Outgoing& message) {
    (void)insider->change(message.datagram, duel.gm().key_log(), [&](auto& payloads) {
      const auto sig = std::ranges::find(payloads, exchange::payload::kSig, &RawPayload::type);
      if (sig != payloads.end()) {
        std::erase_if(payloads,
                            [](const auto& one) { return one.type == exchange::payload::kCert; });
        for (const auto& body : bodies) {
          payloads.push_back({exchange::payload::kCert, body});
        }
      }
    });
    insider->see(message.datagram);
  };
}

}  // namespace gdoi::simulation
