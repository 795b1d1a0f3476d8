#pragma once

#include "anonymise/messages.h"
#include "protocol/exchange/intake.h"

#include <map>
#include <optional>
#include <vector>

namespace gdoi::anonymise {

/// A part of a message that fragments of IKE made whole, in the datagram that carried it.
struct Part {
  std::size_t message = 0;  ///< of the datagram, in Collector::messages()
  std::size_t at      = 0;  ///< in its octets
  std::size_t size    = 0;
  std::size_t offset  = 0;  ///< in the whole
};

/// Reads datagrams in order and keeps all messages of ours, as they are known at the end.
class Collector {
 public:
  Collector() : intake_({.pulls_each = kPullsEach}) {}

  /// Secrets, before the first datagram.
  void use(keys::KeyRing ring) { intake_.use(std::move(ring)); }

  /// False where the datagram is none of ours.
  bool take(const exchange::Packet& datagram, bool unasked);

  [[nodiscard]] std::vector<Message>& messages() { return messages_; }

  /// Where the octets of a message stand that fragments made whole; nullptr: it is a datagram.
  [[nodiscard]] const std::vector<Part>* parts_of(std::size_t message) const;

  [[nodiscard]] const exchange::Follower& follower() const { return intake_.follower(); }

 private:
  /// More PULLs under one phase 1 are forgotten, and their HASHes cannot be made.
  static constexpr std::size_t kPullsEach = 4'096;

  /// Whose fragment it is, and of which of its messages.
  struct Sender {
    exchange::Endpoint source;
    keys::Cookie initiator{};
    keys::Cookie responder{};
    std::uint16_t id = 0;

    auto operator<=>(const Sender&) const = default;
  };

  struct Waiting {
    std::uint8_t number = 0;
    Part part;
  };

  void on_message(const exchange::Packet& packet, const exchange::FrameRecord& record,
                  const wire::Tree& tree, const exchange::Packet& datagram, bool unasked);
  void on_fragment(const exchange::Packet& packet, const wire::Tree& tree);
  [[nodiscard]] std::vector<Part> gather(bool marked);

  exchange::Intake intake_;
  std::vector<Message> messages_;
  std::map<std::uint64_t, std::vector<std::size_t>> by_frame_;
  std::map<Sender, std::vector<Waiting>> waiting_;
  std::optional<Sender> last_;  ///< of the fragment that came last
  std::map<std::size_t, std::vector<Part>> wholes_;
};

}  // namespace gdoi::anonymise
