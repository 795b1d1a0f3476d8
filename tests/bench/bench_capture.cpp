// Reading UDP datagrams out of a capture file of a million frames, against a bare libpcap loop over
// the same file: what lies between them is the price of looking at the headers.

#include "capture/reader.h"

#include <pcap/pcap.h>

#include <array>
#include <benchmark/benchmark.h>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unistd.h>

namespace {

using gdoi::Bytes;

constexpr int kFrames          = 1'000'000;
constexpr std::size_t kPayload = 200;

/// Ethernet, IPv4 and UDP around `kPayload` octets (RFC 791 3.1, RFC 768); checksums are left 0, as
/// no reader of captures looks at them.
Bytes frame_to(std::uint16_t port) {
  Bytes frame(12, 2);
  gdoi::append_uint(frame, 0x0800, 2);
  gdoi::append_uint(frame, 0x4500, 2);
  gdoi::append_uint(frame, 20 + 8 + kPayload, 2);
  gdoi::append_uint(frame, 0x0001'0000, 4);
  gdoi::append_uint(frame, 0x4011'0000, 4);
  gdoi::append_uint(frame, 0xc000'0201, 4);
  gdoi::append_uint(frame, 0xc000'0202, 4);
  gdoi::append_uint(frame, port, 2);
  gdoi::append_uint(frame, port, 2);
  gdoi::append_uint(frame, 8 + kPayload, 2);
  gdoi::append_uint(frame, 0, 2);
  frame.resize(frame.size() + kPayload, 0xab);
  return frame;
}

/// A pcap file of kFrames frames that goes with the process.
class CaptureFile {
 public:
  explicit CaptureFile(std::uint16_t port) {
    const char* folder = std::getenv("TMPDIR");
    path_              = std::string(folder == nullptr ? "/tmp" : folder) + "/bench-capture-XXXXXX";
    pcap_t* dead       = pcap_open_dead(DLT_EN10MB, 65535);
    pcap_dumper_t* out = pcap_dump_fopen(dead, fdopen(mkstemp(path_.data()), "wb"));
    const auto frame   = frame_to(port);
    pcap_pkthdr header{};
    header.caplen = static_cast<bpf_u_int32>(frame.size());
    header.len    = header.caplen;
    for (int i = 0; i < kFrames; ++i) {
      header.ts.tv_sec = 1'700'000'000 + i;
      pcap_dump(reinterpret_cast<u_char*>(out), &header, frame.data());
    }
    pcap_dump_close(out);
    pcap_close(dead);
  }

  CaptureFile(const CaptureFile&)            = delete;
  CaptureFile& operator=(const CaptureFile&) = delete;

  ~CaptureFile() { unlink(path_.c_str()); }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

const std::string& gdoi_file() {
  static const CaptureFile file(848);
  return file.path();
}

const std::string& other_file() {
  static const CaptureFile file(53);
  return file.path();
}

void read_with_libpcap(benchmark::State& state) {
  std::array<char, PCAP_ERRBUF_SIZE> text{};
  for (auto _ : state) {
    pcap_t* pcap         = pcap_open_offline(gdoi_file().c_str(), text.data());
    pcap_pkthdr* header  = nullptr;
    const u_char* octets = nullptr;
    std::uint64_t sum    = 0;
    while (pcap_next_ex(pcap, &header, &octets) == 1) {
      sum += octets[0];
    }
    benchmark::DoNotOptimize(sum);
    pcap_close(pcap);
  }
  state.SetItemsProcessed(state.iterations() * kFrames);
}

void read_with_reader(benchmark::State& state, const std::string& (*file)(),
                      std::uint64_t expected) {
  for (auto _ : state) {
    auto reader       = gdoi::capture::Reader::open_file(file());
    std::uint64_t sum = 0;
    for (auto next = reader->next(); next && next->has_value(); next = reader->next()) {
      sum += (*next)->payload[0];
    }
    benchmark::DoNotOptimize(sum);
    if (reader->counts().frames != kFrames || reader->counts().datagrams != expected) {
      state.SkipWithError("not all frames were read");
    }
  }
  state.SetItemsProcessed(state.iterations() * kFrames);
}

void read_all_matching(benchmark::State& state) {
  read_with_reader(state, gdoi_file, kFrames);
}

void read_none_matching(benchmark::State& state) {
  read_with_reader(state, other_file, 0);
}

BENCHMARK(read_with_libpcap)->Unit(benchmark::kMillisecond);
BENCHMARK(read_all_matching)->Unit(benchmark::kMillisecond);
BENCHMARK(read_none_matching)->Unit(benchmark::kMillisecond);

}  // namespace
