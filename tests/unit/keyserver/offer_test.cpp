// Offers that nest, repeat, mix or lie (RFC 2408 sections 3.4 to 3.6, RFC 2409 section 5).

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

Bytes hex(std::string_view digits) {
  return from_hex(digits).value();
}

// Attributes: AES-CBC, SHA2-256, PSK, MODP-2048, 128 bits.
const std::string kGood = "8001000780020004800300018004000e800e0080";
// The same with DES (1), no key length.
const std::string kDes = "8001000180020004800300018004000e";

Bytes transform(std::uint8_t next, std::uint8_t number, const std::string& attributes) {
  const auto values = hex(attributes);
  Bytes out{next, 0};
  append_uint(out, 8 + values.size(), 2);
  append(out, Bytes{number, 1, 0, 0});
  append(out, values);
  return out;
}

Bytes proposal(std::uint8_t next, std::uint8_t number, std::uint8_t protocol, std::uint8_t count,
               const std::vector<Bytes>& transforms, const Bytes& spi = {}) {
  Bytes inside = spi;
  for (const auto& one : transforms) {
    append(inside, one);
  }
  Bytes out{next, 0};
  append_uint(out, 8 + inside.size(), 2);
  append(out, Bytes{number, protocol, static_cast<std::uint8_t>(spi.size()), count});
  append(out, inside);
  return out;
}

Bytes sa(const std::vector<Bytes>& proposals) {
  auto body = hex("0000000200000000");
  for (const auto& one : proposals) {
    append(body, one);
  }
  return body;
}

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
      kFrom,
      message_1(sa({proposal(
          0, 1, 1, 3, {transform(3, 1, kDes), transform(3, 2, kGood), transform(0, 3, kGood)})})));
  ASSERT_THAT(answer, SizeIs(1));
  EXPECT_EQ(to_hex(chosen(answer[0])),
            to_hex(sa({proposal(0, 1, 1, 1, {transform(0, 2, kGood)})})));
}

TEST(Offer, OfSeveralProposalsThatOfIsakmpIsTaken) {
  World world(usual());
  const auto answer = world.send(
      kFrom, message_1(sa({proposal(2, 1, 3, 1, {transform(0, 1, kGood)}, hex("aabbccdd")),
                           proposal(2, 2, 1, 1, {transform(0, 1, kDes)}),
                           proposal(0, 3, 1, 1, {transform(0, 7, kGood)}, Bytes(8))})));
  ASSERT_THAT(answer, SizeIs(1));
  EXPECT_EQ(to_hex(chosen(answer[0])),
            to_hex(sa({proposal(0, 3, 1, 1, {transform(0, 7, kGood)}, Bytes(8))})));
}

// Life in kilobytes and in seconds, in TV, and in TLV of 4 and 8 octets.
TEST(Offer, ListsOfLifetimesAreTakenAsTheyAre) {
  for (const std::string life :
       {"800b0001800c7080", "800b0001000c000400015180",
        "800b0002000c000400100000800b0001000c000400015180", "800b0001000c00080000000000015180",
        "800b0002800c0400", "800b0001000c0004ffffffff"}) {
    World world(usual());
    const auto offered = proposal(0, 1, 1, 1, {transform(0, 1, kGood + life)});
    const auto answer  = world.send(kFrom, message_1(sa({offered})));
    ASSERT_THAT(answer, SizeIs(1)) << life;
    EXPECT_EQ(to_hex(chosen(answer[0])), to_hex(sa({offered}))) << life;
  }
}

TEST(Offer, AmongManyTransformsOneIsFound) {
  World world(usual());
  std::vector<Bytes> many(199, transform(3, 1, kDes));
  many.push_back(transform(0, 200, kGood));
  const auto answer = world.send(kFrom, message_1(sa({proposal(0, 1, 1, 200, many)})));
  ASSERT_THAT(answer, SizeIs(1));
  EXPECT_EQ(to_hex(chosen(answer[0])),
            to_hex(sa({proposal(0, 1, 1, 1, {transform(0, 200, kGood)})})));
}

TEST(Offer, LiesAreAnsweredByANotifyOrNotAtAll) {
  const auto good = transform(0, 1, kGood);
  auto long_one   = good;
  long_one[3]     = 0xf0;
  auto short_one  = good;
  short_one[3]    = 3;
  auto nested     = transform(0, 1, kGood);
  nested[0]       = 2;
  auto in_itself  = sa({proposal(0, 1, 1, 1, {sa({proposal(0, 1, 1, 1, {good})})})});
  const std::vector<Bytes> bodies{sa({}),
                                  sa({proposal(0, 1, 1, 0, {})}),
                                  sa({proposal(0, 1, 1, 9, {good})}),
                                  sa({proposal(2, 1, 1, 1, {good})}),
                                  sa({proposal(0, 1, 1, 1, {long_one})}),
                                  sa({proposal(0, 1, 1, 1, {short_one})}),
                                  sa({proposal(0, 1, 1, 1, {nested})}),
                                  sa({proposal(0, 1, 1, 1, {transform(0, 1, "000c7fff")})}),
                                  sa({proposal(0, 1, 1, 1, {transform(0, 1, kGood + kGood)})}),
                                  sa({proposal(0, 1, 1, 1, {transform(0, 1, kGood + "80630001")})}),
                                  in_itself,
                                  hex("00000002"),
                                  {}};
  std::uint64_t cookie = 0;
  for (const auto& body : bodies) {
    World world(usual());
    const auto answer = world.send(kFrom, message_1(body, ++cookie));
    ASSERT_LE(answer.size(), 1U);
    if (!answer.empty()) {
      const auto type = clear_notify(answer[0]);
      ASSERT_TRUE(type) << to_hex(body);
      // NO-PROPOSAL-CHOSEN, PAYLOAD-MALFORMED, SITUATION- or DOI-NOT-SUPPORTED
      EXPECT_TRUE(*type == 14 || *type == 16 || *type == 3 || *type == 2)
          << to_hex(body) << " " << *type;
    }
    EXPECT_EQ(world.ks().phase1_count(), 0U) << to_hex(body);
  }
}

}  // namespace
}  // namespace gdoi::keyserver::test
