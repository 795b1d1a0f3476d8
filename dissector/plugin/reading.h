#pragma once

#include "plugin/fields.h"
#include "plugin/frames.h"

#include <string>
#include <vector>

/// A datagram, read in plain C++ before anything is painted.
namespace gdoi::plugin {

/// What is shown at most of one message: Wireshark 4.6 takes 50,000 items that stay at one place
/// for a bug, and nobody reads so many.
inline constexpr std::size_t kMaxItems    = 30'000;
inline constexpr std::size_t kMaxFindings = 1'000;

inline constexpr wire::NodeId kRoot = 0xffff'ffff;  ///< the protocol's own line

/// An expert item: about a node, or about the whole message.
struct Remark {
  expert_field* expert = nullptr;
  wire::NodeId node    = kRoot;
  std::string text;
};

/// The line of a structure.
struct Title {
  wire::NodeId node = kRoot;
  std::string text;
};

/// A field that stands for no octets, below the structure that it is about.
struct Derived {
  Generated field    = Generated::kExchange;
  wire::NodeId below = kRoot;
  std::string text;
  std::uint32_t number = 0;
};

/// Everything that one datagram gives. It lives as long as Wireshark shows the packet.
struct Reading {
  Frame frame;
  bool is_new = false;  ///< read for the first time; listeners at a tap cannot tell
  wire::Tree tree;
  std::string info;
  std::vector<Remark> remarks;
  std::vector<Title> titles;
  std::vector<Derived> derived;
  std::vector<proto_item*> items;  ///< by node, while it is painted
};

/// What the packet list and the expert items show; always.
/// `datagram`: its payload, how long that was, and whether it was put together from fragments.
void read_message(packet_info* pinfo, int protocol, const Datagram& datagram, Reading& reading);

/// What the vendor IDs are known to stand for, and versions that they hold; part of read_message.
void read_vendor_ids(Reading& reading);

/// The generated fields, and the titles where the tree is to be seen; only where somebody looks at
/// fields.
void describe(Reading& reading, bool visible);

}  // namespace gdoi::plugin
