#include "plan/rebind.h"

#include "protocol/base/hex.h"
#include "protocol/crypto/suite.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/getvpn/vendor_ids.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/edit.h"
#include "protocol/wire/encode.h"

#include <algorithm>

namespace gdoi::plan {
namespace {

using tables::row;
using wire::NodeRef;

constexpr std::size_t kGenericHeader    = 4;  // RFC 2408 section 3.2
constexpr std::uint64_t kInitialContact = 24578;
constexpr std::size_t kIpv4Size         = 4;
constexpr std::size_t kIpv6Size         = 16;
constexpr std::uint8_t kIpv4            = 4;

std::vector<NodeRef> all_nodes(const wire::Document& document) {
  auto nodes            = document.walk(document.root());
  const auto& plaintext = document.walk(document.plaintext());
  nodes.insert(nodes.end(), plaintext.begin(), plaintext.end());
  return nodes;
}

// The edits of one message; the first that fails is the error of all.
class Rebinder {
 public:
  Rebinder(wire::Document& document, const Captured& captured, const Live& live,
           std::vector<Rebound>& rebound)
      : document_(document), captured_(captured), live_(live), rebound_(rebound) {}

  Status run() {
    for (const auto node : all_nodes(document_)) {
      if (!document_.is_group(node)) {
        leaf(node);
      }
    }
    return status_;
  }

 private:
  void leaf(NodeRef node) {
    const auto id = document_.value(node).row;
    if (id == row("ispi")) {
      octets(node, live_.initiator);
    } else if (id == row("rspi")) {
      octets(node, live_.responder);
    } else if (id == row("messageid") && live_.message_id) {
      keep(wire::Editor(document_).set_number(node, *live_.message_id));
    } else if (id == row("key_exchange.data") && live_.public_value) {
      octets(node, *live_.public_value);
    } else if (id == row("nonce") && live_.nonce) {
      octets(node, *live_.nonce);
    } else if (id == row("ike.nat_hash") && live_.hash) {
      // RFC 3947 section 3.2: the remote end comes first, then those of the sender.
      const auto& end = nat_seen_++ == 0 ? live_.ks : live_.gm;
      octets(node, nat_hash(*live_.hash, live_.initiator, live_.responder, end));
    } else if (id == row("spi") || id == row("delete.spi")) {
      cookies(node);
    } else if (id == row("vid_bytes")) {
      vendor_id(node);
    }
  }

  // SPIs of the ISAKMP SA: both cookies, or one (RFC 2408 sections 3.5, 3.14, 3.15).
  void cookies(NodeRef node) {
    Bytes spi    = to_bytes(document_.value(node).octets.view());
    bool changed = false;
    for (std::size_t at = 0; at + getvpn::kCookieSize <= spi.size(); at += getvpn::kCookieSize) {
      const auto part = std::span(spi).subspan(at, getvpn::kCookieSize);
      if (equal(part, captured_.initiator)) {
        std::ranges::copy(live_.initiator, part.begin());
        changed = true;
      } else if (equal(part, captured_.responder) && captured_.responder != keys::Cookie{}) {
        std::ranges::copy(live_.responder, part.begin());
        changed = true;
      }
    }
    if (changed) {
      rebound_.push_back(
          {"cookies in an SPI", to_hex(document_.value(node).octets.view()), to_hex(spi)});
      octets(node, spi);
    }
  }

  void vendor_id(NodeRef node) {
    const auto captured = document_.value(node).octets.view();
    if (!getvpn::is_masked_cisco_ios(captured, captured_.initiator)) {
      return;
    }
    const auto clear = getvpn::xor_with_cookie(captured, captured_.initiator);
    const auto live  = getvpn::xor_with_cookie(clear, live_.initiator);
    rebound_.push_back(
        {"vendor ID masked with the initiator cookie", to_hex(captured), to_hex(live)});
    octets(node, live);
  }

  void octets(NodeRef node, ByteView value) {
    keep(wire::Editor(document_).set_octets(node, value));
  }

