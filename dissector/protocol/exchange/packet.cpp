#include "protocol/exchange/packet.h"

#include <arpa/inet.h>

namespace gdoi::exchange {

std::string address_text(const Endpoint& endpoint) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = endpoint.family == 6 ? AF_INET6 : AF_INET;
  const auto* done = inet_ntop(family, endpoint.address.data(), text.data(), text.size());
  return done == nullptr ? std::string{} : std::string(done);
}

}  // namespace gdoi::exchange
