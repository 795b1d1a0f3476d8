#pragma once

#include "capture/packet.h"
#include "protocol/base/result.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gdoi::capture {

/// Which datagrams the reader hands out.
struct ReaderOptions {
  std::vector<std::uint16_t> ports{848};  ///< either UDP port; empty = all
  /// Also what has a non-ESP marker on port 4500 (RFC 3948 section 2.2), marked as unasked.
  bool nat_port                     = true;
  std::size_t max_reassembly_octets = std::size_t{16}
                                      << 20U;  ///< held for fragments, oldest dropped first
  /// Of a live interface: called while a next() waits, ten times a second or more often.
  std::function<void()> on_waiting{};
};

/// What a reader came across; all counts since it was opened. Frames of other protocols and ports
/// count in `frames` only.
struct ReaderCounts {
  std::uint64_t frames    = 0;
  std::uint64_t datagrams = 0;  ///< handed out
  std::uint64_t fragments = 0;  ///< IP fragments of what may be UDP, to whatever port
  /// Datagrams whose fragments never all came, contradict each other, or were pushed out of the
  /// memory bound; those still waiting are counted when next() has come to the end.
  std::uint64_t incomplete = 0;
  std::uint64_t truncated  = 0;  ///< frames cut by a snap length
  std::uint64_t not_ip     = 0;  ///< frames without an IP packet that we can reach
  std::uint64_t malformed  = 0;  ///< whole frames with an impossible length in an IP or UDP header
};

/// A frame as it stands in the file.
struct Frame {
  std::uint64_t number = 0;  ///< as UdpDatagram::frame
  std::int64_t time_ns = 0;
  ByteView octets{};         ///< what was captured of it; valid until the next is read
  std::uint32_t length = 0;  ///< octets that it had; more than octets.size() where it was cut
  std::optional<UdpDatagram> datagram{};  ///< that it holds or, as the last fragment, completes
};

/// Reads UDP datagrams out of a pcap or pcapng file (libpcap; frame numbers stay Wireshark's) or
/// from a live interface. Ethernet with VLAN tags, Linux SLL and SLL2, raw IP, BSD loopback, IPv4
/// and IPv6 with extension headers and fragments.
class Reader {
 public:
  /// Errors name the file and say what to do: no such file, no permission, a folder, empty, no
  /// capture (with its first octets), compressed (gzip -d), mixed link types, a link type that we
  /// do not read.
  [[nodiscard]] static Result<Reader> open_file(const std::string& path,
                                                const ReaderOptions& options = {});

  /// The same of an open stream, which the Reader closes (also where opening fails). `name` stands
  /// for the file in errors.
  [[nodiscard]] static Result<Reader> open_stream(std::FILE* stream, const std::string& name,
                                                  const ReaderOptions& options = {});

  /// Needs the right to capture. Installs a kernel filter that lets fragments and VLANs through;
  /// frame numbers count what passes it. Errors: no right (what to do), no such interface (those
  /// that there are), not up.
  [[nodiscard]] static Result<Reader> open_interface(const std::string& name,
                                                     const ReaderOptions& options = {});

  Reader(const Reader&)            = delete;
  Reader& operator=(const Reader&) = delete;
  Reader(Reader&& other) noexcept;
  Reader& operator=(Reader&& other) noexcept;
  ~Reader();

  /// The next datagram; nothing at the end of the file or when interrupted, and from then on. An
  /// Error, once, where the file ends in the middle of a record, with frame number and byte offset:
  /// everything before it has been handed out.
  [[nodiscard]] Result<std::optional<UdpDatagram>> next();

  /// The next frame of whatever kind; else as next(), which passes over those without a datagram.
  [[nodiscard]] Result<std::optional<Frame>> next_frame();

  /// In libpcap's DLT_ numbering.
  [[nodiscard]] int link_type() const;

  /// Makes a next() that waits on a live interface return nothing. May be called from a signal
  /// handler.
  void interrupt();

  [[nodiscard]] const ReaderCounts& counts() const;

  /// Datagrams on the ports asked for of which not all fragments came, so far: without payload, in
  /// the order in which they were given up; the first 1,024.
  [[nodiscard]] std::vector<UdpDatagram> lost() const;

 private:
  struct Impl;
  explicit Reader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// An address in its usual text form.
[[nodiscard]] std::string address_text(std::uint8_t family,
                                       const std::array<std::uint8_t, 16>& address);

}  // namespace gdoi::capture
