// pcap_loop CAPTURE: reads every packet with libpcap and looks at one octet of each. Nothing that
// reads captures with libpcap can be faster; inspect_million measures the others against it.

#include <pcap/pcap.h>

#include <array>
#include <cstdint>
#include <cstdio>

int main(int count, char** arguments) {
  std::array<char, PCAP_ERRBUF_SIZE> text{};
  pcap_t* pcap = count == 2 ? pcap_open_offline(arguments[1], text.data()) : nullptr;
  if (pcap == nullptr) {
    std::fprintf(stderr, "usage: pcap_loop CAPTURE\n%s\n", text.data());
    return 1;
  }
  pcap_pkthdr* header   = nullptr;
  const u_char* octets  = nullptr;
  std::uint64_t packets = 0;
  std::uint64_t sum     = 0;
  while (pcap_next_ex(pcap, &header, &octets) == 1) {
    ++packets;
    sum += octets[header->caplen - 1];
  }
  pcap_close(pcap);
  // The sum is printed so that the octets must be read.
  std::printf("%llu packets, sum %llu\n", static_cast<unsigned long long>(packets),
              static_cast<unsigned long long>(sum));
  return 0;
}
