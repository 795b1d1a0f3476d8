#include "anonymise/addresses.h"

#include "protocol/base/hex.h"
#include "protocol/exchange/packet.h"

#include <algorithm>
#include <bit>

namespace gdoi::anonymise {
namespace {

constexpr std::size_t kIpv4Size     = 4;
constexpr std::size_t kIpv6Size     = 16;
constexpr std::size_t kEthernetSize = 6;
constexpr std::uint32_t kLowOctet   = 0xff;

/// Runs of /24s that made IPv4 addresses are taken from, in this order.
struct Pool {
  std::uint32_t first;  ///< network, without its last octet
  std::uint32_t count;
};

constexpr std::array kPools{
    Pool{0xc00002, 1      }, // 192.0.2.0/24, RFC 5737
    Pool{0xc63364, 1      }, // 198.51.100.0/24
    Pool{0xcb0071, 1      }, // 203.0.113.0/24
    Pool{0xc61200, 512    }, // 198.18.0.0/15, RFC 2544
    Pool{0x644000, 16'384 }, // 100.64.0.0/10, RFC 6598
    Pool{0xf80000, 458'752}, // 248.0.0.0/5 but for its last /8, class E
};

constexpr std::uint32_t kClassE      = 0xf0000000;
constexpr unsigned kClassEBits       = 5;  ///< 240.0.0.0/5: networks wider or narrower than /24
constexpr std::uint32_t kTestGroups  = 0xe9fc0000;  // 233.252.0.0/24, RFC 6676
constexpr std::uint32_t kOtherGroups = 0xeff00000;  // 239.240.0.0/12, RFC 2365
constexpr std::uint32_t kGroupMask   = 0xfffff;

Bytes octets_of(std::uint32_t address) {
  Bytes octets;
  append_uint(octets, address, kIpv4Size);
  return octets;
}

std::uint32_t number_of(ByteView address) {
  return static_cast<std::uint32_t>(to_uint(address));
}

bool is_group4(std::uint32_t address) {
  return (address >> 28U) == 0xe;
}

// 0/8 with RFC 1122's "this host", 127/8, broadcast, and groups of the link (RFC 5771 section 4).
bool stays4(std::uint32_t address) {
  return (address >> 24U) == 127 || address == 0 || address == 0xffffffff ||
         (address >> 8U) == 0xe00000;
}

// ::, ::1, and the well-known groups of RFC 4291 section 2.7.1 and of protocols.
bool stays6(ByteView address) {
  const auto zero = [&](std::size_t from, std::size_t to) {
    return std::all_of(address.begin() + static_cast<std::ptrdiff_t>(from),
                       address.begin() + static_cast<std::ptrdiff_t>(to),
                       [](auto octet) { return octet == 0; });
  };
  return (zero(0, 15) && address[15] <= 1) || (address[0] == 0xff && zero(2, 14));
}

bool is_mapped4(ByteView address) {
  constexpr std::array<std::uint8_t, 12> kPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return equal(address.first(kPrefix.size()), kPrefix);
}

Bytes test_prefix6(std::uint32_t network) {
  Bytes made{0x20, 0x01, 0x0d, 0xb8};  // RFC 3849
  append_uint(made, network, 4);
  made.resize(kIpv6Size);
  return made;
}

/// Leading ones of a mask; nothing where zeros stand between.
std::optional<unsigned> prefix_of(ByteView mask) {
  unsigned ones = 0;
  while (ones < mask.size() * 8 && (std::uint32_t{mask[ones / 8]} >> (7 - ones % 8) & 1U) != 0) {
    ++ones;
  }
  unsigned all = 0;
  for (const auto octet : mask) {
    all += static_cast<unsigned>(std::popcount(octet));
  }
  return all == ones ? std::optional(ones) : std::nullopt;
}

Bytes reversed(ByteView octets) {
  auto turned = to_bytes(octets);
  std::ranges::reverse(turned);
  return turned;
}

}  // namespace

std::string ip_text(ByteView address) {
  exchange::Endpoint endpoint;
  endpoint.family = address.size() == kIpv6Size ? 6 : 4;
  std::copy_n(address.begin(), std::min(address.size(), endpoint.address.size()),
              endpoint.address.begin());
  return exchange::address_text(endpoint);
}

void AddressMap::know(ByteView address, bool seen) {
  if (address.size() != kIpv4Size && address.size() != kIpv6Size) {
    return;
  }
  known_.insert(to_bytes(address));
  if (seen) {
    seen_.insert(to_bytes(address));
  }
  if (address.size() == kIpv4Size) {
    known_networks_.insert(number_of(address) >> 8U);
  }
}

// gdoid writes the addresses of its SA TEKs with their octets turned round (captures/README.md,
// departure 2): what is no address of this capture, but the other way round is.
bool AddressMap::turned(ByteView address) const {
  return !seen_.contains(to_bytes(address)) && seen_.contains(reversed(address));
}

Bytes AddressMap::map_ip(ByteView address) {
  if (address.size() != kIpv4Size && address.size() != kIpv6Size) {
    return Bytes(address.size());
  }
  if (address.size() == kIpv4Size && turned(address)) {
    return reversed(map_ip(reversed(address)));
  }
  const auto real = to_bytes(address);
  if (const auto found = made_.find(real); found != made_.end()) {
    return found->second;
  }
  auto made   = made_ip(address);
  made_[real] = made;
  if (made != real) {
    all_.push_back({Kind::kAddress, ip_text(real), ip_text(made)});
  }
  return made;
}

Bytes AddressMap::made_ip(ByteView address) {
  if (address.size() == kIpv4Size) {
    const auto number = number_of(address);
    if (stays4(number)) {
      return to_bytes(address);
    }
    return is_group4(number) ? made_group4() : made_host4(number);
  }
  if (is_mapped4(address)) {
    auto made = to_bytes(address.first(kIpv6Size - kIpv4Size));
    append(made, map_ip(address.last(kIpv4Size)));
    return made;
  }
  if (stays6(address)) {
    return to_bytes(address);
  }
  return address[0] == 0xff ? made_group6(address) : made_host6(address);
}

// A /24 in which no real address lies. Past the last one all share that.
std::uint32_t AddressMap::free_network4() {
  while (true) {
    auto left = networks4_++;
    for (const auto& pool : kPools) {
      if (left < pool.count) {
        if (!known_networks_.contains(pool.first + left)) {
          return pool.first + left;
        }
        break;
      }
      left -= pool.count;
      if (&pool == &kPools.back()) {
        return pool.first + pool.count - 1;
      }
    }
  }
}

AddressMap::Hosts& AddressMap::hosts4(std::uint32_t address) {
  const auto [place, added] = hosts4_.try_emplace(address >> 8U);
  if (added) {
    place->second.made = octets_of(free_network4() << 8U);
  }
  return place->second;
}

// 1 to 254, then 255 and 0.
Bytes AddressMap::made_host4(std::uint32_t address) {
  auto& hosts = hosts4(address);
  auto made   = hosts.made;
  made.back() = static_cast<std::uint8_t>(hosts.next++);
  return made;
}

Bytes AddressMap::made_group4() {
  while (true) {
    const auto number = ++groups4_ & kGroupMask;
    auto made = octets_of(number < kLowOctet ? kTestGroups + number : kOtherGroups + number);
    if (!known_.contains(made)) {
      return made;
    }
  }
}

AddressMap::Hosts& AddressMap::hosts6(ByteView prefix) {
  const auto [place, added] = hosts6_.try_emplace(to_bytes(prefix));
  if (added) {
    // fe80::/64 names nobody, and Wireshark tells link-local addresses by it.
    const bool link_local = prefix[0] == 0xfe && (prefix[1] & 0xc0U) == 0x80;
    place->second.made    = test_prefix6(++networks6_);
    if (link_local) {
      place->second.made    = Bytes(kIpv6Size);
      place->second.made[0] = 0xfe;
      place->second.made[1] = 0x80;
    }
  }
  return place->second;
}

Bytes AddressMap::made_host6(ByteView address) {
  auto& hosts = hosts6(address.first(8));
  while (true) {
    auto made = to_bytes(ByteView(hosts.made).first(8));
    append_uint(made, hosts.next++, 8);
    if (!known_.contains(made)) {
      return made;
    }
  }
}

// ff0x::db8:0:0/96 (RFC 6676 section 3), flags and scope as they were.
Bytes AddressMap::made_group6(ByteView address) {
  while (true) {
    auto made = to_bytes(address.first(2));
    made.resize(10);
    append_uint(made, 0x0db8, 2);
    append_uint(made, ++groups6_, 4);
    if (!known_.contains(made)) {
      return made;
    }
  }
}

Bytes AddressMap::map_network(ByteView address, ByteView mask) {
  if (address.size() != mask.size() ||
      (address.size() != kIpv4Size && address.size() != kIpv6Size)) {
    return map_ip(address);
  }
  auto prefix = prefix_of(mask);
  if (!prefix && prefix_of(reversed(mask))) {
    auto made = map_network(reversed(address), reversed(mask));
    std::ranges::reverse(made);
    return made;
  }
  const auto narrow = static_cast<unsigned>(mask.size() * 8);
  if (!prefix || *prefix == narrow) {
    return map_ip(address);
  }
  // Too wide to say where.
  constexpr unsigned kSaysNothing = 8;
  const auto real                 = std::pair(to_bytes(address), to_bytes(mask));
  if (*prefix < kSaysNothing || (*prefix == kSaysNothing && address[0] == 0)) {
    return to_bytes(address);
  }
  if (const auto found = networks_.find(real); found != networks_.end()) {
    return found->second;
  }
  auto made       = address.size() == kIpv4Size ? made_network4(number_of(address), number_of(mask))
                                                : made_network6(address, *prefix);
  networks_[real] = made;
  if (made != real.first) {
    all_.push_back({Kind::kNetwork, ip_text(address) + '/' + std::to_string(*prefix),
                    ip_text(made) + '/' + std::to_string(*prefix)});
  }
  return made;
}

Bytes AddressMap::made_network4(std::uint32_t address, std::uint32_t mask) {
  constexpr std::uint32_t kMask24 = 0xffffff00;
  if (is_group4(address) || (address & ~mask) != 0) {
    return map_ip(octets_of(address));
  }
  if (mask == kMask24) {
    return hosts4(address).made;
  }
  // There are few wide ones to give: where all are taken, they come again.
  constexpr int kTries = 256;
  const auto bits      = static_cast<unsigned>(std::popcount(mask));
  Bytes made;
  for (int tried = 0; tried < kTries && (made.empty() || known_.contains(made)); ++tried) {
    const auto number = ++wide4_ & ((1U << (bits - kClassEBits)) - 1);
    made              = octets_of(kClassE | (number << (32 - bits)));
  }
  return made;
}

// Networks of other sizes than /64 lie in 2001:db8:8000::/33, apart from those of hosts.
Bytes AddressMap::made_network6(ByteView address, unsigned prefix) {
  constexpr unsigned kHosts    = 64;
  constexpr unsigned kSmallest = 34;
  if (address[0] == 0xff) {
    return map_ip(address);
  }
  if (prefix == kHosts) {
    return hosts6(address.first(8)).made;
  }
  auto made = test_prefix6(0x80000000);
  if (prefix >= kSmallest) {
    // The number ends at the last bit of the prefix.
    auto number = ++wide6_;
    for (auto bit = prefix; number != 0 && bit-- > kSmallest - 1; number >>= 1U) {
      made[bit / 8] |= static_cast<std::uint8_t>((number & 1U) << (7 - bit % 8));
    }
  }
  return made;
}

Bytes AddressMap::map_ethernet(ByteView address, ByteView destination) {
  auto real = to_bytes(address);
  if (address.size() != kEthernetSize) {
    return Bytes(address.size());
  }
  constexpr std::uint8_t kIsGroup = 1;
  if (number_of(address.first(3)) == 0x01005e && destination.size() == kIpv4Size) {
    return {0x01,           0x00,          0x5e, static_cast<std::uint8_t>(destination[1] & 0x7fU),
            destination[2], destination[3]};  // RFC 1112 section 6.4
  }
  if (number_of(address.first(2)) == 0x3333 && destination.size() == kIpv6Size) {
    return {0x33, 0x33, destination[12], destination[13], destination[14], destination[15]};
  }
  // None, broadcast, and the groups of bridges (IEEE 802.1D) and of Cisco's protocols.
  if (to_uint(address) == 0 || to_uint(address) == 0xffffffffffff ||
      number_of(address.first(3)) == 0x0180c2 || number_of(address.first(3)) == 0x01000c) {
    return real;
  }
  const auto [place, added] = ethernet_.try_emplace(real);
  if (added) {
    // A locally administered one (IEEE 802), of a prefix that captures hardly have.
    place->second = {static_cast<std::uint8_t>(0x02U | (address[0] & kIsGroup)), 0x53};
    append_uint(place->second, ++ethernets_, 4);
    all_.push_back({Kind::kEthernet, to_hex(real), to_hex(place->second)});
  }
  return place->second;
}

}  // namespace gdoi::anonymise
