#include "net/udp_socket.h"

#include "net/address.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

// Behind <netinet/in.h>: the kernel's header wants its types.
#include <linux/errqueue.h>

namespace gdoi::net {
namespace {

constexpr std::size_t kControlSize     = 512;
constexpr std::size_t kIpv4Size        = 4;
constexpr std::uint16_t kFirstOrdinary = 1'024;

/// An address as the system calls take it.
struct Name {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);

  Name() = default;

  explicit Name(const exchange::Endpoint& at) {
    if (at.family == 6) {
      sockaddr_in6 name{};
      name.sin6_family = AF_INET6;
      name.sin6_port   = htons(at.port);
      std::memcpy(&name.sin6_addr, at.address.data(), at.address.size());
      assign(name);
    } else {
      sockaddr_in name{};
      name.sin_family = AF_INET;
      name.sin_port   = htons(at.port);
      std::memcpy(&name.sin_addr, at.address.data(), kIpv4Size);
      assign(name);
    }
  }

  template <typename Kind>
  void assign(const Kind& name) {
    std::memcpy(&storage, &name, sizeof name);
    size = sizeof name;
  }

  sockaddr* get() {
    return reinterpret_cast<sockaddr*>(&storage);  // NOLINT(*-reinterpret-cast): sockets(7)
  }

  [[nodiscard]] exchange::Endpoint endpoint() const {
    exchange::Endpoint at;
    if (storage.ss_family == AF_INET6) {
      sockaddr_in6 name{};
      std::memcpy(&name, &storage, sizeof name);
      at.family = 6;
      at.port   = ntohs(name.sin6_port);
      std::memcpy(at.address.data(), &name.sin6_addr, at.address.size());
    } else {
      sockaddr_in name{};
      std::memcpy(&name, &storage, sizeof name);
      at.port = ntohs(name.sin_port);
      std::memcpy(at.address.data(), &name.sin_addr, kIpv4Size);
    }
    return at;
  }
};

/// A message header with room for control data.
struct Envelope {
  Name name;
  iovec part{};
  alignas(cmsghdr) std::array<char, kControlSize> control{};
  msghdr header{};

  explicit Envelope(std::span<std::uint8_t> octets) : part{octets.data(), octets.size()} {
    header.msg_name       = name.get();
    header.msg_namelen    = name.size;
    header.msg_iov        = &part;
    header.msg_iovlen     = 1;
    header.msg_control    = control.data();
    header.msg_controllen = control.size();
  }

  /// Calls `take(level, type, data)` for each control message that came.
  template <typename Take>
  void each_control(Take take) {
    for (auto* one = CMSG_FIRSTHDR(&header); one != nullptr; one = CMSG_NXTHDR(&header, one)) {
      take(one->cmsg_level, one->cmsg_type, CMSG_DATA(one));
    }
  }

  template <typename Data>
  void set_control(int level, int type, const Data& data) {
    header.msg_controllen = CMSG_SPACE(sizeof data);
    auto* const one       = CMSG_FIRSTHDR(&header);
    one->cmsg_level       = level;
    one->cmsg_type        = type;
    one->cmsg_len         = CMSG_LEN(sizeof data);
    std::memcpy(CMSG_DATA(one), &data, sizeof data);
  }
};

std::string reason(int error) {
  return std::generic_category().message(error);
}

bool is_unspecified(const exchange::Endpoint& at) {
  return std::ranges::all_of(at.address, [](std::uint8_t octet) { return octet == 0; });
}

bool switch_on(int descriptor, int level, int option) {
  const int on = 1;
  return setsockopt(descriptor, level, option, &on, sizeof on) == 0;
}

/// Wildcard sockets of both families may stand side by side; ICMP errors and the address that a
/// datagram came to are told.
bool configure(int descriptor, std::uint8_t family) {
  return family == 6 ? switch_on(descriptor, IPPROTO_IPV6, IPV6_V6ONLY) &&
                           switch_on(descriptor, IPPROTO_IPV6, IPV6_RECVERR) &&
                           switch_on(descriptor, IPPROTO_IPV6, IPV6_RECVPKTINFO)
                     : switch_on(descriptor, IPPROTO_IP, IP_RECVERR) &&
                           switch_on(descriptor, IPPROTO_IP, IP_PKTINFO);
}

Error cannot_bind(const exchange::Endpoint& at, int error) {
  auto text = fmt::format("cannot bind to {}: {}", endpoint_text(at), reason(error));
  if (error == EACCES && at.port < kFirstOrdinary) {
    text += fmt::format(
        "; port {} is privileged: run as root, take another port, or give the program the right "
        "once: sudo setcap cap_net_bind_service=ep PROGRAM",
        at.port);
  } else if (error == EADDRINUSE) {
    text += "; another program has it: take another port, or stop that one";
  } else if (error == EADDRNOTAVAIL) {
    text += "; it is no address of this machine";
  }
  return {std::move(text)};
}

std::string icmp_text(const sock_extended_err& error) {
  if (error.ee_origin == SO_EE_ORIGIN_ICMP && error.ee_type == ICMP_DEST_UNREACH) {
    switch (error.ee_code) {
      case ICMP_PORT_UNREACH:
        return "port unreachable";
      case ICMP_HOST_UNREACH:
        return "host unreachable";
      case ICMP_NET_UNREACH:
        return "network unreachable";
      case ICMP_PKT_FILTERED:
        return "administratively prohibited";
      default:
        break;
    }
  }
  if (error.ee_origin == SO_EE_ORIGIN_ICMP6 && error.ee_type == ICMP6_DST_UNREACH) {
    switch (error.ee_code) {
      case ICMP6_DST_UNREACH_NOPORT:
        return "port unreachable";
      case ICMP6_DST_UNREACH_ADDR:
        return "address unreachable";
      case ICMP6_DST_UNREACH_ADMIN:
        return "administratively prohibited";
      default:
        break;
    }
  }
  return reason(static_cast<int>(error.ee_errno));
}

}  // namespace

