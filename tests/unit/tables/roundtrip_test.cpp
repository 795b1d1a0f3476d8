#include "protocol/wire/encode.h"
#include "samples.h"

#include <gtest/gtest.h>

namespace gdoi {
namespace {

// From values alone: the tree is gone and its octets are overwritten before encoding.
TEST(RoundTrip, EveryRealMessageEncodesFromItsValues) {
  std::size_t seen = 0;
  for (auto sample : samples::all()) {
    const auto original = sample.datagram;
    wire::Document document(tables::schema());
    {
      wire::Tree tree;
      samples::decode(sample, tree);
      EXPECT_TRUE(covers(tree)) << sample.origin;
      document = wire::Document(tables::schema(), tree);
    }
    std::fill(sample.datagram.begin(), sample.datagram.end(), std::uint8_t{0xee});
    EXPECT_EQ(encode(document), original) << sample.origin;
    EXPECT_EQ(encode(document, document.plaintext()), sample.plaintext) << sample.origin;
    ++seen;
  }
  EXPECT_GT(seen, 200U);
}

TEST(RoundTrip, CutMessagesEncodeAsTheyAre) {
  for (const auto& sample : samples::vectors()) {
    for (std::size_t size = 0; size < sample.datagram.size(); size += 3) {
      const Bytes cut(sample.datagram.begin(),
                      sample.datagram.begin() + static_cast<std::ptrdiff_t>(size));
      wire::Tree tree;
      wire::decode(tables::schema(), cut, {}, tree);
      EXPECT_TRUE(covers(tree)) << sample.origin << " cut to " << size;
      EXPECT_EQ(encode(wire::Document(tables::schema(), tree)), cut);
    }
  }
}

TEST(RoundTrip, LyingOctetsEncodeAsTheyAre) {
  for (const auto& sample : samples::vectors()) {
    const auto& octets = sample.plaintext.empty() ? sample.datagram : sample.plaintext;
    for (std::size_t i = 0; i < octets.size(); ++i) {
      for (const std::uint8_t lie : Bytes{0x00, 0x01, 0x7f, 0xff}) {
        auto changed = octets;
        changed[i]   = lie;
        wire::Tree tree;
        if (sample.plaintext.empty()) {
          wire::decode(tables::schema(), changed, {}, tree);
        } else {
          wire::decode(tables::schema(), sample.datagram, {}, tree);
          wire::decode_plaintext(tables::schema(), Secret(ByteView(changed)), 16, tree);
        }
        ASSERT_TRUE(covers(tree)) << sample.origin << " octet " << i;
        const wire::Document document(tables::schema(), tree);
        const auto out =
            sample.plaintext.empty() ? encode(document) : encode(document, document.plaintext());
        ASSERT_EQ(out, changed) << sample.origin << " octet " << i;
      }
    }
  }
}

}  // namespace
}  // namespace gdoi
