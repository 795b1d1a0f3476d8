#include "plan/edits.h"

#include "keyserver/messages.h"
#include "plan/address.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/getvpn/version.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/edit.h"
#include "protocol/wire/encode.h"

#include <algorithm>

namespace gdoi::plan {
namespace {

namespace payload = exchange::payload;
using tables::row;
using wire::Document;
using wire::Editor;
using wire::Part;

constexpr std::uint64_t kSeconds      = 1;  // RFC 2409 appendix A, life type
constexpr std::size_t kGenericHeader  = 4;  // RFC 2408 section 3.2
constexpr std::uint8_t kX509Signature = 4;  // RFC 2408 section 3.9

/// Octets of a payload of raw body, with a generic header whose next payload the editor sets.
Bytes with_header(const Bytes& body) {
  Bytes octets(2);
  append_uint(octets, body.size() + kGenericHeader, 2);
  append(octets, body);
  return octets;
}

bool is_proof(std::uint32_t type) {
  return type == payload::kCert || type == payload::kHash || type == payload::kSig;
}

}  // namespace

Part octets_of(std::uint32_t type, wire::RowId field, std::size_t count) {
  return {type, {{field, Bytes(count)}}, {}, {}};
}

Bytes id_body(const keyserver::GroupIdentity& identity) {
  Bytes body{identity.type, 0, 0, 0};
  append(body, identity.data);
  return body;
}

std::vector<Part> payloads_of(const Document& document) {
  std::vector<Part> parts;
  for (const auto node : document.walk(document.root())) {
    const auto& value = document.value(node);
    if (value.parent == document.root() && document.is_group(node)) {
      auto body = wire::encode(document, node);
      if (body.size() >= kGenericHeader) {
        body.erase(body.begin(), body.begin() + kGenericHeader);
        parts.push_back(keyserver::payload_of(value.tag, std::move(body)));
      }
    }
  }
  return parts;
}

Result<bool> replace_version(Document& document, ByteView vendor_id) {
  for (const auto node : document.walk(document.root())) {
    if (document.value(node).row == row("vid_bytes") && !document.is_group(node)) {
      const auto octets = document.value(node).octets.view();
      const auto prefix = getvpn::synthetic_prefix();
      if (octets.size() == vendor_id.size() &&
          std::ranges::equal(octets.first(prefix.size()), prefix)) {
        const auto status = Editor(document).set_octets(node, vendor_id);
        return status ? Result<bool>(true) : Result<bool>(status.error());
      }
    }
  }
  return false;
}

std::vector<Part> certificates_of(const engine::Credentials& credentials) {
  std::vector<Part> parts;
  for (const auto& one : credentials.chain) {
    Bytes body{kX509Signature};
    append(body, one.der());
    parts.push_back(keyserver::payload_of(payload::kCert, std::move(body)));
  }
  return parts;
}

Part certificate_request(const engine::Credentials& credentials) {
  Bytes body{kX509Signature};
  append(body, credentials.trust.authorities().front().subject_der());
  return keyserver::payload_of(payload::kCertReq, std::move(body));
}

Status set_up_proof(Document& document, const engine::Credentials* credentials) {
  const auto parent = payload_list(document);
  auto position     = document.link(parent).list.count;
  std::vector<wire::NodeRef> old;
  for (const auto node : document.walk(parent)) {
    const auto& value = document.value(node);
    if (value.parent == parent && document.is_group(node) && is_proof(value.tag)) {
      position = std::min(position, document.index_of(node) - document.link(parent).list.first);
      old.push_back(node);
    }
  }
  auto parts = credentials != nullptr ? certificates_of(*credentials) : std::vector<Part>{};
  parts.push_back(
      keyserver::payload_of(credentials != nullptr ? payload::kSig : payload::kHash,
                            Bytes(credentials != nullptr ? credentials->key.signature_size() : 1)));
  // The new ones in before the old ones go: a message is never without payloads.
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    const auto placed =
        Editor(document).insert(parent, position, part->type, with_header(*part->body));
    if (!placed) {
      return placed.error();
    }
  }
  for (const auto node : old) {
    if (auto status = Editor(document).erase(node); !status) {
      return status;
    }
  }
  return success();
}

Result<std::size_t> replace_certificate_requests(Document& document,
                                                 const engine::Credentials& credentials) {
  const auto name   = credentials.trust.authorities().front().subject_der();
  std::size_t count = 0;
  for (const auto node : document.walk(payload_list(document))) {
    if (document.value(node).row == row("ike.certreq.authority")) {
      if (const auto status = Editor(document).set_octets(node, name); !status) {
        return status.error();
      }
      ++count;
    }
  }
  return count;
}

Status append_payload(Document& document, const Part& part) {
  const auto parent = payload_list(document);
  const auto placed = Editor(document).insert(parent, document.link(parent).list.count, part.type,
                                              with_header(*part.body));
  return placed ? success() : Status(placed.error());
}

Result<std::size_t> set_lifetime(Document& document, std::uint32_t seconds) {
  std::size_t changed  = 0;
  std::uint64_t counts = 0;  // life type that the next duration is of
  for (const auto node : document.walk(document.root())) {
    const auto& value = document.value(node);
    if (value.row == row("ike.attr.life_type")) {
      counts = value.number;
    } else if (value.row == row("ike.attr.life_duration") && counts == kSeconds) {
      if (const auto status = Editor(document).set_number(node, seconds); !status) {
        return status.error();
      }
      ++changed;
    }
  }
  return changed;
}

}  // namespace gdoi::plan
