#pragma once

#include "protocol/exchange/message.h"
#include "protocol/exchange/packet.h"
#include "protocol/keys/key_ring.h"
#include "protocol/wire/tree.h"

#include <cstddef>
#include <list>
#include <map>
#include <optional>
#include <vector>

/// IKE fragmentation of IKEv1: a message, its header included, cut into payloads of type 132, each
/// under a header of its own. No RFC has it; Cisco invented it, [MS-IKEE] section 2.2.3.1 documents
/// it, Wireshark, libreswan and strongSwan read it as here.
namespace gdoi::exchange {

/// What a fragment says of itself.
struct Fragment {
  std::uint16_t id    = 0;  ///< the same for all fragments of a message
  std::uint8_t number = 0;  ///< from 1
  bool last           = false;
  ByteView data;  ///< as long as the tree's octets
};

/// The fragment that a message is; nothing where it is none, or its payload is cut short.
[[nodiscard]] std::optional<Fragment> fragment_in(const MessageView& message);

/// The fragments of a message, none longer than `longest` octets with its header, under ID 1 as
/// libreswan sends them. A message of more than 255 fragments is left whole.
[[nodiscard]] std::vector<Bytes> cut(ByteView message, std::size_t longest);

/// Bounds on what senders can make a receiver hold.
struct FragmentLimits {
  std::size_t messages = 1'024;   ///< that are not whole; the oldest goes first
  std::size_t octets   = 65'535;  ///< of one message
};

/// Puts messages together again. Fragments may come in any order and more than once; a sender may
/// use one ID for all of its messages (libreswan and Apple do).
class Fragments {
 public:
  explicit Fragments(FragmentLimits limits = {}) : limits_(limits) {}

  /// Takes a fragment; the whole message once its last missing one has come, behind a non-ESP
  /// marker where that fragment had one. Nothing for what is no fragment.
  [[nodiscard]] std::optional<Bytes> add(const Endpoint& sender, const wire::Tree& tree);

  /// Messages that are not whole yet.
  [[nodiscard]] std::size_t waiting() const { return pending_.size(); }

 private:
  struct Key {
    Endpoint sender;
    keys::Cookie initiator{};
    keys::Cookie responder{};
    std::uint16_t id = 0;

    auto operator<=>(const Key&) const = default;
  };

  struct Pending {
    std::map<std::uint8_t, Bytes> parts;
    std::size_t octets = 0;
    std::uint8_t last  = 0;  ///< number of the last one; 0: not seen
    std::list<Key>::iterator age;
  };

  Pending& begin(const Key& key);
  void drop(const Key& key);

  FragmentLimits limits_;
  std::map<Key, Pending> pending_;
  std::list<Key> order_;
};

}  // namespace gdoi::exchange
