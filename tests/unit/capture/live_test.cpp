#include "capture/live.h"

#include "files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <chrono>
#include <netinet/in.h>
#include <string_view>
#include <sys/socket.h>
#include <thread>

namespace gdoi::capture {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// Frames of a capture that a filter lets through, by libpcap's own interpreter.
std::size_t passing(const std::string& name, const std::string& filter) {
  std::array<char, PCAP_ERRBUF_SIZE> text{};
  const Pcap pcap(pcap_open_offline(test::vector_file(name).c_str(), text.data()));
  bpf_program program{};
  if (!pcap || pcap_compile(pcap.get(), &program, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    ADD_FAILURE() << name << ": " << (pcap ? pcap_geterr(pcap.get()) : text.data());
    return 0;
  }
  pcap_setfilter(pcap.get(), &program);
  pcap_freecode(&program);
  std::size_t frames   = 0;
  pcap_pkthdr* header  = nullptr;
  const u_char* octets = nullptr;
  while (pcap_next_ex(pcap.get(), &header, &octets) == 1) {
    ++frames;
  }
  return frames;
}

TEST(LiveFilter, LetsThroughWhateverMayHoldADatagram) {
  const auto filter = live_filter({848}, true);
  EXPECT_EQ(passing("ethernet.pcap", filter), 8U) << "all but ARP and the other port";
  const auto untagged = live_filter({848}, false);
  EXPECT_EQ(passing("ipv6-extensions.pcap", untagged), 6U);
  EXPECT_EQ(passing("fragments-out-of-order.pcap", untagged), 7U);
  EXPECT_EQ(passing("ipv4-options.pcap", untagged), 1U);
  EXPECT_EQ(passing("ethernet.pcap", live_filter({500, 40000}, false)), 3U);
  EXPECT_EQ(passing("ipv4.pcap", live_filter({}, false)), 1U);
}

void send_to_848(std::string_view text) {
  const int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family      = AF_INET;
  to.sin_port        = htons(848);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sendto(descriptor, text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&to),
         sizeof(to));
  close(descriptor);
}

TEST(Live, ReadsFromLoopbackUntilInterrupted) {
  auto reader = Reader::open_interface("lo");
  if (!reader) {
    GTEST_SKIP() << reader.error().text;
  }
  send_to_848("live");
  const auto first = reader->next();
  ASSERT_TRUE(first.ok()) << first.error().text;
  ASSERT_TRUE(first->has_value());
  EXPECT_EQ(to_bytes((*first)->payload), to_bytes(bytes_of("live")));
  EXPECT_EQ((*first)->destination_port, 848);

  std::thread later([&reader] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    reader->interrupt();
  });
  // Loopback shows each packet once; nothing else is sent to port 848 here.
  const auto after = reader->next();
  later.join();
  ASSERT_TRUE(after.ok());
  EXPECT_FALSE(after->has_value());
}

TEST(Live, NamesTheInterfacesThatThereAre) {
  const auto reader = Reader::open_interface("no-such-if0");
  ASSERT_FALSE(reader.ok());
  if (geteuid() != 0) {
    EXPECT_THAT(reader.error().text, HasSubstr("no-such-if0"));
    return;
  }
  EXPECT_THAT(reader.error().text,
              AllOf(HasSubstr("no-such-if0: no such interface"), HasSubstr("lo")));
}

}  // namespace
}  // namespace gdoi::capture
