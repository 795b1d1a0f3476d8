#include "capture/reader.h"

#include "capture/file_problem.h"
#include "capture/ip_packet.h"
#include "capture/link_layer.h"
#include "capture/live.h"
#include "capture/reassembly.h"
#include "protocol/base/text_file.h"

#include <algorithm>
#include <atomic>
#include <bitset>
#include <cerrno>
#include <sys/stat.h>
#include <utility>

namespace gdoi::capture {
namespace {

/// pcapng can carry any 64-bit time; beyond about the year 2255 it does not fit nanoseconds.
constexpr std::int64_t kLastSecond = 9'000'000'000;

std::int64_t nanoseconds(const timeval& time, bool has_nanoseconds) {
  const auto seconds  = std::clamp<std::int64_t>(time.tv_sec, -kLastSecond, kLastSecond);
  const auto fraction = std::clamp<std::int64_t>(time.tv_usec, 0, 999'999'999);
  return seconds * 1'000'000'000 + (has_nanoseconds ? fraction : fraction * 1000);
}

/// Port 4500, and behind its non-ESP marker not ESP but IKE (RFC 3948 section 2.2).
bool is_marked(const UdpPacket& udp) {
  constexpr std::uint16_t kNatPort  = 4500;
  constexpr std::size_t kMarkerSize = 4;
  return (udp.source_port == kNatPort || udp.destination_port == kNatPort) &&
         udp.payload.size() > kMarkerSize && to_uint(udp.payload.first(kMarkerSize)) == 0;
}

}  // namespace

struct Reader::Impl {
  Impl(Pcap opened, std::string of, const ReaderOptions& options)
      : name(std::move(of)),
        pcap(std::move(opened)),
        link_type(pcap_datalink(pcap.get())),
        has_nanoseconds(pcap_get_tstamp_precision(pcap.get()) == PCAP_TSTAMP_PRECISION_NANO),
        all_ports(options.ports.empty()),
        nat_port(options.nat_port),
        on_waiting(options.on_waiting),
        reassembler(options.max_reassembly_octets) {
    for (const auto port : options.ports) {
      ports.set(port);
    }
  }

  /// Where a frame could be read: what libpcap has of it.
  struct Raw {
    pcap_pkthdr* header  = nullptr;
    const u_char* octets = nullptr;
  };

  [[nodiscard]] Result<bool> read(Raw& raw);
  [[nodiscard]] Result<std::optional<UdpDatagram>> next();
  [[nodiscard]] Result<std::optional<Frame>> next_frame();

  /// Whether the frame holds or completes a datagram, which is then `out`.
  [[nodiscard]] bool datagram_of(const Raw& raw, UdpDatagram& out);

  [[nodiscard]] bool is_asked(std::uint16_t source, std::uint16_t destination) const {
    return all_ports || ports.test(source) || ports.test(destination);
  }

  [[nodiscard]] bool take(const pcap_pkthdr& header, ByteView frame, UdpDatagram& out);
  [[nodiscard]] bool take_udp(const IpPacket& packet, bool cut, UdpDatagram& out);
  void end();

