// NATs on the way (RFC 3947) and messages that are too long for it, as initiator.

#include "engine/initiator_impl.h"
#include "protocol/exchange/floating.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/tables/registry.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::engine {
namespace {

using exchange::MessageView;
using tables::row;

constexpr Time kKeepaliveInterval = 20 * kSecond;  // RFC 3948 section 4
constexpr std::uint8_t kKeepalive = 0xff;          // RFC 3948 section 2.3

}  // namespace

// What was captured says what the GM announces; nothing is announced for it.
void Initiator::Impl::take_announcements(const MessageView& message) {
  const auto both = [&](ByteView vendor_id) {
    return announces(message, vendor_id) && announces(plan.phase1_message(1).document, vendor_id);
  };
  nat_traversal = both(nat_traversal_vendor_id());
  fragmentation = both(fragmentation_vendor_id());
}

Ends Initiator::Impl::ends_of(const IsakmpSa& sa) const {
  return {sa.algorithms.hash, sa.initiator, sa.responder, options.source, options.key_server};
}

// Captured NAT-D payloads were rebound; a message without gets them where both sides want them.
bool Initiator::Impl::with_nat_detection(const IsakmpSa& sa, wire::Document& document,
                                         wire::RowId beside, Time now) {
  if (!nat_traversal || document.find(row("ike.nat_hash"))) {
    return true;
  }
  for (const auto& hash : nat_detection(ends_of(sa))) {
    const auto added = plan::append_payload(document, beside, exchange::payload::kNatD, hash);
    if (!added) {
      end_locally("NAT-D payloads cannot be added: " + added.error().text, now);
      return false;
    }
  }
  note("NAT-D", "-", "added, since the key server announces RFC 3947");
  return true;
}

// RFC 3947 section 4: the initiator goes on at port 4500. Its own port stays: what a NAT makes of
// it is all that the KS ever sees.
void Initiator::Impl::look_for_nat(const IsakmpSa& sa, const MessageView& message) {
  const auto seen = nat_traversal ? nat_between(ends_of(sa), message) : std::nullopt;
  if (!seen || !seen->any() || options.key_server.port == exchange::kNatPort) {
    behind_nat = seen && seen->local;
    return;
  }
  behind_nat              = seen->local;
  options.key_server.port = exchange::kNatPort;
  note("NAT", "-",
       fmt::format("found before {}: on at port 4500", seen->local && seen->remote ? "both sides"
                                                       : seen->local               ? "the GM"
                                                                     : "the key server"));
}

void Initiator::Impl::push(Outgoing message) {
  if (!fragmentation) {
    output.push_back(std::move(message));
    return;
  }
  auto pieces = in_pieces(message.datagram);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    auto piece     = message;
    piece.datagram = std::move(pieces[i]);
    if (pieces.size() > 1) {
      piece.remark += fmt::format(", fragment {} of {}", i + 1, pieces.size());
    }
    output.push_back(std::move(piece));
  }
}

std::optional<Time> Initiator::Impl::next_keepalive() const {
  return behind_nat ? std::optional(last_sent + kKeepaliveInterval) : std::nullopt;
}

void Initiator::Impl::keep_alive(Time now) {
  if (const auto due = next_keepalive(); due && *due <= now) {
    last_sent = now;
    output.push_back({options.source, options.key_server, Bytes{kKeepalive}, 0, "NAT keepalive"});
  }
}

}  // namespace gdoi::engine
