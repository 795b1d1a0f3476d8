#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "capture/packet.h"
#include "protocol/base/result.h"

namespace gdoi::capture {

/// Which datagrams the reader hands out.
struct ReaderOptions {
  std::vector<std::uint16_t> ports{848};  ///< either UDP port; empty = all
  std::size_t max_reassembly_octets = std::size_t{16} << 20U;  ///< held for fragments, oldest dropped first
};

/// What a reader came across; all counts since it was opened.
struct ReaderCounts {
  std::uint64_t frames     = 0;
  std::uint64_t datagrams  = 0;   ///< handed out
  std::uint64_t fragments  = 0;   ///< IP fragments of datagrams seen, to whatever port
  std::uint64_t incomplete = 0;   ///< datagrams whose fragments never all came
  std::uint64_t truncated  = 0;   ///< frames cut by a snap length
  std::uint64_t not_ip     = 0;   ///< frames without an IP packet that we can reach
};

/// Reads UDP datagrams out of a pcap or pcapng file (libpcap; frame numbers stay Wireshark's) or
/// from a live interface. Ethernet with VLAN tags, Linux SLL and SLL2, raw IP, BSD loopback, IPv4
/// and IPv6 with extension headers and fragments.
class Reader {
 public:
  /// Errors name the file and say what to do: no such file, no permission, empty, no capture,
  /// compressed (gzip -d), mixed link types (mergecap / editcap), a link type that we do not read.
  [[nodiscard]] static Result<Reader> open_file(const std::string& path, ReaderOptions options = {});
  /// Needs the right to capture. Installs a kernel filter that lets fragments and VLANs through.
  [[nodiscard]] static Result<Reader> open_interface(const std::string& name, ReaderOptions options = {});

  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  /// The next datagram; nothing at the end of the file or when interrupted. An Error where the file
  /// ends in the middle of a record, with frame number and byte offset: everything before it has
  /// been handed out.
  [[nodiscard]] Result<std::optional<UdpDatagram>> next();

  /// Makes a next() that waits on a live interface return nothing. May be called from a signal
  /// handler.
  void interrupt();

  [[nodiscard]] const ReaderCounts& counts() const;

 private:
  struct Impl;
  explicit Reader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// An address in its usual text form.
[[nodiscard]] std::string address_text(std::uint8_t family, const std::array<std::uint8_t, 16>& address);

}  // namespace gdoi::capture
