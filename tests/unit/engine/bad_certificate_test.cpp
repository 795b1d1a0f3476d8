// Certificates that are cut, huge, odd, of the wrong kind or of nobody that is known, in either
// role and in both modes.

#include "certificate_duel.h"

#include <gmock/gmock.h>

namespace gdoi::simulation {
namespace {

using engine::Ending;
using registration::How;
using testing::HasSubstr;
namespace payload = exchange::payload;

std::vector<Bytes> below(const Made& root, std::size_t authorities, const std::string& name,
                         const std::string& constraints = "") {
  std::vector<Made> chain{root};
  for (std::size_t i = 0; i < authorities; ++i) {
    chain.push_back(
        make_certificate(authority("Middle " + std::to_string(i), constraints), &chain.back()));
  }
  chain.push_back(make_certificate(Town::named(name), &chain.back()));
  chain.erase(chain.begin());
  std::ranges::reverse(chain);
  return bodies_of(chain);
}

std::vector<Bytes> with_extension(const Town& town, const std::string& name,
                                  const std::string& extension, const std::string& value) {
  auto wish = Town::named(name);
  wish.extensions.emplace_back(extension, value);
  return bodies_of({make_certificate(wish, &town.root)});
}

std::vector<Bytes> changed(Bytes body, std::size_t at) {
  body.at(at) ^= 1U;
  return {body};
}

std::vector<Bytes> on_curve(const Town& town, const std::string& name, const std::string& curve) {
  auto wish  = Town::named(name);
  wish.curve = curve;
  return bodies_of({make_certificate(wish, &town.root)});
}

std::vector<Bytes> valid(const Made& root, const std::string& name, int from, int to) {
  auto wish = Town::named(name);
  wish.from = from;
  wish.to   = to;
  return bodies_of({make_certificate(wish, &root)});
}

/// What is not to be believed from an end that is `own` and calls itself `name`.
std::vector<Sends> bad_ones(const Town& town, const Made& own, const std::string& name) {
  constexpr std::uint16_t kInvalidId   = 18;
  constexpr std::uint16_t kInvalid     = 20;
  constexpr std::uint16_t kAuthority   = 22;
  constexpr std::uint16_t kUnavailable = 28;
  constexpr std::size_t kHuge          = 60'000;
  const auto der                       = own.certificate.der();
  const auto body                      = cert_body(der);
  const auto other                     = make_certificate(authority("Root"));
  const auto odd                       = make_certificate(authority("Odd", ""), &town.root);
  auto odd_wish                        = authority("Odd");
  odd_wish.extensions.emplace_back("1.2.3.4", "critical,DER:0500");
  const auto odd_one  = make_certificate(odd_wish, &town.root);
  const auto self     = make_certificate(Town::named(name));
  const auto of_odd   = make_certificate(Town::named(name), &odd_one);
  const auto of_other = make_certificate(Town::named(name), &other);
  auto below_end      = Town::named(name);
  below_end.name      = "below";
  const auto of_end   = make_certificate(below_end, &own);
  auto longer         = body;
  longer.push_back(0);
  return {
      {"nothing", {}, kUnavailable, "no certificate of 192.0.2."},
      {"an encoding and nothing else", {Bytes{4}}, kInvalid, "the certificate has 0 octets"},
      {"a revocation list's encoding",
       {[&] {
         auto b = body;
         b[0]   = 7;
         return b;
       }()},
       kUnavailable, "no certificate of 192.0.2."},
      {"cut by one octet", {Bytes(body.begin(), body.end() - 1)}, kInvalid, "no X.509"},
      {"cut in the middle", {Bytes(body.begin(), body.begin() + 150)}, kInvalid, "no X.509"},
      {"one octet more", {longer}, kInvalid, "octets follow the certificate"},
      {"60,000 zeros", {cert_body(Bytes(kHuge))}, kInvalid, "no X.509"},
      {"60,000 nested sequences", {cert_body(Bytes(kHuge, 0x30))}, kInvalid, "no X.509"},
      {"another signature", changed(body, body.size() - 1), kInvalid, "signature failure"},
      {"another name", bodies_of({make_certificate(Town::named("IP:192.0.2.77"), &town.root)}),
       kInvalidId, "does not name 192.0.2."},
      {"a name of another type",
       bodies_of({make_certificate(Town::named("DNS:" + name.substr(3)), &town.root)}), kInvalidId,
       "does not name 192.0.2."},
      {"names that are no DER", with_extension(town, "DNS:x", "subjectAltName", "DER:0500"),
       kInvalidId, "does not name 192.0.2."},
      {"expired", valid(town.root, name, -3, -1), kInvalid, "has expired"},
      {"not yet valid", valid(town.root, name, 1, 3), kInvalid, "not yet valid"},
      {"signed by itself", bodies_of({self}), kAuthority, "self-signed"},
      {"of an authority of the same name", bodies_of({of_other}), kInvalid, "signature failure"},
      {"with that authority beside it", bodies_of({of_other, other}), kInvalid,
       "signature failure"},
      {"of one that is no authority", bodies_of({of_end, own}), kInvalid, "invalid CA certificate"},
      {"without the authority between", bodies_of({make_certificate(Town::named(name), &odd)}),
       kAuthority, "unable to get local issuer certificate"},
      {"more authorities than allowed", below(town.root, 2, name, ",pathlen:0"), kInvalid,
       "path length constraint exceeded"},
      {"nine certificates", below(town.root, 8, name), kInvalid, "more than 8 certificates"},
      {"an odd critical extension", with_extension(town, name, "1.2.3.4", "critical,DER:0500"),
       kInvalid, "unhandled critical extension"},
      {"an odd critical extension above", bodies_of({of_odd, odd_one}), kInvalid,
       "unhandled critical extension"},
      {"for keys alone", with_extension(town, name, "keyUsage", "keyAgreement"), kInvalid,
       "key usage allows no signatures"},
      {"a key on P-384", on_curve(town, name, "secp384r1"), kInvalid,
       "makes no signatures of method ecdsa-256"},
      {"a key on another curve of 256 bits", on_curve(town, name, "secp256k1"), kInvalid,
       "makes no signatures of method ecdsa-256"},
      {"an Ed25519 key", on_curve(town, name, "ED25519"), kInvalid,
       "makes no signatures of method ecdsa-256"},
  };
}

TEST(BadCertificate, OfAGmMeetsTheNotifyOfTheRfc) {
  const Town town;
  const auto gm = credentials_of({town.gm}, town.root);
  const auto ks = credentials_of({town.ks}, town.root);
  for (const auto& one : bad_ones(town, town.gm, kGmName)) {
    for (const auto mode : kModes) {
      SCOPED_TRACE(one.what + ", mode " + std::to_string(static_cast<int>(mode)));
      auto captured         = captured_in(mode, gm);
      captured.certificates = one.bodies;
      Duel duel(captured, policy_of(ks));
      const auto& verdict = duel.run();
      EXPECT_EQ(verdict.ending, Ending::kRefused) << verdict.reason;
      EXPECT_EQ(verdict.how, How::kNotify);
      EXPECT_EQ(verdict.notify_type, one.notify) << verdict.reason;
      EXPECT_EQ(verdict.step, mode == Mode::kMain ? "mm5" : "pull1");
      EXPECT_THAT(duel.ks_log(), HasSubstr(one.why));
      expect_no_state(duel);
    }
  }
}

TEST(BadCertificate, OfAKeyServerEndsTheReplayAndIsNamed) {
  const Town town;
  const auto gm = credentials_of({town.gm}, town.root);
  const auto ks = credentials_of({town.ks}, town.root);
  for (const auto& one : bad_ones(town, town.ks, kKsName)) {
    for (const auto mode : {Mode::kMain, Mode::kAggressive}) {
      SCOPED_TRACE(one.what + ", mode " + std::to_string(static_cast<int>(mode)));
      Duel duel(captured_in(mode, gm), policy_of(ks));
      send_from_ks(duel, one.bodies);
      const auto& verdict = duel.run();
      EXPECT_EQ(verdict.ending, Ending::kInvalid) << verdict.reason;
      EXPECT_EQ(verdict.step, mode == Mode::kMain ? "mm5" : "am1");
      EXPECT_THAT(verdict.reason, HasSubstr(one.why));
      EXPECT_THAT(verdict.reason, HasSubstr(mode == Mode::kMain ? "main mode message 6"
                                                                : "aggressive mode message 2"));
    }
  }
}

// An EC certificate in a phase 1 with RSA signatures, and the other way round; the signature itself
// is of the right kind.
TEST(BadCertificate, OfTheOtherKindOfKeyIsNamedBothWays) {
  for (const bool rsa : {true, false}) {
    const std::string method = rsa ? "rsa-sig" : "ecdsa-256";
    const std::string right  = rsa ? "rsa" : "256";
    const std::string wrong  = rsa ? "256" : "rsa";
    for (const auto mode : kModes) {
      SCOPED_TRACE(method);
      auto captured                = captured_in(mode, credentials("gm-" + right));
      captured.offers.front().auth = rsa ? 3 : 9;
      Duel of_ks(captured, policy_of(credentials("ks-" + right), "aes128-sha256-ecp256-" + method));
      send_from_ks(of_ks, {cert_body(credentials("ks-" + wrong)->own().der())});
      if (mode != Mode::kAggressiveClear) {
        EXPECT_EQ(of_ks.run().ending, Ending::kInvalid);
        EXPECT_THAT(of_ks.gm().verdict().reason,
                    HasSubstr("makes no signatures of method " + method));
      }
      captured.certificates = {cert_body(credentials("gm-" + wrong)->own().der())};
      Duel of_gm(captured, policy_of(credentials("ks-" + right), "aes128-sha256-ecp256-" + method));
      EXPECT_EQ(of_gm.run().notify_type, 20) << of_gm.gm().verdict().reason;
      EXPECT_THAT(of_gm.ks_log(), HasSubstr("makes no signatures of method " + method));
      expect_no_state(of_gm);
    }
  }
}

// A CERT payload without its encoding (RFC 2408 section 3.9) makes the message no message at all.
TEST(BadCertificate, InAPayloadWithoutOctetsMeetsSilence) {
  const Town town;
  const auto gm = credentials_of({town.gm}, town.root);
  const auto ks = credentials_of({town.ks}, town.root);
  for (const auto mode : kModes) {
    auto captured         = captured_in(mode, gm);
    captured.certificates = {Bytes{}};
    Duel of_gm(captured, policy_of(ks));
    EXPECT_EQ(of_gm.run().how, How::kSilence);
    EXPECT_THAT(of_gm.ks_log(), HasSubstr("malformed"));
    expect_no_state(of_gm);
    Duel of_ks(captured_in(mode, gm), policy_of(ks));
    send_from_ks(of_ks, {Bytes{}});
    EXPECT_EQ(of_ks.run().ending, Ending::kInvalid);
    EXPECT_THAT(of_ks.gm().verdict().reason, HasSubstr("malformed at octet"));
  }
}

// The identity of the KS is bound to its certificate as that of a GM is.
TEST(Identity, OfTheKeyServerMustBeInItsCertificate) {
  const Town town;
  for (const auto mode : {Mode::kMain, Mode::kAggressive}) {
    Duel duel(captured_in(mode, credentials_of({town.gm}, town.root)),
              policy_of(credentials_of({town.ks}, town.root)));
    const auto insider = std::make_shared<Insider>();
    duel.from_gm       = [&](engine::Outgoing& message) { insider->see(message.datagram); };
    duel.from_ks       = [&](engine::Outgoing& message) {
      (void)insider->change(message.datagram, duel.gm().key_log(), [](auto& payloads) {
        for (auto& one : payloads) {
          if (one.type == payload::kId) {
            one.body = {1, 0, 0, 0, 192, 0, 2, 77};
          }
        }
      });
      insider->see(message.datagram);
    };
    EXPECT_EQ(duel.run().ending, Ending::kInvalid);
    EXPECT_THAT(duel.gm().verdict().reason, HasSubstr("does not name 192.0.2.77"));
  }
}

}  // namespace
}  // namespace gdoi::simulation
