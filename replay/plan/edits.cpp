#include "plan/edits.h"

#include "keyserver/messages.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/getvpn/version.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/edit.h"
#include "protocol/wire/encode.h"

#include <algorithm>
#include <array>

namespace gdoi::plan {
namespace {

namespace payload = exchange::payload;
using tables::row;
using wire::Document;
using wire::Editor;
using wire::Part;

constexpr std::uint64_t kGdoi         = 2;  // RFC 6407 section 2.1
constexpr std::uint64_t kIsakmp       = 1;  // RFC 2407 section 4.4.1
constexpr std::uint64_t kKeyIke       = 1;  // RFC 2407 section 4.4.2
constexpr std::uint64_t kPreSharedKey = 1;  // RFC 2409 appendix A
constexpr std::uint64_t kSeconds      = 1;  // RFC 2409 appendix A, life type
constexpr std::size_t kGenericHeader  = 4;  // RFC 2408 section 3.2

/// Classes of phase-1 attributes (RFC 2409 appendix A).
enum Class : std::uint32_t {
  kEncryption   = 1,
  kHashClass    = 2,
  kAuth         = 3,
  kGroup        = 4,
  kLifeType     = 11,
  kLifeDuration = 12,
  kKeyLength    = 14
};

struct CipherNumber {
  crypto::Cipher cipher;
  std::uint64_t number;
  std::uint64_t key_bits;
};

constexpr std::array kCiphers{
    CipherNumber{crypto::Cipher::k3DesCbc,   5, 0  },
    CipherNumber{crypto::Cipher::kAes128Cbc, 7, 128},
    CipherNumber{crypto::Cipher::kAes192Cbc, 7, 192},
    CipherNumber{crypto::Cipher::kAes256Cbc, 7, 256},
};

struct HashNumber {
  crypto::Hash hash;
  std::uint64_t number;
};

constexpr std::array kHashes{
    HashNumber{crypto::Hash::kSha1,   2},
    HashNumber{crypto::Hash::kSha256, 4},
    HashNumber{crypto::Hash::kSha384, 5},
    HashNumber{crypto::Hash::kSha512, 6},
};

}  // namespace

Part sa_of(const engine::Phase1Algorithms& suite, std::uint32_t lifetime) {
  Part transform{
      0, {{row("trans.number"), 1U}, {row("trans.id"), kKeyIke}},
       {},
       {}
  };
  const auto* const cipher = std::ranges::find(kCiphers, suite.cipher, &CipherNumber::cipher);
  const auto* const hash   = std::ranges::find(kHashes, suite.hash, &HashNumber::hash);
  transform.parts.push_back(wire::attribute(kEncryption, cipher->number));
  if (cipher->key_bits != 0) {
    transform.parts.push_back(wire::attribute(kKeyLength, cipher->key_bits));
  }
  transform.parts.push_back(wire::attribute(kHashClass, hash->number));
  transform.parts.push_back(wire::attribute(kAuth, kPreSharedKey));
  transform.parts.push_back(wire::attribute(kGroup, static_cast<std::uint64_t>(suite.group)));
  transform.parts.push_back(wire::attribute(kLifeType, kSeconds));
  transform.parts.push_back(wire::attribute(kLifeDuration, lifetime));
  Part proposal{
      0, {{row("prop.number"), 1U}, {row("prop.protoid"), kIsakmp}},
       {std::move(transform)},
       {}
  };
  return {
      payload::kSa, {{row("sa.doi"), kGdoi}, {row("sa.situation"), 0U}},
       {std::move(proposal)},
       {}
  };
}

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
