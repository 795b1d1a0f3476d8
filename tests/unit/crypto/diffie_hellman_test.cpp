#include "protocol/crypto/diffie_hellman.h"

#include "protocol/base/hex.h"
#include "unit/crypto/vectors.h"

#include <gtest/gtest.h>

#include <sstream>

namespace gdoi::crypto {
namespace {

using test::crypto_vectors;

constexpr Group kModpGroups[] = {Group::kModp768,  Group::kModp1024, Group::kModp1536,
                                 Group::kModp2048, Group::kModp3072, Group::kModp4096,
                                 Group::kModp6144, Group::kModp8192};
constexpr Group kEcpGroups[]  = {Group::kEcp256, Group::kEcp384, Group::kEcp521};

// The prime as the formula of RFC 2409 section 6 and RFC 3526 gives it from pi.
Bytes prime_of(Group group) {
  const auto& vectors = crypto_vectors();
  for (std::size_t i = 0; i < vectors.count("/modp_primes"); ++i) {
    const auto at = "/modp_primes/" + std::to_string(i);
    if (vectors.number(at + "/group") == static_cast<unsigned>(group)) {
      return vectors.octets(at + "/prime");
    }
  }
  ADD_FAILURE() << "no prime of " << name_of(group);
  return {};
}

Bytes minus(Bytes number, std::uint8_t small) {
  number.back() = static_cast<std::uint8_t>(number.back() - small);  // a prime of ours ends with ff
  return number;
}

Bytes small_number(Group group, std::uint8_t value) {
  Bytes number(public_value_size(group), 0);
  number.back() = value;
  return number;
}

DhKeyPair key_pair(Group group, ByteView private_value) {
  auto pair = DhKeyPair::from_private(group, private_value);
  EXPECT_TRUE(pair.ok()) << (pair.ok() ? "" : pair.error().text);
  return std::move(pair).value();
}

TEST(DiffieHellman, EcpGroupsGiveTheValuesOfRfc5903) {
  const auto& vectors = crypto_vectors();
  for (std::size_t i = 0; i < vectors.count("/ecdh"); ++i) {
    const auto at    = "/ecdh/" + std::to_string(i);
    const auto group = group_of_phase1(vectors.number(at + "/group"));
    ASSERT_TRUE(group.has_value());
    SCOPED_TRACE(vectors.text(at + "/source"));
    const auto initiator = key_pair(*group, vectors.octets(at + "/i"));
    const auto responder = key_pair(*group, vectors.octets(at + "/r"));
    EXPECT_EQ(initiator.public_value(), vectors.octets(at + "/gi"));
    EXPECT_EQ(responder.public_value(), vectors.octets(at + "/gr"));
    const auto one = initiator.shared_secret(vectors.octets(at + "/gr"));
    const auto two = responder.shared_secret(vectors.octets(at + "/gi"));
    ASSERT_TRUE(one.ok() && two.ok());
    EXPECT_TRUE(equal(one->view(), vectors.octets(at + "/secret")));
    EXPECT_TRUE(equal(two->view(), vectors.octets(at + "/secret")));
  }
}

TEST(DiffieHellman, PrimesHaveTheDigestsOfTheProtocolNotes) {
  // SHA-256 of the big-endian primes, first and last four octets.
  const std::pair<Group, const char*> digests[] = {
      {Group::kModp768,  "b52ba6a3ecc3e63d"},
      {Group::kModp1024, "3f35a3f5981b67a0"},
      {Group::kModp1536, "64fcc83ea945019b"},
      {Group::kModp2048, "d66436f79a60890e"},
      {Group::kModp3072, "48cf8b09c6d1c55c"},
      {Group::kModp4096, "4ee9518723919e33"},
      {Group::kModp6144, "d1bfe6d048657efd"},
      {Group::kModp8192, "39ab4fea8b3c3bcf"}
  };
  for (const auto& [group, digest] : digests) {
    const auto hex = to_hex(openssl_suite().digest(Hash::kSha256, {prime_of(group)}));
    EXPECT_EQ(hex.substr(0, 8) + hex.substr(56), digest) << name_of(group);
  }
}

TEST(DiffieHellman, ModpPeersAreTakenInOneToPMinusOneOnly) {
  for (const auto group : kModpGroups) {
    SCOPED_TRACE(name_of(group));
    const Bytes two{2};
    const auto pair  = key_pair(group, two);
    const auto prime = prime_of(group);
    ASSERT_EQ(prime.size(), public_value_size(group));
    EXPECT_FALSE(pair.shared_secret(small_number(group, 0)).ok());
    EXPECT_FALSE(pair.shared_secret(small_number(group, 1)).ok());
    EXPECT_FALSE(pair.shared_secret(minus(prime, 1)).ok());
    EXPECT_FALSE(pair.shared_secret(prime).ok());
    EXPECT_FALSE(pair.shared_secret(Bytes(prime.size(), 0xff)).ok());
    // (p - 2)^2 mod p = 4 holds for this prime alone, so it is the one in use.
    const auto secret = pair.shared_secret(minus(prime, 2));
    ASSERT_TRUE(secret.ok());
    EXPECT_TRUE(equal(secret->view(), small_number(group, 4)));
  }
}

TEST(DiffieHellman, ShortValuesArePaddedToThePrime) {
  for (const auto group : kModpGroups) {
    SCOPED_TRACE(name_of(group));
    const Bytes three{3};
    const auto pair = key_pair(group, three);
    EXPECT_EQ(pair.public_value(), small_number(group, 8));
    const auto secret = pair.shared_secret(small_number(group, 5));
    ASSERT_TRUE(secret.ok());
    EXPECT_TRUE(equal(secret->view(), small_number(group, 125)));
  }
}

TEST(DiffieHellman, BothSidesHaveTheSameSecret) {
  for (const auto group : {Group::kModp768, Group::kModp1024, Group::kModp1536, Group::kModp2048,
                           Group::kModp3072, Group::kEcp256, Group::kEcp384, Group::kEcp521}) {
    SCOPED_TRACE(name_of(group));
    const auto one = key_pair(group, Bytes(28, 0x5a));
    const auto two = key_pair(group, Bytes(28, 0xc3));
    EXPECT_EQ(one.public_value().size(), public_value_size(group));
    EXPECT_NE(one.public_value(), two.public_value());
    const auto here  = one.shared_secret(two.public_value());
    const auto there = two.shared_secret(one.public_value());
    ASSERT_TRUE(here.ok() && there.ok());
    EXPECT_TRUE(equal(here->view(), there->view()));
    EXPECT_EQ(here->size(),
              group >= Group::kEcp256 ? public_value_size(group) / 2 : public_value_size(group));
  }
}

TEST(DiffieHellman, WrongLengthsAndPointsOffTheCurveAreErrors) {
  const Bytes seven{7};
  for (const auto group : kEcpGroups) {
    SCOPED_TRACE(name_of(group));
    const auto pair = key_pair(group, seven);
    auto peer       = key_pair(group, Bytes{9}).public_value();
    EXPECT_TRUE(pair.shared_secret(peer).ok());
    peer.back() ^= 1U;
    EXPECT_FALSE(pair.shared_secret(peer).ok());
    EXPECT_FALSE(pair.shared_secret(Bytes(peer.size(), 0)).ok());
    EXPECT_FALSE(pair.shared_secret(Bytes(peer.size(), 0xff)).ok());
    peer.back() ^= 1U;
    peer.insert(peer.begin(), 0x04);
    EXPECT_FALSE(pair.shared_secret(peer).ok()) << "a point with its SEC 1 prefix";
    EXPECT_FALSE(pair.shared_secret(ByteView(peer).first(peer.size() - 2)).ok());
    EXPECT_FALSE(pair.shared_secret({}).ok());
  }
  const auto pair   = key_pair(Group::kModp2048, seven);
  const auto result = pair.shared_secret(Bytes(255, 0x10));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().text, "modp2048: the peer's public value has 255 octets instead of 256");
}

TEST(DiffieHellman, PrivateValuesOutOfRangeAreErrors) {
  for (const auto group : {Group::kModp768, Group::kModp2048, Group::kEcp256, Group::kEcp521}) {
    SCOPED_TRACE(name_of(group));
    EXPECT_FALSE(DhKeyPair::from_private(group, {}).ok());
    EXPECT_FALSE(DhKeyPair::from_private(group, Bytes{0}).ok());
    EXPECT_FALSE(DhKeyPair::from_private(group, Bytes(public_value_size(group), 0xff)).ok());
    EXPECT_FALSE(DhKeyPair::from_private(group, Bytes(5000, 1)).ok());
  }
  EXPECT_FALSE(DhKeyPair::from_private(Group::kModp768, prime_of(Group::kModp768)).ok());
  EXPECT_FALSE(DhKeyPair::from_private(static_cast<Group>(3), Bytes{5}).ok());
}

// The octets that `openssl pkey -text` lists under a heading such as "private-key:".
Bytes listed(const std::string& text, const std::string& heading, std::size_t size) {
  std::istringstream lines(text.substr(text.find(heading) + heading.size()));
  std::string digits;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line) && line.starts_with("    ")) {
    for (const char c : line) {
      if (c != ' ' && c != ':') {
        digits += c;
      }
    }
  }
  auto octets = from_hex(digits).value_or(Bytes{});
  while (octets.size() > size && octets.front() == 0) {
    octets.erase(octets.begin());
  }
  octets.insert(octets.begin(), size - std::min(size, octets.size()), 0);
  return octets;
}

