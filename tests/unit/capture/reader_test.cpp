#include "capture/reader.h"

#include "files.h"
#include "protocol/base/hex.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gdoi::capture {
namespace {

using test::read_vector;
using test::Reading;

/// "frame:text" of each datagram.
std::vector<std::string> texts(const Reading& reading) {
  std::vector<std::string> all;
  for (const auto& each : reading.datagrams) {
    all.push_back(std::to_string(each.datagram.frame) + ":" + each.text());
  }
  return all;
}

/// "frame:octets/claimed" of each datagram.
std::vector<std::string> lengths(const Reading& reading) {
  std::vector<std::string> all;
  for (const auto& each : reading.datagrams) {
    all.push_back(std::to_string(each.datagram.frame) + ":" + std::to_string(each.payload.size()) +
                  "/" + std::to_string(each.datagram.claimed_length));
  }
  return all;
}

struct LinkCase {
  const char* file;
  std::vector<std::string> datagrams;
  std::uint64_t frames;
  std::uint64_t not_ip;
};

TEST(Reader, LooksThroughEveryLinkType) {
  const std::vector<LinkCase> cases{
      {"ethernet.pcap",
       {"1:four", "2:six", "5:four", "6:six", "7:four", "8:padded", "9:from 848", "10:to 848"},
       10,                                                                                         1},
      {"ethernet-big-endian.pcap", {"1:four"},                                                  1, 0},
      {"sll.pcap",                 {"1:four", "2:six", "3:four"},                               3, 0},
      {"sll2.pcap",                {"1:four", "2:six", "3:four"},                               3, 0},
      {"raw.pcap",                 {"1:four", "2:six"},                                         3, 1},
      {"ipv4.pcap",                {"1:four"},                                                  1, 0},
      {"ipv6.pcap",                {"1:six"},                                                   1, 0},
      {"null.pcap",                {"1:four", "2:four", "3:six", "4:six"},                      5, 1},
      {"loop.pcap",                {"1:four", "2:six"},                                         2, 0},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.file);
    const auto reading = read_vector(each.file);
    EXPECT_EQ(reading.error, "");
    EXPECT_EQ(texts(reading), each.datagrams);
    EXPECT_EQ(reading.counts.frames, each.frames);
    EXPECT_EQ(reading.counts.not_ip, each.not_ip);
    EXPECT_EQ(reading.counts.datagrams, each.datagrams.size());
    EXPECT_EQ(reading.counts.malformed, 0U);
  }
}

TEST(Reader, GivesAddressesPortsAndNanoseconds) {
  const auto reading = read_vector("ethernet.pcap");
  ASSERT_GE(reading.datagrams.size(), 8U);
  const auto& four = reading.datagrams[6].datagram;
  EXPECT_EQ(four.family, 4);
  EXPECT_EQ(address_text(four.family, four.source), "192.0.2.1");
  EXPECT_EQ(address_text(four.family, four.destination), "192.0.2.2");
  EXPECT_EQ(four.source_port, 848);
  EXPECT_EQ(four.destination_port, 40000);
  EXPECT_EQ(four.time_ns, 1'700'000'008'000'000'001);
  const auto& six = reading.datagrams[1].datagram;
  EXPECT_EQ(six.family, 6);
  EXPECT_EQ(address_text(six.family, six.source), "2001:db8::1");
  EXPECT_EQ(address_text(six.family, six.destination), "2001:db8::2");
}

TEST(Reader, HandsOutTheNamedPortsOnly) {
  EXPECT_EQ(texts(read_vector("ethernet.pcap", {.ports = {500}})),
            (std::vector<std::string>{"4:other port"}));
  EXPECT_EQ(read_vector("ethernet.pcap",
                        {
                            .ports = {500, 40000}
  })
                .datagrams.size(),
            3U);
  EXPECT_EQ(read_vector("ethernet.pcap", {.ports = {}}).datagrams.size(), 9U);
}

TEST(Reader, PassesOverOptionsAndExtensionHeaders) {
  EXPECT_EQ(texts(read_vector("ipv4-options.pcap")), (std::vector<std::string>{"1:options"}));
  EXPECT_EQ(texts(read_vector("ipv6-extensions.pcap")),
            (std::vector<std::string>{"1:hop-by-hop", "2:destination options", "3:routing", "4:AH",
                                      "5:atomic fragment", "6:four of them"}));
}

