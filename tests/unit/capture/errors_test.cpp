#include "capture/reader.h"
#include "capture/writer.h"
#include "files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

namespace gdoi::capture {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Errors : public ::testing::Test {
 protected:
  [[nodiscard]] std::string error_of(const std::string& octets) const {
    return test::read_file(folder_.with("file.pcap", octets)).error;
  }

  test::TemporaryFolder folder_;
};

TEST_F(Errors, NameAFileThatIsNotThere) {
  EXPECT_EQ(test::read_file(folder_.file("gone.pcap")).error,
            folder_.file("gone.pcap") + ": no such file");
}

TEST_F(Errors, NameAFolder) {
  EXPECT_THAT(test::read_file(folder_.file(".")).error, HasSubstr("is a folder"));
}

TEST_F(Errors, NameAMissingPermission) {
  if (geteuid() == 0) {
    GTEST_SKIP() << "root may read everything";
  }
  const auto path = folder_.with("closed.pcap", "x");
  ASSERT_EQ(chmod(path.c_str(), 0), 0);
  EXPECT_THAT(test::read_file(path).error, AllOf(HasSubstr("no permission"), HasSubstr("chmod")));
}

TEST_F(Errors, NameAnEmptyFile) {
  EXPECT_THAT(error_of(""), HasSubstr("is empty (0 octets)"));
}

TEST_F(Errors, ShowTheFirstOctetsOfWhatIsNoCapture) {
  EXPECT_THAT(error_of("hello, world\n"),
              AllOf(HasSubstr("no pcap or pcapng capture"), HasSubstr("68 65 6c 6c 6f 2c 20 77"),
                    HasSubstr("editcap")));
  EXPECT_THAT(error_of("x"), HasSubstr("octets 78)"));
}

TEST_F(Errors, TellHowToUnpackCompressedFiles) {
  const auto capture = test::vector_file("ethernet.pcap");
  const auto path    = folder_.file("file.pcap.gz");
  test::output_of("gzip -c " + capture + " > " + path);
  EXPECT_EQ(test::read_file(path).error,
            path + ": is compressed with gzip; unpack it first: gzip -d " + path);
  using namespace std::string_literals;
  EXPECT_THAT(error_of("\x28\xb5\x2f\xfd more"s), HasSubstr("zstd -d"));
  EXPECT_THAT(error_of("\xfd\x37zXZ\0 more"s), HasSubstr("xz -d"));
  EXPECT_THAT(error_of("BZh9"s), HasSubstr("bzip2 -d"));
}

TEST_F(Errors, NameALinkTypeThatIsNotRead) {
  EXPECT_THAT(test::read_vector("wireless.pcap").error,
              AllOf(HasSubstr("105"), HasSubstr("IEEE802_11"), HasSubstr("not supported")));
}

TEST_F(Errors, TellHowToTakeMixedLinkTypesApart) {
  const auto mixed = folder_.file("mixed.pcapng");
  test::output_of("mergecap -w " + mixed + " " + test::vector_file("ethernet.pcap") + " " +
                  test::vector_file("raw.pcap"));
  ASSERT_NE(test::content(mixed), "");
  EXPECT_THAT(test::read_file(mixed).error, AllOf(HasSubstr("different link types"),
                                                  HasSubstr("editcap"), HasSubstr("mergecap")));
  // What the error says helps.
  const auto one = folder_.file("one.pcapng");
  const auto raw = folder_.file("new.pcap");
  test::output_of("tshark -r " + mixed + " -Y frame.interface_id==0 -w " + one +
                  "; editcap -F pcap -T ether " + one + " " + raw);
  EXPECT_EQ(test::read_file(raw).error, "");
  EXPECT_EQ(test::read_file(raw).datagrams.size(), 8U);
}

TEST_F(Errors, SayWhereAPcapWasCut) {
  const auto whole = test::content(test::vector_file("ethernet.pcap"));
  // Ends of the records: file header 24 octets, record headers 16, captured length at octet 8.
  std::vector<std::size_t> ends{24};
  while (ends.back() < whole.size()) {
    const auto* length = whole.data() + ends.back() + 8;
    ends.push_back(ends.back() + 16 + static_cast<unsigned char>(length[0]));
  }
  ASSERT_EQ(ends.size(), 11U);
  for (std::size_t size = 1; size <= whole.size(); ++size) {
    SCOPED_TRACE(size);
    const auto reading = test::read_file(folder_.with("cut.pcap", whole.substr(0, size)));
    if (size < ends.front()) {
      EXPECT_THAT(reading.error,
                  AllOf(HasSubstr("file header"), HasSubstr("octet " + std::to_string(size))));
      continue;
    }
    const auto end          = std::ranges::upper_bound(ends, size);
    const auto whole_frames = static_cast<std::size_t>(end - ends.begin()) - 1;
    EXPECT_EQ(reading.counts.frames, whole_frames);
    if (*std::prev(end) == size) {
      EXPECT_EQ(reading.error, "");
    } else {
      EXPECT_THAT(reading.error, AllOf(HasSubstr("cut.pcap: the file ends in the middle of"),
                                       HasSubstr("frame " + std::to_string(whole_frames + 1) + ","),
                                       HasSubstr("octet " + std::to_string(size) + ";")));
    }
  }
}

TEST_F(Errors, SayWhereAPcapngWasCut) {
  const auto path = folder_.file("whole.pcapng");
  const Bytes payload(50, 7);
  auto writer = Writer::create(path, false);
  ASSERT_TRUE(writer.ok());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(writer->write_udp({.source_port = 848, .destination_port = 848}, payload).ok());
  }
  ASSERT_TRUE(writer->close().ok());
  const auto whole  = test::content(path);
  std::size_t clean = 0;
  for (std::size_t size = 1; size <= whole.size(); ++size) {
    SCOPED_TRACE(size);
    const auto reading = test::read_file(folder_.with("cut.pcapng", whole.substr(0, size)));
    if (reading.error.empty()) {
      ++clean;
    } else {
      EXPECT_THAT(reading.error, HasSubstr("octet " + std::to_string(size)));
      EXPECT_THAT(reading.error, HasSubstr("frame " + std::to_string(reading.counts.frames + 1)));
    }
  }
  EXPECT_EQ(clean, 4U) << "only where a block ends: after the header and after each frame";
}

TEST_F(Errors, NameTheFrameOfARecordThatCannotBe) {
  auto octets     = test::content(test::vector_file("raw.pcap"));
  octets[24 + 11] = '\x7f';  // the captured length of frame 1
  EXPECT_THAT(error_of(octets),
              AllOf(HasSubstr("damaged"), HasSubstr("frame 1"), HasSubstr("octet 40")));
}

TEST_F(Errors, SurviveEveryOctetChanged) {
  for (const auto* name :
       {"ethernet.pcap", "ipv6-extensions.pcap", "fragments-interleaved.pcap", "ip-lengths.pcap"}) {
    const auto whole = test::content(test::vector_file(name));
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (const char value : {'\0', '\xff', '\x7f'}) {
        auto octets        = whole;
        octets[at]         = value;
        const auto reading = test::read_all(
            Reader::open_stream(fmemopen(octets.data(), octets.size(), "rb"), "memory"));
        for (const auto& each : reading.datagrams) {
          EXPECT_LE(each.payload.size(), octets.size());
        }
      }
    }
  }
}

}  // namespace
}  // namespace gdoi::capture
