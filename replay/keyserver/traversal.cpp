// NATs on the way (RFC 3947) and messages that are too long for it, as responder.

#include "keyserver/keyserver_impl.h"
#include "protocol/exchange/payload_types.h"

#include <fmt/format.h>

namespace gdoi::keyserver {

namespace payload = exchange::payload;

/// Vendor IDs in answer to those of message 1: nothing is announced to who does not know it.
void KeyServer::Impl::announce(Session& session, const exchange::MessageView& view,
                               std::vector<wire::Part>& parts) {
  const auto answer_to = [&](bool allowed, ByteView vendor_id) {
    const bool both = allowed && engine::announces(view, vendor_id);
    if (both) {
      parts.push_back(payload_of(payload::kVid, to_bytes(vendor_id)));
    }
    return both;
  };
  session.nat_traversal = answer_to(policy.nat_traversal, engine::nat_traversal_vendor_id());
  session.fragmentation = answer_to(policy.fragmentation, engine::fragmentation_vendor_id());
  fragmenting           = session.fragmentation;  // of aggressive mode message 2, too
}

engine::Ends KeyServer::Impl::ends_of(const Session& session) const {
  return {session.sa.algorithms.hash, session.sa.initiator, session.sa.responder, local, from};
}

void KeyServer::Impl::add_nat_detection(const Session& session,
                                        std::vector<wire::Part>& parts) const {
  if (!session.nat_traversal) {
    return;
  }
  for (auto& hash : engine::nat_detection(ends_of(session))) {
    parts.push_back(payload_of(payload::kNatD, std::move(hash)));
  }
}

void KeyServer::Impl::look_for_nat(Session& session, const exchange::MessageView& view) {
  const auto seen = session.nat_traversal ? engine::nat_between(ends_of(session), view)
                                          : std::optional<engine::NatSeen>();
  if (seen && seen->any()) {
    say(fmt::format("NAT before {}: GM {} will go on at port 4500",
                    seen->local && seen->remote ? "both sides"
                    : seen->local               ? "the KS"
                                                : "the GM",
                    exchange::address_text(session.peer)));
  }
}

}  // namespace gdoi::keyserver
