#include "plan/identity.h"

#include "plan/rebind.h"
#include "protocol/tables/registry.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::plan {
namespace {

// RFC 2407 section 4.6.2.1
enum IdType : std::uint8_t {
  kIpv4     = 1,
  kFqdn     = 2,
  kUserFqdn = 3,
  kIpv6     = 5,
  kKeyId    = 11,
};

constexpr std::size_t kFixed     = 4;  // type, protocol and port
constexpr std::size_t kIpv4Size  = 4;
constexpr std::size_t kIpv6Size  = 16;
constexpr unsigned kBitsInOctet  = 8;
constexpr std::size_t kOctetMask = 0xff;

void advance(std::span<std::uint8_t> address, std::size_t by) {
  for (auto octet = address.rbegin(); octet != address.rend() && by != 0; ++octet) {
    by += *octet;
    *octet = static_cast<std::uint8_t>(by & kOctetMask);
    by >>= kBitsInOctet;
  }
}

}  // namespace

Bytes identity_of_clone(const Plan& plan, std::size_t index) {
  const bool main = plan.mode == exchange::Exchange::kMain;
  auto body       = body_of(plan.phase1_message(main ? 5 : 1).document, tables::row("payload.id"));
  if (index == 0 || plan.credentials || !body || body->size() <= kFixed) {
    return {};
  }
  const auto data   = std::span(*body).subspan(kFixed);
  const auto suffix = fmt::format("-{}", index + 1);
  switch (body->front()) {
    case kIpv4:
    case kIpv6:
      if (data.size() != (body->front() == kIpv4 ? kIpv4Size : kIpv6Size)) {
        return {};
      }
      advance(data, index);
      return std::move(*body);
    case kFqdn:
    case kUserFqdn: {
      const auto at =
          std::ranges::find(data, static_cast<std::uint8_t>(body->front() == kFqdn ? '.' : '@'));
      body->insert(body->begin() + kFixed + (at - data.begin()), suffix.begin(), suffix.end());
      return std::move(*body);
    }
    case kKeyId:
      body->insert(body->end(), suffix.begin(), suffix.end());
      return std::move(*body);
    default:
      return {};
  }
}

}  // namespace gdoi::plan
