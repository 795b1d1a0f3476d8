// Offers that nest, repeat, mix or lie (RFC 2408 sections 3.4 to 3.6, RFC 2409 section 5).

#include "exchange/raw_offer.h"
#include "protocol/base/hex.h"
#include "protocol/wire/decode.h"
#include "unit/keyserver/gm.h"

namespace gdoi::keyserver::test {
namespace {

using testing::SizeIs;

constexpr std::string_view kPsk = "a pre-shared key";

Policy usual() {
  return default_policy(Secret(bytes_of(kPsk)));
}

const auto& kGood = simulation::kGoodAttributes;
const auto& kDes  = simulation::kDesAttributes;
using simulation::raw_proposal;
using simulation::raw_sa;
using simulation::raw_transform;

Bytes message_1(const Bytes& sa_body, std::uint64_t cookie = 1) {
  Bytes out;
  append_uint(out, 0xc0de000000000000 + cookie, 8);
  append(out, Bytes(8));
  append(out, Bytes{1, 0x10, 2, 0, 0, 0, 0, 0});
  append_uint(out, 28 + 4 + sa_body.size(), 4);
  append(out, Bytes{0, 0});
  append_uint(out, 4 + sa_body.size(), 2);
  append(out, sa_body);
  return out;
}

// Body of the SA in message 2.
Bytes chosen(const Bytes& datagram) {
  wire::Tree tree;
  wire::decode(tables::schema(), datagram, {}, tree);
  const exchange::MessageView view(tree);
  const auto* const found = view.find(1);
  return found == nullptr ? Bytes{} : to_bytes(found->body);
}

const exchange::Endpoint kFrom = endpoint("10.40.10.10");

TEST(Offer, TheFirstTransformThatIsAcceptableIsReturnedUnmodified) {
  World world(usual());
  const auto answer = world.send(
      kFrom, message_1(raw_sa({raw_proposal(0, 1, 1, 3,
                                            {raw_transform(3, 1, kDes), raw_transform(3, 2, kGood),
                                             raw_transform(0, 3, kGood)})})));
  ASSERT_THAT(answer, SizeIs(1));
  EXPECT_EQ(to_hex(chosen(answer[0])),
            to_hex(raw_sa({raw_proposal(0, 1, 1, 1, {raw_transform(0, 2, kGood)})})));
}

// RFC 2409 section 5: there must not be several. One with a SPI is taken as it is.
TEST(Offer, SeveralProposalsAreDeclined) {
  const auto one = raw_proposal(0, 3, 1, 1, {raw_transform(0, 7, kGood)}, Bytes(8));
  World world(usual());
  const auto declined = world.send(
      kFrom, message_1(raw_sa({raw_proposal(2, 2, 1, 1, {raw_transform(0, 1, kGood)}), one})));
  ASSERT_THAT(declined, SizeIs(1));
  EXPECT_EQ(clear_notify(declined[0]), 15U);
  const auto answer = world.send(kFrom, message_1(raw_sa({one})));
  ASSERT_THAT(answer, SizeIs(1));
  EXPECT_EQ(to_hex(chosen(answer[0])), to_hex(raw_sa({one})));
}

// Life in kilobytes and in seconds, in TV, and in TLV of 4 and 8 octets.
TEST(Offer, ListsOfLifetimesAreTakenAsTheyAre) {
  for (const std::string life :
       {"800b0001800c7080", "800b0001000c000400015180",
        "800b0002000c000400100000800b0001000c000400015180", "800b0001000c00080000000000015180",
        "800b0002800c0400", "800b0001000c0004ffffffff"}) {
    World world(usual());
    const auto offered = raw_proposal(0, 1, 1, 1, {raw_transform(0, 1, kGood + life)});
    const auto answer  = world.send(kFrom, message_1(raw_sa({offered})));
    ASSERT_THAT(answer, SizeIs(1)) << life;
    EXPECT_EQ(to_hex(chosen(answer[0])), to_hex(raw_sa({offered}))) << life;
  }
}

TEST(Offer, AmongManyTransformsOneIsFound) {
  World world(usual());
  std::vector<Bytes> many(199, raw_transform(3, 1, kDes));
  many.push_back(raw_transform(0, 200, kGood));
  const auto answer = world.send(kFrom, message_1(raw_sa({raw_proposal(0, 1, 1, 200, many)})));
  ASSERT_THAT(answer, SizeIs(1));
  EXPECT_EQ(to_hex(chosen(answer[0])),
            to_hex(raw_sa({raw_proposal(0, 1, 1, 1, {raw_transform(0, 200, kGood)})})));
}

TEST(Offer, LiesAreAnsweredByTheNotifyOfTheRfc) {
  for (const auto& lie : simulation::offer_lies()) {
    for (const auto mode : {std::uint8_t{2}, std::uint8_t{4}}) {
      SCOPED_TRACE(lie.what + ", exchange type " + std::to_string(mode));
      auto policy            = usual();
      policy.aggressive_mode = true;
      World world(std::move(policy));
      auto datagram     = message_1(lie.body);
      datagram[18]      = mode;
      const auto answer = world.send(kFrom, datagram);
      ASSERT_THAT(answer, SizeIs(1));
      EXPECT_EQ(clear_notify(answer[0]), lie.notify);
      EXPECT_EQ(world.ks().phase1_count(), 0U);
      EXPECT_FALSE(world.ks().deadline());
      // The same once more is answered the same way: nothing is remembered of it.
      EXPECT_EQ(world.send(kFrom, datagram), answer);
    }
  }
}

}  // namespace
}  // namespace gdoi::keyserver::test
