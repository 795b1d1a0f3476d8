#pragma once

#include "anonymise/mapped.h"
#include "protocol/base/bytes.h"

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace gdoi::anonymise {

/// Maps IP and Ethernet addresses, the same one always to the same. Made addresses are of the
/// ranges for documentation and tests: IPv4 RFC 5737, then RFC 2544, RFC 6598 and class E;
/// multicast RFC 6676; IPv6 RFC 3849. Addresses of one IPv4 /24 or IPv6 /64 stay together; hosts
/// are numbered in the order in which they come. What names nobody stays: unspecified, loopback,
/// broadcast, and multicast groups of the link and of protocols.
class AddressMap {
 public:
  /// A real address, of 4 or 16 octets: no made one will be equal to it. `seen`: it stood in an IP
  /// header. Before the first map_ip().
  void know(ByteView address, bool seen);

  /// The made address; octets of another size come back as zeros.
  [[nodiscard]] Bytes map_ip(ByteView address);

  /// The made network address for a mask, which stays. /24 and /64 are where their hosts are.
  [[nodiscard]] Bytes map_network(ByteView address, ByteView mask);

  /// An Ethernet address. One that is made of a multicast group follows `destination`, the made
  /// destination of its frame; empty: it has none.
  [[nodiscard]] Bytes map_ethernet(ByteView address, ByteView destination);

  [[nodiscard]] const std::set<Bytes>& known() const { return known_; }

  /// In the order in which they came.
  [[nodiscard]] const std::vector<Mapped>& all() const { return all_; }

 private:
  struct Hosts {
    Bytes made;  ///< first address of the made network
    std::uint64_t next = 1;
  };

  [[nodiscard]] Bytes made_ip(ByteView address);
  [[nodiscard]] Bytes made_host4(std::uint32_t address);
  [[nodiscard]] Bytes made_host6(ByteView address);
  [[nodiscard]] Bytes made_group4();
  [[nodiscard]] Bytes made_group6(ByteView address);
  [[nodiscard]] Bytes made_network4(std::uint32_t address, std::uint32_t mask);
  [[nodiscard]] Bytes made_network6(ByteView address, unsigned prefix);
  [[nodiscard]] std::uint32_t free_network4();
  [[nodiscard]] Hosts& hosts4(std::uint32_t address);
  [[nodiscard]] Hosts& hosts6(ByteView prefix);
  [[nodiscard]] bool turned(ByteView address) const;

  std::set<Bytes> known_;
  std::set<Bytes> seen_;
  std::set<std::uint32_t> known_networks_;  ///< IPv4 /24s
  std::map<Bytes, Bytes> made_;
  std::map<std::pair<Bytes, Bytes>, Bytes> networks_;
  std::map<Bytes, Bytes> ethernet_;
  std::map<std::uint32_t, Hosts> hosts4_;  ///< by real /24
  std::map<Bytes, Hosts> hosts6_;          ///< by real /64
  std::uint32_t networks4_ = 0;            ///< /24s given away
  std::uint32_t networks6_ = 0;
  std::uint32_t groups4_   = 0;
  std::uint32_t groups6_   = 0;
  std::uint32_t wide4_     = 0;
  std::uint32_t wide6_     = 0;
  std::uint32_t ethernets_ = 0;
  std::vector<Mapped> all_;
};

/// An address as text, of 4 or 16 octets.
[[nodiscard]] std::string ip_text(ByteView address);

}  // namespace gdoi::anonymise
