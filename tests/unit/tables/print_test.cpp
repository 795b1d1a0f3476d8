#include "protocol/wire/print.h"

#include "protocol/base/hex.h"
#include "unit/tables/samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// What a person reads; and what no person shall read by accident.
namespace gdoi {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string printed(const samples::Sample& sample) {
  wire::Tree tree;
  samples::decode(sample, tree);
  return wire::print_tree(tables::schema(), tree);
}

// Set C, PULL message 4: the KEK is 707172..7f behind its IV, a TEK 8081..8f (gdoi_vectors.py).
TEST(Print, KeysOfAKeyDownloadAreCountedNotShown) {
  const auto text = printed(samples::vector("C_synthetic_aes128_sha256", 10));
  EXPECT_THAT(text, HasSubstr("KEK Algorithm Key (IV and key): 32 octets, not shown"));
  EXPECT_THAT(text, HasSubstr("TEK Algorithm Key: 16 octets, not shown"));
  EXPECT_THAT(text, Not(HasSubstr("7071727374")));
  EXPECT_THAT(text, Not(HasSubstr("8081828384")));
}

TEST(Print, UnreadOctetsOfAPlaintextAreCountedNotShown) {
  auto sample = samples::vector("C_synthetic_aes128_sha256", 10);
  sample.plaintext.resize(sample.plaintext.size() - 60);
  const auto whole = printed(sample);
  EXPECT_THAT(whole, HasSubstr("not shown"));
  EXPECT_THAT(whole, Not(HasSubstr("b0b1b2b3b4")));
}

TEST(Print, PolicyReadsAsAPersonWantsIt) {
  const auto text = printed(samples::vector("C_synthetic_aes128_sha256", 8));
  EXPECT_THAT(text, HasSubstr("KEK Key Lifetime: 3600 s (1 h)"));
  EXPECT_THAT(text, HasSubstr("ID_IPV4_ADDR: 233.252.0.1"));
  EXPECT_THAT(text, HasSubstr("ID_IPV6_ADDR: 2001:db8::1"));
}

}  // namespace
}  // namespace gdoi
