#include "capture/writer.h"

#include "files.h"
#include "protocol/base/hex.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sys/stat.h>

namespace gdoi::capture {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using namespace std::string_literals;

constexpr std::int64_t kTime = 1'700'000'000'123'456'789;

UdpDatagram ipv4(std::array<std::uint8_t, 16> destination = {192, 0, 2, 2}) {
  UdpDatagram datagram;
  datagram.time_ns          = kTime;
  datagram.source           = {192, 0, 2, 1};
  datagram.destination      = destination;
  datagram.source_port      = 848;
  datagram.destination_port = 40000;
  return datagram;
}

UdpDatagram ipv6(std::uint8_t first = 0x20) {
  auto datagram        = ipv4();
  datagram.family      = 6;
  datagram.source      = {0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  datagram.destination = {first, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};
  return datagram;
}

/// Fields of all frames as tshark sees them, checksums verified (status 1 is good).
std::vector<std::string> tshark(const std::string& path, const std::string& fields) {
  return test::lines(
      test::output_of("tshark -n -r " + path +
                      " -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -T fields " + fields));
}

class WriterTest : public ::testing::Test {
 protected:
  [[nodiscard]] Writer create(WriterLink link = WriterLink::kEthernet) {
    auto writer = Writer::create(path_, false, link);
    EXPECT_TRUE(writer.ok()) << writer.error().text;
    return std::move(*writer);
  }

  test::TemporaryFolder folder_;
  std::string path_ = folder_.file("out.pcapng");
  Bytes payload_{1, 2, 3, 4, 5};
};

TEST_F(WriterTest, IsReadByTshark) {
  auto writer = create();
  EXPECT_EQ(writer.write_udp(ipv4(), payload_, "PULL message 1, \xc3\xa4").value(), 1U);
  EXPECT_EQ(writer.write_udp(ipv6(), payload_).value(), 2U);
  EXPECT_EQ(writer.write_udp(ipv4({239, 10, 1, 1}), payload_).value(), 3U);
  EXPECT_EQ(writer.write_udp(ipv6(0xff), {}).value(), 4U);
  ASSERT_TRUE(writer.close().ok());
  EXPECT_EQ(
      tshark(path_,
             "-e frame.time_epoch -e eth.dst -e ip.dst -e ipv6.dst -e udp.srcport -e udp.dstport "
             "-e udp.payload -e ip.checksum.status -e udp.checksum.status -e frame.comment"),
      (std::vector<std::string>{
          "1700000000.123456789\t02:00:c0:00:02:02\t192.0.2."
          "2\t\t848\t40000\t0102030405\t1\t1\tPULL message 1, \xc3\xa4",
          "1700000000.123456789\t02:00:00:00:00:02\t\t2001:db8::2\t848\t40000\t0102030405\t\t1\t",
          "1700000000.123456789\t01:00:5e:0a:01:01\t239.10.1.1\t\t848\t40000\t0102030405\t1\t1\t",
          "1700000000.123456789\t33:33:00:00:00:02\t\tff01:db8::2\t848\t40000\t\t\t1\t",
      }));
}

TEST_F(WriterTest, IsReadByCapinfosAndReader) {
  auto writer = create();
  ASSERT_TRUE(writer.write_udp(ipv4(), payload_, "one").ok());
  ASSERT_TRUE(writer.write_udp(ipv6(), payload_).ok());
  ASSERT_TRUE(writer.close().ok());
  EXPECT_THAT(
      test::output_of("capinfos " + path_),
      AllOf(HasSubstr("pcapng"), HasSubstr("Number of packets:   2"), HasSubstr("nanoseconds (9)"),
            HasSubstr("gdoi-replay"), HasSubstr("Encapsulation = Ethernet")));
  const auto reading = test::read_file(path_);
  EXPECT_EQ(reading.error, "");
  ASSERT_EQ(reading.datagrams.size(), 2U);
  EXPECT_EQ(reading.datagrams[0].datagram.time_ns, kTime);
  EXPECT_EQ(reading.datagrams[0].payload, payload_);
  EXPECT_EQ(reading.datagrams[1].datagram.frame, 2U);
  EXPECT_EQ(reading.datagrams[1].datagram.source, ipv6().source);
  EXPECT_EQ(reading.datagrams[1].datagram.destination, ipv6().destination);
}

TEST_F(WriterTest, WritesRawIpWithoutPadding) {
  auto writer = create(WriterLink::kRawIp);
  ASSERT_TRUE(writer.write_udp(ipv4(), payload_).ok());
  ASSERT_TRUE(writer.write_udp(ipv6(), payload_).ok());
  ASSERT_TRUE(writer.close().ok());
  EXPECT_EQ(tshark(path_, "-e frame.protocols -e frame.len -e udp.payload -e udp.checksum.status"),
            (std::vector<std::string>{"raw:ip:udp:data\t33\t0102030405\t1",
                                      "raw:ipv6:udp:data\t53\t0102030405\t1"}));
}

TEST_F(WriterTest, WritesTheLongestDatagramInOneFrame) {
  auto writer = create();
  const Bytes longest(65507, 0xab);
  ASSERT_TRUE(writer.write_udp(ipv4(), longest).ok());
  ASSERT_TRUE(writer.write_udp(ipv6(), longest).ok());
  const auto longer = writer.write_udp(ipv4(), Bytes(65508, 0xab));
  ASSERT_FALSE(longer.ok());
  EXPECT_THAT(longer.error().text, AllOf(HasSubstr("65508"), HasSubstr("65507")));
  ASSERT_TRUE(writer.close().ok());
  const auto reading = test::read_file(path_);
  ASSERT_EQ(reading.datagrams.size(), 2U);
  EXPECT_EQ(reading.datagrams[0].payload, longest);
  EXPECT_EQ(reading.datagrams[1].payload, longest);
  EXPECT_EQ(tshark(path_, "-e udp.length -e udp.checksum.status"),
            (std::vector<std::string>{"65515\t1", "65515\t1"}));
}

/// A sum of 0 is sent as ffff, for 0 means "none" (RFC 768), which IPv6 forbids (RFC 8200 8.1).
TEST_F(WriterTest, NeverSendsAChecksumOfZero) {
  for (const auto& datagram : {ipv4(), ipv6()}) {
    const auto sample = folder_.file("sample" + std::to_string(datagram.family));
    auto first        = Writer::create(sample, false);
    ASSERT_TRUE(first.ok());
    ASSERT_TRUE(first->write_udp(datagram, Bytes{0, 0}).ok());
    ASSERT_TRUE(first->close().ok());
    // The checksum of two zero octets, put in their place, makes the sum all ones.
    const auto checksum = tshark(sample, "-e udp.checksum");
    ASSERT_EQ(checksum.size(), 1U);
    const auto octets = from_hex(checksum[0].substr(2));
    ASSERT_TRUE(octets.has_value());
    const auto zero = folder_.file("zero" + std::to_string(datagram.family));
    auto second     = Writer::create(zero, false);
    ASSERT_TRUE(second.ok());
    ASSERT_TRUE(second->write_udp(datagram, *octets).ok());
    ASSERT_TRUE(second->close().ok());
    EXPECT_EQ(tshark(zero, "-e udp.checksum -e udp.checksum.status"),
              (std::vector<std::string>{"0xffff\t1"}));
  }
}

TEST_F(WriterTest, CarriesSecretsForItsOwnerOnly) {
  auto writer = create();
  ASSERT_TRUE(writer.write_secrets(secrets_type("TLSK"), bytes_of("CLIENT_RANDOM 00 11\n")).ok());
  ASSERT_TRUE(writer.write_udp(ipv4(), payload_).ok());
  ASSERT_TRUE(writer.close().ok());
  EXPECT_THAT(test::output_of("capinfos " + path_),
              HasSubstr("Number of decryption secrets in file: 1"));
  EXPECT_THAT(test::content(path_), HasSubstr("KSLT\x14\0\0\0CLIENT_RANDOM 00 11\n"s));
  EXPECT_EQ(test::read_file(path_).datagrams.size(), 1U);

  struct stat about {};

  ASSERT_EQ(stat(path_.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
}

TEST_F(WriterTest, KeepsAFileThatExists) {
  ASSERT_EQ(folder_.with("out.pcapng", "precious"), path_);
  const auto refused = Writer::create(path_, false);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().text,
              AllOf(HasSubstr(path_), HasSubstr("exists"), HasSubstr("--force")));
  EXPECT_EQ(test::content(path_), "precious");
  {
    auto writer = Writer::create(path_, true);
    ASSERT_TRUE(writer.ok());
    ASSERT_TRUE(writer->write_udp(ipv4(), payload_).ok());
    EXPECT_EQ(test::content(path_), "precious") << "until close()";
    ASSERT_TRUE(writer->close().ok());
  }
  EXPECT_EQ(test::read_file(path_).datagrams.size(), 1U);
  EXPECT_EQ(folder_.entries(), 1U);
}

TEST_F(WriterTest, DoesNotReplaceAFileThatCameMeanwhile) {
  auto writer = create();
  ASSERT_EQ(folder_.with("out.pcapng", "precious"), path_);
  const auto closed = writer.close();
  ASSERT_FALSE(closed.ok());
  EXPECT_THAT(closed.error().text, HasSubstr("exists"));
  EXPECT_EQ(test::content(path_), "precious");
  EXPECT_EQ(folder_.entries(), 1U);
}

TEST_F(WriterTest, LeavesNothingWithoutClose) {
  {
    auto writer = create();
    ASSERT_TRUE(writer.write_udp(ipv4(), payload_).ok());
    EXPECT_EQ(folder_.entries(), 1U);
  }
  EXPECT_EQ(folder_.entries(), 0U);
}

TEST_F(WriterTest, TellsOfAFullDisk) {
  auto writer = Writer::create("/dev/full", false);
  ASSERT_TRUE(writer.ok()) << writer.error().text;
  const auto closed = writer->close();
  ASSERT_FALSE(closed.ok());
  EXPECT_THAT(closed.error().text, AllOf(HasSubstr("/dev/full"), HasSubstr("disk is full")));

  auto large = Writer::create("/dev/full", false);
  ASSERT_TRUE(large.ok());
  const auto written = large->write_udp(ipv4(), Bytes(60000, 1));
  ASSERT_FALSE(written.ok());
  EXPECT_THAT(written.error().text, HasSubstr("disk is full"));
  EXPECT_FALSE(large->close().ok());
}

TEST_F(WriterTest, RefusesWhatItCannotWrite) {
  EXPECT_THAT(Writer::create(folder_.file("none/out.pcapng"), false).error().text,
              HasSubstr("cannot be written"));
  EXPECT_THAT(Writer::create(folder_.file("."), true).error().text, HasSubstr("is a folder"));
  auto writer   = create();
  auto early    = ipv4();
  early.time_ns = -1;
  EXPECT_THAT(writer.write_udp(early, payload_).error().text, EndsWith("before 1970"));
  ASSERT_TRUE(writer.close().ok());
  EXPECT_FALSE(writer.write_udp(ipv4(), payload_).ok());
  EXPECT_FALSE(writer.close().ok());
}

TEST_F(WriterTest, CutsALongCommentBetweenCharacters) {
  auto writer         = create();
  std::string comment = "x";
  while (comment.size() < 70000) {
    comment.append("\xc3\xa4");
  }
  ASSERT_TRUE(writer.write_udp(ipv4(), payload_, comment).ok());
  ASSERT_TRUE(writer.close().ok());
  const auto shown = tshark(path_, "-e frame.comment");
  ASSERT_EQ(shown.size(), 1U);
  EXPECT_TRUE(comment.starts_with(shown[0]));
  EXPECT_EQ(shown[0].size(), 65535U);
}

}  // namespace
}  // namespace gdoi::capture
