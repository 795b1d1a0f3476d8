#include "capture/reader.h"

#include <arpa/inet.h>
#include <sys/socket.h>

namespace gdoi::capture {

std::string address_text(std::uint8_t family, const std::array<std::uint8_t, 16>& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int kind = family == 6 ? AF_INET6 : AF_INET;
  if (inet_ntop(kind, address.data(), text.data(), static_cast<socklen_t>(text.size())) ==
      nullptr) {
    return {};
  }
  return text.data();
}

}  // namespace gdoi::capture
