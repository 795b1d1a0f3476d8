#pragma once

#include "protocol/base/result.h"
#include "protocol/exchange/floating.h"
#include "protocol/exchange/packet.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace gdoi::net {

/// UDP port of GDOI (RFC 6407 section 7, IANA service "gdoi").
inline constexpr std::uint16_t kGdoiPort = 848;

using exchange::kNatPort;

/// "192.0.2.1:848", "[2001:db8::1]:848".
[[nodiscard]] std::string endpoint_text(const exchange::Endpoint& at);

/// HOST[:PORT], an IPv6 address with a port in brackets. Names are looked up, the first address
/// counts. Errors name what was given.
[[nodiscard]] Result<exchange::Endpoint> resolve(std::string_view text, std::uint16_t default_port);

}  // namespace gdoi::net