Result<UdpSocket> UdpSocket::bind(const exchange::Endpoint& at) {
  const int descriptor =
      socket(at.family == 6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) {
    return Error{"no UDP socket can be opened: " + reason(errno)};
  }
  UdpSocket made(descriptor, at);
  Name name(at);
  if (!configure(descriptor, at.family) || ::bind(descriptor, name.get(), name.size) != 0) {
    return cannot_bind(at, errno);
  }
  Name given;
  if (getsockname(descriptor, given.get(), &given.size) == 0) {
    made.local_ = given.endpoint();
  }
  return made;
}

UdpSocket::UdpSocket(UdpSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), local_(other.local_) {}

UdpSocket& UdpSocket::operator=(UdpSocket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(local_, other.local_);
  return *this;
}

UdpSocket::~UdpSocket() {
  if (descriptor_ >= 0) {
    close(descriptor_);
  }
}

std::optional<UdpSocket::Arrival> UdpSocket::receive(std::span<std::uint8_t> buffer) const {
  Envelope envelope(buffer);
  // A pending ICMP error fails one call and is gone; next_icmp() has it too.
  constexpr int kTries = 16;
  ssize_t size         = -1;
  for (int i = 0; i < kTries && size < 0; ++i) {
    size = recvmsg(descriptor_, &envelope.header, 0);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      return std::nullopt;
    }
  }
  if (size < 0) {
    return std::nullopt;
  }
  Arrival arrival{envelope.name.endpoint(), local_, static_cast<std::size_t>(size)};
  envelope.each_control([&](int level, int type, const unsigned char* data) {
    if (level == IPPROTO_IP && type == IP_PKTINFO) {
      in_pktinfo info{};
      std::memcpy(&info, data, sizeof info);
      std::memcpy(arrival.to.address.data(), &info.ipi_addr, kIpv4Size);
    } else if (level == IPPROTO_IPV6 && type == IPV6_PKTINFO) {
      in6_pktinfo info{};
      std::memcpy(&info, data, sizeof info);
      std::memcpy(arrival.to.address.data(), &info.ipi6_addr, arrival.to.address.size());
    }
  });
  return arrival;
}

std::optional<std::string> UdpSocket::next_icmp() const {
  std::array<std::uint8_t, 1> nothing{};
  Envelope envelope(nothing);
  if (recvmsg(descriptor_, &envelope.header, MSG_ERRQUEUE) < 0) {
    return std::nullopt;
  }
  std::optional<std::string> text;
  envelope.each_control([&](int level, int type, const unsigned char* data) {
    if ((level == IPPROTO_IP && type == IP_RECVERR) ||
        (level == IPPROTO_IPV6 && type == IPV6_RECVERR)) {
      sock_extended_err error{};
      std::memcpy(&error, data, sizeof error);
      text = icmp_text(error);
    }
  });
  return text ? text : std::optional<std::string>("unknown");
}

Status UdpSocket::send(const exchange::Endpoint& from, const exchange::Endpoint& to,
                       ByteView datagram) const {
  Bytes octets(datagram.begin(), datagram.end());  // iovec takes no const
  Envelope envelope(octets);
  envelope.name               = Name(to);
  envelope.header.msg_namelen = envelope.name.size;
  if (is_unspecified(from)) {
    envelope.header.msg_control    = nullptr;
    envelope.header.msg_controllen = 0;
  } else if (from.family == 6) {
    in6_pktinfo info{};
    std::memcpy(&info.ipi6_addr, from.address.data(), from.address.size());
    envelope.set_control(IPPROTO_IPV6, IPV6_PKTINFO, info);
  } else {
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, from.address.data(), kIpv4Size);
    envelope.set_control(IPPROTO_IP, IP_PKTINFO, info);
  }
  // A pending ICMP error about an earlier datagram fails the first call in place of its own.
  constexpr int kTries = 2;
  for (int i = 0; i < kTries; ++i) {
    if (sendmsg(descriptor_, &envelope.header, MSG_NOSIGNAL) >= 0 || errno == EAGAIN ||
        errno == EWOULDBLOCK || errno == ENOBUFS) {
      return success();
    }
  }
  return Error{fmt::format("cannot send to {}: {}", endpoint_text(to), reason(errno))};
}

Result<exchange::Endpoint> source_towards(const exchange::Endpoint& destination) {
  const int descriptor =
      socket(destination.family == 6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  Name there(destination);
  Name here;
  // connect(2) on a UDP socket sends nothing: it asks the routing table.
  const bool found = descriptor >= 0 && connect(descriptor, there.get(), there.size) == 0 &&
                     getsockname(descriptor, here.get(), &here.size) == 0;
  const int error = errno;
  if (descriptor >= 0) {
    close(descriptor);
  }
  if (!found) {
    return Error{
        fmt::format("there is no way to {}: {}", endpoint_text(destination), reason(error))};
  }
  auto source = here.endpoint();
  source.port = 0;
  return source;
}

}  // namespace gdoi::net
