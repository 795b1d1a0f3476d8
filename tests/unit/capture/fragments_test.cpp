#include "capture/reassembly.h"
#include "files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gdoi::capture {
namespace {

using test::read_vector;

/// The octets 0, 1, 2 ... 250, 0 ... that generate.py fills long payloads with.
Bytes run(std::size_t length) {
  Bytes octets;
  for (std::size_t i = 0; i < length; ++i) {
    octets.push_back(static_cast<std::uint8_t>(i % 251));
  }
  return octets;
}

std::vector<std::uint64_t> frames(const test::Reading& reading) {
  std::vector<std::uint64_t> all;
  for (const auto& each : reading.datagrams) {
    all.push_back(each.datagram.frame);
  }
  return all;
}

TEST(Fragments, MakeADatagramAtTheFrameThatCompletesIt) {
  const auto reading = read_vector("fragments-in-order.pcap");
  EXPECT_EQ(frames(reading), (std::vector<std::uint64_t>{3, 4, 7}));
  EXPECT_EQ(reading.datagrams.at(0).payload, run(100));
  EXPECT_EQ(reading.datagrams.at(0).datagram.claimed_length, 100U);
  EXPECT_EQ(reading.datagrams.at(0).datagram.source_port, 848);
  EXPECT_EQ(reading.datagrams.at(0).datagram.time_ns, 1'700'000'002'000'000'001);
  EXPECT_EQ(reading.datagrams.at(2).payload, run(100));
  EXPECT_EQ(reading.datagrams.at(2).datagram.family, 6);
  EXPECT_EQ(reading.counts.fragments, 6U);
  EXPECT_EQ(reading.counts.incomplete, 0U);
}

TEST(Fragments, MayComeInAnyOrder) {
  const auto reading = read_vector("fragments-out-of-order.pcap");
  EXPECT_EQ(frames(reading), (std::vector<std::uint64_t>{5, 6, 7}));
  EXPECT_EQ(reading.datagrams.at(1).payload, run(100));
  EXPECT_EQ(reading.datagrams.at(2).payload, run(100));
  EXPECT_EQ(reading.counts.incomplete, 0U);
}

TEST(Fragments, OfSeveralDatagramsAreKeptApart) {
  const auto reading = read_vector("fragments-interleaved.pcap");
  EXPECT_EQ(frames(reading), (std::vector<std::uint64_t>{5, 6, 11, 12}));
  EXPECT_EQ(reading.datagrams.at(0).payload, run(90));
  EXPECT_EQ(reading.datagrams.at(1).payload, run(100));
  EXPECT_EQ(reading.datagrams.at(2).payload, run(90));
  EXPECT_EQ(reading.datagrams.at(3).payload, run(100));
}

TEST(Fragments, ThatRepeatOneExactlyDoNoHarm) {
  const auto reading = read_vector("fragments-repeated.pcap");
  EXPECT_EQ(frames(reading), (std::vector<std::uint64_t>{4, 8}));
  EXPECT_EQ(reading.datagrams.at(1).payload, run(100));
}

TEST(Fragments, ThatOverlapSpoilTheDatagram) {
  const auto reading = read_vector("fragments-overlapping.pcap");
  EXPECT_EQ(frames(reading), (std::vector<std::uint64_t>{9}));
  EXPECT_EQ(reading.counts.incomplete, 2U);
}

TEST(Fragments, ThatAreMissingAreCounted) {
  const auto reading = read_vector("fragments-missing.pcap");
  EXPECT_EQ(frames(reading), (std::vector<std::uint64_t>{5}));
  EXPECT_EQ(reading.counts.fragments, 4U);
  EXPECT_EQ(reading.counts.incomplete, 2U);
}

TEST(Fragments, AreDroppedOldestFirstWhenMemoryIsBounded) {
  // One packet of three fragments fits, two do not: the first one started is lost.
  const auto reading = read_vector("fragments-interleaved.pcap", {.max_reassembly_octets = 900});
  EXPECT_EQ(frames(reading), (std::vector<std::uint64_t>{5, 11}));
  EXPECT_EQ(reading.counts.incomplete, 4U)
      << "the late fragments of the lost ones wait in vain too";
  EXPECT_TRUE(
      read_vector("fragments-in-order.pcap", {.max_reassembly_octets = 0}).counts.incomplete > 0);
}

class ReassemblerTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::optional<Bytes> add(std::uint32_t offset, bool more, const Bytes& data,
                                         std::int64_t seconds = 0, std::size_t missing = 0) {
    IpPacket fragment;
    fragment.kind            = IpKind::kFragment;
    fragment.protocol        = 17;
    fragment.source          = address_;
    fragment.destination     = address_;
    fragment.payload         = data;
    fragment.claimed         = data.size() + missing;
    fragment.identification  = 1;
    fragment.fragment_offset = offset;
    fragment.more_fragments  = more;
    const auto whole         = reassembler_.add(fragment, seconds * 1'000'000'000);
    return whole ? std::optional(to_bytes(whole->payload)) : std::nullopt;
  }

  Reassembler reassembler_{std::size_t{1} << 20U};
  Bytes address_{192, 0, 2, 1};
};

TEST_F(ReassemblerTest, ForgetsAPacketAfterAMinute) {
  EXPECT_FALSE(add(0, true, Bytes(8, 1)));
  // The identification is used again: the old first half must not join the new second half.
  EXPECT_FALSE(add(8, false, Bytes(8, 2), 61));
  EXPECT_EQ(reassembler_.incomplete(), 1U);
  EXPECT_EQ(add(0, true, Bytes(8, 3), 62), Bytes({3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2}));
}

TEST_F(ReassemblerTest, DoesNotBelieveFragmentsThatWereCut) {
  EXPECT_FALSE(add(0, true, Bytes(8, 1), 0, 8));
  EXPECT_FALSE(add(8, false, Bytes(8, 2)));
  reassembler_.finish();
  EXPECT_EQ(reassembler_.incomplete(), 1U);
}

TEST_F(ReassemblerTest, IgnoresMiddleFragmentsOfOddLength) {
  EXPECT_FALSE(add(0, true, Bytes(7, 1)));
  EXPECT_FALSE(add(8, false, Bytes(8, 2)));
  EXPECT_TRUE(add(0, true, Bytes(8, 1)));
}

TEST_F(ReassemblerTest, IsSpoiledByDataBehindTheLastFragment) {
  EXPECT_FALSE(add(8, false, Bytes(8, 1)));
  EXPECT_FALSE(add(16, true, Bytes(8, 1)));
  EXPECT_FALSE(add(0, true, Bytes(8, 1)));
}

TEST_F(ReassemblerTest, IsSpoiledByTwoLastFragments) {
  EXPECT_FALSE(add(16, true, Bytes(8, 1)));
  EXPECT_FALSE(add(8, false, Bytes(8, 1)));
  EXPECT_FALSE(add(0, true, Bytes(8, 1)));
}

TEST_F(ReassemblerTest, IsSpoiledByMoreThanAPacketCanHold) {
  EXPECT_FALSE(add(65528, false, Bytes(8, 1)));
  EXPECT_FALSE(add(0, true, Bytes(65528, 1)));
}

}  // namespace
}  // namespace gdoi::capture
