#include "capture/file_problem.h"

#include "capture/link_layer.h"
#include "protocol/base/hex.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace gdoi::capture {
namespace {

struct Signature {
  std::string_view octets;
  std::string_view name;
  std::string_view command;
};

constexpr std::array kCompressed{
    Signature{"\x1f\x8b",              "gzip",  "gzip -d" },
    Signature{"\x28\xb5\x2f\xfd",      "zstd",  "zstd -d" },
    Signature{{"\xfd\x37zXZ\0", 6},    "xz",    "xz -d"   },
    Signature{"BZh",                   "bzip2", "bzip2 -d"},
    Signature{{"\x04\x22\x4d\x18", 4}, "lz4",   "lz4 -d"  },
};

/// Magic numbers of pcap in both byte orders (microseconds, nanoseconds, Kuznetzov's) and pcapng's
/// Section Header Block.
constexpr std::array<std::string_view, 7> kCaptures{
    "\xd4\xc3\xb2\xa1", "\xa1\xb2\xc3\xd4", "\x4d\x3c\xb2\xa1", "\xa1\xb2\x3c\x4d",
    "\x34\xcd\xb2\xa1", "\xa1\xb2\xcd\x34", "\x0a\x0d\x0d\x0a",
};

/// The first octets, up to 8; nothing if the stream cannot go back to them.
std::optional<std::string> first_octets(std::FILE* stream) {
  if (std::fseek(stream, 0, SEEK_SET) != 0) {
    return std::nullopt;
  }
  std::array<char, 8> octets{};
  const auto size = std::fread(octets.data(), 1, octets.size(), stream);
  return std::string(octets.data(), size);
}

bool is_capture(std::string_view first) {
  // Also a file that was cut within the magic number.
  return std::ranges::any_of(kCaptures, [first](std::string_view magic) {
    return first.starts_with(magic) || magic.starts_with(first);
  });
}

/// libpcap calls a pcapng file "unknown" that is shorter than the fixed part of its first block.
bool ends_in_header(const std::string& reason, long size) {
  constexpr long kSmallestBlock = 12;
  return size < kSmallestBlock || reason.find("truncated") != std::string::npos ||
         reason.find("no Interface Description") != std::string::npos;
}

std::string spaced_hex(std::string_view octets) {
  std::string text;
  for (const auto octet : octets) {
    text.append(text.empty() ? "" : " ").append(to_hex(bytes_of({&octet, 1})));
  }
  return text;
}

/// libpcap reads one link type and one snap length a file; both texts say "different from".
std::optional<Error> mixed_interfaces(const std::string& name, const std::string& reason) {
  if (reason.find("different from the type") != std::string::npos) {
    return Error{name + ": the file mixes interfaces with different link types (" + reason +
                 "), of which only one can be read; take out one interface's frames: tshark -r " +
                 name +
                 " -Y frame.interface_id==0 -w ONE.pcapng, then, with the name of its link type: "
                 "editcap -F pcap -T ether ONE.pcapng NEW.pcap (files made so of one link type can "
                 "be joined with mergecap -F pcap)"};
  }
  if (reason.find("different from the snapshot length") != std::string::npos) {
    return Error{name + ": the file mixes interfaces with different snap lengths (" + reason +
                 "); convert it with: editcap -F pcap " + name + " NEW.pcap"};
  }
  return std::nullopt;
}

}  // namespace

Error header_problem(std::FILE* stream, const std::string& name, const std::string& reason) {
  if (auto mixed = mixed_interfaces(name, reason)) {
    return *mixed;
  }
  const auto first = first_octets(stream);
  if (!first) {
    return {name + ": cannot be read as a capture: " + reason};
  }
  if (first->empty()) {
    return {name + ": the file is empty (0 octets); record it again, with tcpdump -w for instance"};
  }
  for (const auto& format : kCompressed) {
    if (first->starts_with(format.octets)) {
      return {name + ": is compressed with " + std::string(format.name) +
              "; unpack it first: " + std::string(format.command) + " " + name};
    }
  }
  if (!is_capture(*first)) {
    return {name + ": is no pcap or pcapng capture (it begins with the octets " +
            spaced_hex(*first) + "); if Wireshark opens it, convert it with: editcap -F pcap " +
            name + " NEW.pcap"};
  }
  const auto size = std::fseek(stream, 0, SEEK_END) == 0 ? std::ftell(stream) : 0;
  if (ends_in_header(reason, size)) {
    return {name + ": the file ends in its file header, at octet " + std::to_string(size) +
            ", before frame 1; copy or record it again"};
  }
  return {name + ": the file header is damaged: " + reason +
          "; record it again, or try: editcap -F pcap " + name + " NEW.pcap"};
}

Error record_problem(std::FILE* stream, const std::string& name, std::uint64_t frame,
                     const std::string& reason) {
  if (auto mixed = mixed_interfaces(name, reason)) {
    return *mixed;
  }
  const auto place = std::ftell(stream);
  const auto where = "frame " + std::to_string(frame) + ", at octet " +
                     (place < 0 ? std::string("unknown") : std::to_string(place));
  if (reason.find("truncated") != std::string::npos) {
    return {name + ": the file ends in the middle of the record of " + where +
            "; the frames before it were read; copy the file again if it is longer where it comes "
            "from"};
  }
  return {name + ": damaged in the record of " + where + " (" + reason +
          "); the frames before it were read; try: editcap -F pcap " + name + " NEW.pcap"};
}

Error link_type_problem(const std::string& name, int link_type) {
  return {name + ": link type " + link_type_text(link_type) +
          " is not supported; Ethernet, Linux cooked (SLL, SLL2), raw IP and BSD loopback are: "
          "record on "
          "such an interface"};
}

}  // namespace gdoi::capture