  std::string name;
  std::vector<char> buffer;  ///< of the file: outlives pcap, which closes it
  Pcap pcap;
  int link_type;
  bool has_nanoseconds;
  bool all_ports;
  bool nat_port;
  std::function<void()> on_waiting;
  bool ended = false;
  std::atomic<bool> interrupted{false};  ///< by a signal
  std::bitset<65536> ports;
  Reassembler reassembler;
  ReaderCounts counts;
};

/// Fragments that still wait will never be whole.
void Reader::Impl::end() {
  ended = true;
  reassembler.finish();
  counts.incomplete = reassembler.incomplete();
}

bool Reader::Impl::take_udp(const IpPacket& packet, bool cut, UdpDatagram& out) {
  const auto udp = parse_udp(packet);
  if (!udp) {
    counts.malformed += cut ? 0U : 1U;
    return false;
  }
  const bool asked = is_asked(udp->source_port, udp->destination_port);
  if (!asked && !(nat_port && is_marked(*udp))) {
    return false;
  }
  out.unasked = !asked;
  out.family  = packet.family;
  std::ranges::copy(packet.source, out.source.begin());
  std::ranges::copy(packet.destination, out.destination.begin());
  out.source_port      = udp->source_port;
  out.destination_port = udp->destination_port;
  out.payload          = udp->payload;
  out.claimed_length   = udp->claimed;
  return true;
}

bool Reader::Impl::take(const pcap_pkthdr& header, ByteView frame, UdpDatagram& out) {
  const bool cut = header.caplen < header.len;
  counts.truncated += cut ? 1U : 0U;
  const auto network = network_packet(link_type, frame);
  if (network.family == 0) {
    ++counts.not_ip;
    return false;
  }
  const auto packet = parse_ip(network.family, network.octets);
  switch (packet.kind) {
    case IpKind::kUdp:
      return take_udp(packet, cut, out);
    case IpKind::kOther:
      return false;
    case IpKind::kMalformed:
      counts.malformed += cut ? 0U : 1U;
      return false;
    case IpKind::kFragment:
      break;
  }
  ++counts.fragments;
  const auto whole =
      reassembler.add(packet, nanoseconds(header.ts, has_nanoseconds), counts.frames);
  counts.incomplete = reassembler.incomplete();
  if (!whole) {
    return false;
  }
  const auto reassembled = parse_reassembled(packet, whole->protocol, whole->payload);
  if (reassembled.kind == IpKind::kMalformed) {
    ++counts.malformed;
  }
  return reassembled.kind == IpKind::kUdp && take_udp(reassembled, false, out);
}

// False at the end.
Result<bool> Reader::Impl::read(Raw& raw) {
  while (!ended) {
    const int code = pcap_next_ex(pcap.get(), &raw.header, &raw.octets);
    if (code == 0 && interrupted) {  // libpcap forgets it where there is no packet
      end();
      break;
    }
    if (code == 0) {  // a live interface has nothing
      wait_live(pcap.get());
      if (on_waiting) {
        on_waiting();
      }
      continue;
    }
    if (code == 1) {
      ++counts.frames;
      return true;
    }
    end();
    if (code == PCAP_ERROR_BREAK) {
      break;
    }
    const std::string reason = pcap_geterr(pcap.get());
    if (std::FILE* stream = pcap_file(pcap.get()); stream != nullptr) {
      return record_problem(stream, name, counts.frames + 1, reason);
    }
    return Error{name + ": capturing ended after frame " + std::to_string(counts.frames) + ": " +
                 reason};
  }
  return false;
}

bool Reader::Impl::datagram_of(const Raw& raw, UdpDatagram& out) {
  if (!take(*raw.header, {raw.octets, raw.header->caplen}, out)) {
    return false;
  }
  ++counts.datagrams;
  out.frame   = counts.frames;
  out.time_ns = nanoseconds(raw.header->ts, has_nanoseconds);
  return true;
}

Result<std::optional<UdpDatagram>> Reader::Impl::next() {
  UdpDatagram datagram;
  Raw raw;
  while (true) {
    const auto more = read(raw);
    if (!more) {
      return more.error();
    }
    if (!*more) {
      return std::optional<UdpDatagram>();
    }
    if (datagram_of(raw, datagram)) {
      return std::optional(datagram);
    }
    if (on_waiting) {
      on_waiting();
    }
  }
}

Result<std::optional<Frame>> Reader::Impl::next_frame() {
  Raw raw;
  const auto more = read(raw);
  if (!more) {
    return more.error();
  }
  if (!*more) {
    return std::optional<Frame>();
  }
  Frame frame;
  frame.number  = counts.frames;
  frame.time_ns = nanoseconds(raw.header->ts, has_nanoseconds);
  frame.octets  = {raw.octets, raw.header->caplen};
  frame.length  = raw.header->len;
  if (UdpDatagram datagram; datagram_of(raw, datagram)) {
    frame.datagram = datagram;
  }
  return std::optional(frame);
}

Result<Reader> Reader::open_file(const std::string& path, const ReaderOptions& options) {
  std::FILE* stream = std::fopen(path.c_str(), "rbe");
  if (stream == nullptr) {
    return open_problem(path, errno);
  }

  struct stat about {};

  // Only Linux' fread() would say so, much later.
  if (fstat(fileno(stream), &about) == 0 && S_ISDIR(about.st_mode)) {
    static_cast<void>(std::fclose(stream));
    return open_problem(path, EISDIR);
  }
  return open_stream(stream, path, options);
}

Result<Reader> Reader::open_stream(std::FILE* stream, const std::string& name,
                                   const ReaderOptions& options) {
  // glibc takes no size without a buffer and would read 4 KiB at a time.
  constexpr std::size_t kBuffer = std::size_t{256} << 10U;
  std::vector<char> buffer(kBuffer);
  static_cast<void>(std::setvbuf(stream, buffer.data(), _IOFBF, buffer.size()));
  std::array<char, PCAP_ERRBUF_SIZE> text{};
  Pcap pcap(
      pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, text.data()));
  if (!pcap) {
    auto problem = header_problem(stream, name, text.data());
    static_cast<void>(std::fclose(stream));
    return problem;
  }
  if (const int link_type = pcap_datalink(pcap.get()); !is_known_link_type(link_type)) {
    return link_type_problem(name, link_type);
  }
  auto reader    = std::make_unique<Impl>(std::move(pcap), name, options);
  reader->buffer = std::move(buffer);
  return Reader(std::move(reader));
}

Result<Reader> Reader::open_interface(const std::string& name, const ReaderOptions& options) {
  auto pcap = open_live(name, options.ports);
  if (!pcap) {
    return pcap.error();
  }
  return Reader(std::make_unique<Impl>(std::move(*pcap), name, options));
}

Reader::Reader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Reader::Reader(Reader&&) noexcept            = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader()                            = default;

Result<std::optional<UdpDatagram>> Reader::next() {
  return impl_->next();
}

Result<std::optional<Frame>> Reader::next_frame() {
  return impl_->next_frame();
}

int Reader::link_type() const {
  return impl_->link_type;
}

void Reader::interrupt() {
  impl_->interrupted = true;
  pcap_breakloop(impl_->pcap.get());
}

std::vector<UdpDatagram> Reader::lost() const {
  std::vector<UdpDatagram> all;
  for (const auto& each : impl_->reassembler.lost()) {
    if (impl_->is_asked(each.source_port, each.destination_port)) {
      auto& one            = all.emplace_back();
      one.frame            = each.frame;
      one.time_ns          = each.time_ns;
      one.family           = each.family;
      one.source           = each.source;
      one.destination      = each.destination;
      one.source_port      = each.source_port;
      one.destination_port = each.destination_port;
    }
  }
  return all;
}

const ReaderCounts& Reader::counts() const {
  return impl_->counts;
}

}  // namespace gdoi::capture
