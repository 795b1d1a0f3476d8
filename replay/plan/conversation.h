#pragma once

#include "engine/types.h"
#include "plan/plan.h"
#include "protocol/exchange/follower.h"
#include "protocol/keys/key_ring.h"
#include "protocol/registration/registration.h"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// What both sides of a registration said, captured or live: the material of every comparison.
namespace gdoi::plan {

/// A message of a registration.
struct Said {
  std::shared_ptr<const Template> message;  ///< `captured_frame`: its frame
  exchange::Sender sender = exchange::Sender::kUnknown;
  std::size_t sealed      = 0;  ///< octets of ciphertext; 0: it was in clear
  bool readable           = false;
};

/// By short name ("mm2", "pull4": exchange/script.h); of a message that came again the first.
using Conversation = std::map<std::string, Said, std::less<>>;

/// Collects conversations from messages as they are followed.
class Conversations {
 public:
  void take(const exchange::FrameRecord& record, const wire::Tree& tree);

  /// Of its phase 1 and of its own PULL.
  [[nodiscard]] Conversation of(const registration::Registration& story) const;

 private:
  std::map<std::pair<keys::Cookie, std::uint32_t>, Conversation> all_;
};

/// A datagram of a live registration.
struct Carried {
  engine::Time time = 0;
  engine::Outgoing message;
};

/// A live registration, read as a capture of it would be.
struct Heard {
  registration::Registration story;
  Conversation said;
};

/// Reads what was sent and received live. Registrations in their order; probes are none.
[[nodiscard]] std::vector<Heard> listen(std::span<const Carried> datagrams, keys::KeyRing ring);

}  // namespace gdoi::plan
