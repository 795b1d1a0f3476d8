#include "keyserver/policy.h"

#include "keyserver/algorithms.h"
#include "protocol/crypto/openssl_library.h"

#include <fmt/format.h>
#include <openssl/asn1.h>

#include <algorithm>
#include <utility>

namespace gdoi::keyserver {
namespace {

// ID types (RFC 2407 section 4.6.2.1, RFC 8052 section 2.1).
constexpr std::uint8_t kIdIpv4  = 1;
constexpr std::uint8_t kIdKeyId = 11;
constexpr std::uint8_t kIdOid   = 13;

constexpr std::uint8_t kOidTag        = 0x06;  // X.690 section 8.19
constexpr std::size_t kMaxOidContents = 120;   // so that its DER length has one octet

using crypto::Cipher;
using crypto::Group;
using crypto::Hash;

// What a policy and --set may name; nothing offers the weak ones by itself.
constexpr std::array kCiphers{Cipher::kAes128Cbc, Cipher::kAes192Cbc, Cipher::kAes256Cbc,
                              Cipher::k3DesCbc, Cipher::kDesCbc};
constexpr std::array kHashes{Hash::kSha1, Hash::kSha256, Hash::kSha384, Hash::kSha512, Hash::kMd5};
constexpr std::array kGroups{Group::kModp768,  Group::kModp1024, Group::kModp1536, Group::kModp2048,
                             Group::kModp3072, Group::kModp4096, Group::kModp6144, Group::kModp8192,
                             Group::kEcp256,   Group::kEcp384,   Group::kEcp521};
constexpr std::array kAuths{crypto::kAuthPsk, crypto::kAuthRsa, crypto::kAuthEcdsa256,
                            crypto::kAuthEcdsa384, crypto::kAuthEcdsa521};

}  // namespace

GroupIdentity GroupIdentity::number(std::uint32_t group) {
  Bytes data;
  append_uint(data, group, sizeof(group));
  return {kIdKeyId, std::move(data)};
}

GroupIdentity GroupIdentity::octets(Bytes key_id) {
  return {kIdKeyId, std::move(key_id)};
}

GroupIdentity GroupIdentity::address(Bytes address) {
  return {kIdIpv4, std::move(address)};
}

GroupIdentity GroupIdentity::oid(const Bytes& oid, const Bytes& payload) {
  Bytes data;
  append_uint(data, oid.size(), 1);
  append(data, oid);
  append_uint(data, payload.size(), 2);
  append(data, payload);
  return {kIdOid, std::move(data)};
}

std::optional<Bytes> oid_der(std::string_view dotted) {
  if (dotted.find_first_not_of("0123456789.") != std::string_view::npos) {
    return std::nullopt;
  }
  const crypto::OpensslErrors errors;
  Bytes contents(kMaxOidContents);
  const auto size = a2d_ASN1_OBJECT(contents.data(), static_cast<int>(contents.size()),
                                    dotted.data(), static_cast<int>(dotted.size()));
  if (size <= 0) {
    return std::nullopt;
  }
  Bytes out{kOidTag, static_cast<std::uint8_t>(size)};
  append(out, ByteView(contents).first(static_cast<std::size_t>(size)));
  return out;
}

bool GroupPolicy::uses_long_lifetimes() const {
  return (kek && getvpn::is_long_lifetime(kek->lifetime)) ||
         std::ranges::any_of(teks, getvpn::is_long_lifetime, &TekPolicy::lifetime);
}

bool GroupPolicy::needs_sender_ids() const {
  return std::ranges::any_of(teks, &TekPolicy::counter_mode);
}

const Psk* Policy::psk_for(const exchange::Endpoint& peer) const {
  const Psk* best = nullptr;
  for (const auto& psk : psks) {
    const auto longer = best == nullptr || psk.peer.bits > best->peer.bits ||
                        (best->peer.family == 0 && psk.peer.family != 0);
    if (psk.peer.contains(peer) && longer) {
      best = &psk;
    }
  }
  return best;
}

std::vector<engine::Phase1Algorithms> default_proposals() {
  std::vector<engine::Phase1Algorithms> out;
  for (const auto cipher : {Cipher::kAes128Cbc, Cipher::kAes256Cbc}) {
    for (const auto hash : {Hash::kSha1, Hash::kSha256}) {
      for (const auto group : {Group::kModp2048, Group::kEcp256}) {
        out.push_back({cipher, hash, group});
      }
    }
  }
  return out;
}

std::optional<engine::Phase1Algorithms> proposal_named(std::string_view text) {
  engine::Phase1Algorithms found;
  for (const auto auth : kAuths) {
    const auto suffix = "-" + std::string(crypto::name_of_auth(auth));
    if (text.ends_with(suffix)) {
      found.auth_method = auth;
      text.remove_suffix(suffix.size());
      break;
    }
  }
  const auto auth = std::exchange(found.auth_method, crypto::kAuthPsk);
  for (const auto cipher : kCiphers) {
    for (const auto hash : kHashes) {
      for (const auto group : kGroups) {
        found.cipher = cipher;
        found.hash   = hash;
        found.group  = group;
        if (found.text() == text) {
          found.auth_method = auth;
          return found;
        }
      }
    }
  }
  return std::nullopt;
}

Status load_credentials(Policy& policy, engine::Calendar calendar) {
  if (!policy.credential_files.any()) {
    return success();
  }
  auto loaded = engine::Credentials::load(policy.credential_files, calendar);
  if (!loaded) {
    return loaded.error();
  }
  if (policy.misbehaviour.misdeed == Misdeed::kForeignCertificate) {
    loaded = foreign_credentials(*loaded);
    if (!loaded) {
      return loaded.error();
    }
  }
  const auto& key  = loaded->key;
  const auto signs = [](const auto& one) { return crypto::is_signature(one.auth_method); };
  if (std::ranges::none_of(policy.proposals, signs)) {
    for (auto one : default_proposals()) {
      one.auth_method = *std::ranges::find_if(kAuths, [&](auto auth) { return key.fits(auth); });
      policy.proposals.push_back(one);
    }
  }
  for (const auto& one : policy.proposals) {
    if (signs(one) && !key.fits(one.auth_method)) {
      return Error{fmt::format("{}: the private key is {}, which does not sign for the proposal {}",
                               policy.credential_files.private_key, key.text(), one.text())};
    }
  }
  policy.credentials = std::make_shared<const engine::Credentials>(std::move(loaded).value());
  return success();
}

Policy default_policy(Secret psk) {
  TekPolicy tek;
  use(tek, *std::ranges::find(esp_transforms(), "aes128-cbc", &EspTransform::name));
  use(tek, *std::ranges::find(integrity_algorithms(), "hmac-sha2-256", &Integrity::name));
  GroupPolicy group;
  group.name     = "group-1";
  group.identity = GroupIdentity::number(1);
  group.kek.emplace();
  group.teks.push_back(std::move(tek));
  Policy policy;
  policy.psks.push_back({{}, std::move(psk)});
  policy.proposals = default_proposals();
  policy.groups.push_back(std::move(group));
  policy.features = {getvpn::feature_named("long-sa-lifetime")};
  return policy;
}

}  // namespace gdoi::keyserver