class OpensslCommand : public testing::TestWithParam<Group> {
 protected:
  // A key pair of the openssl command, in FOLDER/NAME; the groups that it has no name for, by p, g.
  static void make_key(const std::string& path) {
    const auto group = GetParam();
    if (group == Group::kModp768 || group == Group::kModp1024) {
      const auto conf =
          "asn1=SEQUENCE:dh\n[dh]\np=INTEGER:0x" + to_hex(prime_of(group)) + "\ng=INTEGER:2\n";
      test::write_file(path + ".conf", bytes_of(conf));
      (void)test::output_of("openssl asn1parse -noout -genconf " + path + ".conf -out " + path +
                            ".der && openssl dhparam -inform DER -in " + path + ".der -out " +
                            path + ".params && openssl genpkey -paramfile " + path +
                            ".params -out " + path);
      return;
    }
    auto name = std::string(name_of(group));
    name.insert(name.find_first_of("0123456789"), "_");
    (void)test::output_of("openssl genpkey -algorithm DH -pkeyopt group:" + name + " -out " + path);
  }
};

TEST_P(OpensslCommand, DerivesTheSameSecret) {
  const auto group = GetParam();
  const auto size  = public_value_size(group);
  const auto ours  = test::scratch_folder() + "ours";
  const auto peer  = test::scratch_folder() + "peer";
  make_key(ours);
  make_key(peer);
  const auto our_text  = test::output_of("openssl pkey -noout -text -in " + ours);
  const auto peer_text = test::output_of("openssl pkey -noout -text -in " + peer);
  (void)test::output_of("openssl pkey -pubout -in " + peer + " -out " + peer +
                        ".pub && openssl pkeyutl -derive -pkeyopt dh_pad:1 -inkey " + ours +
                        " -peerkey " + peer + ".pub -out " + ours + ".secret");
  const auto pair = key_pair(group, listed(our_text, "private-key:", size));
  EXPECT_EQ(pair.public_value(), listed(our_text, "public-key:", size));
  const auto secret = pair.shared_secret(listed(peer_text, "public-key:", size));
  ASSERT_TRUE(secret.ok()) << secret.error().text;
  EXPECT_TRUE(equal(secret->view(), test::read_file(ours + ".secret")));
}

INSTANTIATE_TEST_SUITE_P(DiffieHellman, OpensslCommand, testing::ValuesIn(kModpGroups),
                         [](const auto& chosen) { return std::string(name_of(chosen.param)); });

}  // namespace
}  // namespace gdoi::crypto