  void keep(Status status) {
    if (status_ && !status) {
      status_ = std::move(status);
    }
  }

  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
  wire::Document& document_;
  const Captured& captured_;
  const Live& live_;
  std::vector<Rebound>& rebound_;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
  unsigned nat_seen_ = 0;
  Status status_     = success();
};

}  // namespace

Result<wire::Document> rebind(const Template& message, const Captured& captured, const Live& live,
                              std::vector<Rebound>& rebound) {
  auto document = message.document.clone();
  if (const auto status = Rebinder(document, captured, live, rebound).run(); !status) {
    return status.error();
  }
  return document;
}

Result<std::size_t> drop_initial_contact(wire::Document& document) {
  std::size_t dropped = 0;
  for (const auto node : all_nodes(document)) {
    if (document.value(node).row != row("payload.notify")) {
      continue;
    }
    const auto type = document.find(row("notify.msgtype"), node);
    if (type && document.value(*type).number == kInitialContact) {
      if (const auto status = wire::Editor(document).erase(node); !status) {
        return status.error();
      }
      ++dropped;
    }
  }
  return dropped;
}

Status replace_id(wire::Document& document, const Bytes& body) {
  const auto node = document.find(row("payload.id"));
  if (!node) {
    return Error{"the captured message has no ID payload"};
  }
  const auto parent   = document.value(*node).parent;
  const auto position = document.index_of(*node) - document.link(parent).list.first;
  Bytes octets;
  append_uint(octets, 0, 2);
  append_uint(octets, body.size() + kGenericHeader, 2);
  append(octets, body);
  if (auto status = wire::Editor(document).erase(*node); !status) {
    return status;
  }
  const auto placed =
      wire::Editor(document).insert(parent, position, exchange::payload::kId, octets);
  return placed ? success() : Status(placed.error());
}

Status append_payload(wire::Document& document, wire::RowId beside, std::uint8_t type,
                      ByteView body) {
  const auto sibling = document.find(beside);
  if (!sibling) {
    return Error{"the message lacks the payload beside which another was to stand"};
  }
  const auto parent = document.value(*sibling).parent;
  Bytes octets;
  octets.reserve(kGenericHeader + body.size());
  append_uint(octets, 0, 2);
  append_uint(octets, body.size() + kGenericHeader, 2);
  append(octets, body);
  const auto placed =
      wire::Editor(document).insert(parent, document.link(parent).list.count, type, octets);
  return placed ? success() : Status(placed.error());
}

Status append_vendor_id(wire::Document& document, ByteView vendor_id) {
  return append_payload(document, row("payload.sa"), exchange::payload::kVid, vendor_id);
}

std::size_t nonce_size(const Template& message) {
  const auto nonce = message.document.find(row("nonce"));
  return nonce ? message.document.size(*nonce) : 0;
}

std::optional<Bytes> body_of(const wire::Document& document, wire::RowId payload) {
  const auto node = document.find(payload);
  if (!node) {
    return std::nullopt;
  }
  auto octets = wire::encode(document, *node);
  if (octets.size() < kGenericHeader) {
    return std::nullopt;
  }
  octets.erase(octets.begin(), octets.begin() + kGenericHeader);
  return octets;
}

std::optional<Bytes> behind_hash(const wire::Document& document) {
  const auto hash = document.find(row("payload.hash"));
  if (!hash) {
    return std::nullopt;
  }
  Bytes rest;
  const auto& siblings = document.value(document.value(*hash).parent).children;
  for (auto i = document.index_of(*hash) + 1; i < siblings.size(); ++i) {
    if (document.is_group(siblings[i])) {
      append(rest, wire::encode(document, siblings[i]));
    }
  }
  return rest;
}

Status set_hash(wire::Document& document, ByteView hash) {
  const auto leaf = document.find(row("hash"));
  if (!leaf) {
    return Error{"the captured message has no HASH payload"};
  }
  return wire::Editor(document).set_octets(*leaf, hash);
}

Status set_proof(wire::Document& document, bool signature, ByteView octets) {
  const auto leaf = document.find(signature ? row("sig") : row("hash"));
  if (!leaf) {
    return Error{signature ? "it has no SIG payload" : "it has no HASH payload"};
  }
  return wire::Editor(document).set_octets(*leaf, octets);
}

Bytes nat_hash(crypto::Hash hash, const keys::Cookie& initiator, const keys::Cookie& responder,
               const exchange::Endpoint& endpoint) {
  Bytes port;
  append_uint(port, endpoint.port, sizeof(endpoint.port));
  const auto address =
      ByteView(endpoint.address).first(endpoint.family == kIpv4 ? kIpv4Size : kIpv6Size);
  return crypto::openssl_suite().digest(hash, {initiator, responder, address, port});
}

}  // namespace gdoi::plan
