#pragma once

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/exchange/packet.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace gdoi::net {

/// The largest UDP payload over IPv4 or IPv6 without jumbograms (RFC 768).
inline constexpr std::size_t kMaxDatagram = 65'535;

/// A UDP socket that never waits. It knows what Asio's does not tell: at which of this machine's
/// addresses a datagram arrived, and which ICMP error came back (recvmsg(2), ip(7) IP_RECVERR).
class UdpSocket {
 public:
  /// Binds; port 0 is any free one. The error says what to do about a privileged or taken port.
  [[nodiscard]] static Result<UdpSocket> bind(const exchange::Endpoint& at);

  UdpSocket(UdpSocket&& other) noexcept;
  UdpSocket& operator=(UdpSocket&& other) noexcept;
  UdpSocket(const UdpSocket&)            = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;
  ~UdpSocket();

  /// For waiting until it can be read.
  [[nodiscard]] int native_handle() const { return descriptor_; }

  /// What it is bound to, with the port that it was given.
  [[nodiscard]] const exchange::Endpoint& local() const { return local_; }

  /// A datagram that arrived: `size` octets of the buffer.
  struct Arrival {
    exchange::Endpoint from;
    exchange::Endpoint to;
    std::size_t size = 0;
  };

  /// The next datagram; nothing where none is there. What ICMP brought is left for next_icmp().
  [[nodiscard]] std::optional<Arrival> receive(std::span<std::uint8_t> buffer) const;

  /// The next error that the network reported about what was sent, in words ("port unreachable").
  [[nodiscard]] std::optional<std::string> next_icmp() const;

  /// Sends from an address of this machine; where `from` is unspecified the route decides. A full
  /// queue is a lost datagram and no error.
  [[nodiscard]] Status send(const exchange::Endpoint& from, const exchange::Endpoint& to,
                            ByteView datagram) const;

 private:
  UdpSocket(int descriptor, const exchange::Endpoint& local)
      : descriptor_(descriptor), local_(local) {}

  int descriptor_ = -1;
  exchange::Endpoint local_;
};

/// The address that this machine would send from. Error where there is no way to it.
[[nodiscard]] Result<exchange::Endpoint> source_towards(const exchange::Endpoint& destination);

}  // namespace gdoi::net
