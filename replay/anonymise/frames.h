#pragma once

#include "anonymise/addresses.h"
#include "capture/reader.h"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace gdoi::anonymise {

/// Where the payload of a datagram stands in frames.
struct Piece {
  std::uint64_t datagram = 0;  ///< frame number of the datagram: of its last fragment; 0: lost
  std::size_t offset     = 0;  ///< of this frame's part in the IP payload
};

/// Tells which frames hold the fragments of which datagram.
class Pieces {
 public:
  /// Takes each frame in its order.
  void take(int link_type, const capture::Frame& frame);

  /// After the last one: fragments of datagrams to one of these ports that never became whole are
  /// pieces too, since that they were lost is evidence. Empty: all ports.
  void finish(const std::vector<std::uint16_t>& ports);

  /// Nothing: no such fragment.
  [[nodiscard]] std::optional<Piece> of(std::uint64_t frame) const;

 private:
  struct Waiting {
    std::uint64_t frame = 0;
    std::size_t offset  = 0;
    std::size_t size    = 0;
    std::vector<std::uint16_t> ports{};  ///< of the first fragment, which has the UDP header
  };

  using Key = std::pair<Bytes, std::uint32_t>;  ///< addresses and protocol, identification

  std::map<Key, std::vector<Waiting>> waiting_;
  std::map<std::uint64_t, Piece> pieces_;
};

/// A datagram of the capture as it was mapped.
struct MadeDatagram {
  Bytes payload;
  std::uint32_t claimed_length = 0;
};

/// Maps frames where they stand: Ethernet and IP addresses, the octets of UDP, checksums. Lengths
/// stay. What is no datagram that was mapped loses everything but its addresses.
class FrameMap {
 public:
  FrameMap(int link_type, AddressMap& addresses) : link_type_(link_type), addresses_(addresses) {}

  /// `piece` of a frame that is one of ours, and its `datagram` unless it is lost; else nullptr.
  [[nodiscard]] Bytes map(ByteView frame, const Piece* piece, const MadeDatagram* datagram);

 private:
  void link_header(Bytes& frame, std::size_t size, ByteView destination);
  void blank(Bytes& frame, std::size_t network);
  void ip_header(Bytes& frame, std::size_t network, std::size_t payload);
  static void lost(Bytes& frame, std::size_t payload, std::size_t size, const Piece& piece);
  static void udp(Bytes& frame, std::size_t network, std::size_t payload, std::size_t size,
                  const Piece& piece, const MadeDatagram& datagram);

  int link_type_;
  // NOLINTNEXTLINE(cppcoreguidelines-avoid-const-or-ref-data-members): lives as long
  AddressMap& addresses_;
};

}  // namespace gdoi::anonymise
