#pragma once

#include "capture/packet.h"
#include "protocol/base/result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace gdoi::capture {

/// Secrets types of a Decryption Secrets Block are four-letter numbers, as draft-ietf-opsawg-pcapng
/// section 4.7 registers them: secrets_type("TLSK") is TLS.
[[nodiscard]] constexpr std::uint32_t secrets_type(std::string_view four_letters) {
  std::uint32_t type = 0;
  for (const char letter : four_letters) {
    type = (type << 8U) | static_cast<unsigned char>(letter);
  }
  return type;
}

/// What stands around the UDP datagrams of a file.
enum class WriterLink : std::uint8_t { kEthernet, kRawIp };

/// Writes UDP datagrams to a pcapng file that Wireshark opens: nanosecond times, one IP packet a
/// datagram however long, comments, secrets. Neither libpcap nor libtins write pcapng.
///
/// The file appears under its name on close(), whole or not at all: until then it stands beside it
/// as NAME.partial-PID, which a Writer that goes without close() removes. A device or pipe is
/// written to directly.
class Writer {
 public:
  /// Errors: `path` exists and `force` is false; its folder cannot be written to.
  [[nodiscard]] static Result<Writer> create(const std::string& path, bool force,
                                             WriterLink link = WriterLink::kEthernet);

  /// For write_frame() alone: frames of a link type in libpcap's DLT_ numbering.
  [[nodiscard]] static Result<Writer> create_frames(const std::string& path, bool force,
                                                    int link_type);

  Writer(const Writer&)            = delete;
  Writer& operator=(const Writer&) = delete;
  Writer(Writer&& other) noexcept;
  Writer& operator=(Writer&& other) noexcept;
  ~Writer();

  /// Writes `payload` with time, addresses and ports of `datagram` (its frame number, payload and
  /// claimed length do not count); returns the frame number in this file, from 1. `comment` shows
  /// in Wireshark as the packet comment; UTF-8, at most 65535 octets, empty = none. Errors: payload
  /// over 65507 octets, a time before 1970, disk full; after a failed write the file is given up.
  [[nodiscard]] Result<std::uint64_t> write_udp(const UdpDatagram& datagram, ByteView payload,
                                                std::string_view comment = {});

  /// Writes a frame as it is; `length` are the octets that it had where it was cut. Errors as of
  /// write_udp().
  [[nodiscard]] Result<std::uint64_t> write_frame(std::int64_t time_ns, ByteView octets,
                                                  std::uint32_t length);

  /// Writes a Decryption Secrets Block. Belongs before the frames that need it. From then on only
  /// the file's owner may read it.
  [[nodiscard]] Status write_secrets(std::uint32_t type, ByteView secrets);

  /// Completes the file and gives it its name. Errors: disk full, or the name was taken meanwhile.
  [[nodiscard]] Status close();

 private:
  struct Impl;
  explicit Writer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gdoi::capture