TEST(Reader, NeverTrustsUdpLengths) {
  const auto reading = read_vector("udp-lengths.pcap");
  EXPECT_EQ(lengths(reading),
            (std::vector<std::string>{"1:5/5", "2:10/22", "5:0/0", "6:10/10", "7:10/65527"}));
  EXPECT_EQ(reading.datagrams.at(0).text(), "01234");
  EXPECT_EQ(reading.counts.malformed, 2U);
}

TEST(Reader, NeverTrustsIpLengths) {
  const auto reading = read_vector("ip-lengths.pcap");
  // Longer than the frame, 0 (segmentation offload) and in the middle of the payload still show
  // one.
  EXPECT_EQ(lengths(reading),
            (std::vector<std::string>{"1:10/10", "3:10/10", "4:5/10", "8:10/10"}));
  EXPECT_EQ(reading.counts.malformed, 4U);
}

TEST(Reader, SaysWhereTheSnapLengthCut) {
  const auto reading = read_vector("snapped.pcap");
  EXPECT_EQ(reading.error, "");
  EXPECT_EQ(lengths(reading), (std::vector<std::string>{"1:100/100", "2:28/100", "3:0/100"}));
  EXPECT_EQ(reading.counts.truncated, 6U);
  EXPECT_EQ(reading.counts.not_ip, 2U);
  EXPECT_EQ(reading.counts.malformed, 0U);
}

TEST(Reader, AgreesWithTsharkOnFramesAndPayloads) {
  for (const auto* name :
       {"ethernet", "sll", "sll2", "raw", "null", "loop", "ipv4", "ipv6", "ipv4-options",
        "ipv6-extensions", "fragments-in-order", "fragments-out-of-order", "fragments-interleaved",
        "fragments-repeated", "fragments-missing"}) {
    SCOPED_TRACE(name);
    const auto file = std::string(name) + ".pcap";
    std::vector<std::string> ours;
    for (const auto& each : read_vector(file).datagrams) {
      ours.push_back(std::to_string(each.datagram.frame) + "\t" + to_hex(each.payload));
    }
    const auto theirs =
        test::output_of("tshark -n -r " + test::vector_file(file) +
                        " -Y 'udp.port == 848' -T fields -e frame.number -e udp.payload");
    EXPECT_EQ(ours, test::lines(theirs));
  }
}

struct Recorded {
  const char* name;
  std::uint64_t frames;
  std::uint64_t datagrams;
};

// From the tables of captures/README.md and captures/reference-live/README.md: packets; messages
// and retransmissions.
TEST(Reader, CountsTheRecordedCapturesAsTheirTablesDo) {
  const std::vector<Recorded> all{
      {"reference-gm-registration",          10,  10 },
      {"reference-gm-registration-kek-push", 11,  11 },
      {"61850-ks-registration",              10,  10 },
      {"61850-ks-refused-unknown-group",     8,   8  },
      {"reference-live/three-gms-kek-3des",  49,  39 },
      {"reference-live/aes-kek-sha256",      50,  41 },
      {"reference-live/rsa-sig",             39,  33 },
      {"reference-live/gcm-sids",            42,  32 },
      {"reference-live/unknown-group",       34,  34 },
      {"reference-live/wrong-psk",           18,  18 },
      {"reference-live/gm-restart",          78,  69 },
      {"reference-live/big-fragmented",      43,  24 },
      {"reference-live/aggressive",          14,  14 },
      {"reference-live/loss-10",             278, 221},
  };
  for (const auto& each : all) {
    SCOPED_TRACE(each.name);
    const auto reading =
        test::read_file(std::string(GDOI_CAPTURES_DIR) + "/" + each.name + ".pcap");
    EXPECT_EQ(reading.error, "");
    EXPECT_EQ(reading.counts.frames, each.frames);
    EXPECT_EQ(reading.datagrams.size(), each.datagrams);
    for (const auto& seen : reading.datagrams) {
      EXPECT_EQ(seen.payload.size(), seen.datagram.claimed_length);
      // The ISAKMP Length (RFC 2408 3.1): all of it is there.
      ASSERT_GE(seen.payload.size(), 28U);
      EXPECT_EQ(to_uint(ByteView(seen.payload).subspan(24, 4)), seen.payload.size());
    }
  }
}

TEST(AddressText, IsTheUsualOne) {
  EXPECT_EQ(address_text(4, {10, 0, 224, 44}), "10.0.224.44");
  EXPECT_EQ(address_text(6, {0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}), "ff02::1");
}

}  // namespace
}  // namespace gdoi::capture
