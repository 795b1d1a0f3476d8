#include "plan/settings.h"

#include "keyserver/prefix.h"
#include "protocol/base/hex.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace gdoi::plan {
namespace {

using keyserver::GroupIdentity;
using keyserver::Prefix;

// RFC 2407 section 4.6.2.1
constexpr std::uint8_t kIpv4     = 1;
constexpr std::uint8_t kFqdn     = 2;
constexpr std::uint8_t kUserFqdn = 3;
constexpr std::uint8_t kIpv6     = 5;

constexpr std::string_view kOctets = "0x";
constexpr std::string_view kOid    = "oid:";
constexpr std::string_view kNames =
    "gm-version, group, id, psk, lifetime and cipher, and the address of any field, such as "
    "mm1/transform[2]/key_length";

std::optional<std::uint32_t> decimal(std::string_view text) {
  std::uint32_t number = 0;
  const auto* const to = text.data() + text.size();
  const auto parsed    = std::from_chars(text.data(), to, number);
  return parsed.ec == std::errc() && parsed.ptr == to ? std::optional(number) : std::nullopt;
}

std::optional<Bytes> octets(std::string_view text) {
  if (!text.starts_with(kOctets) || text.size() == kOctets.size()) {
    return std::nullopt;
  }
  return from_hex(text.substr(kOctets.size()));
}

std::optional<GroupIdentity> address(std::string_view text) {
  const auto prefix = Prefix::parse(text);
  if (!prefix || !prefix->is_host() || text.find('/') != std::string_view::npos) {
    return std::nullopt;
  }
  return GroupIdentity{prefix->family == 6 ? kIpv6 : kIpv4, prefix->address_octets()};
}

std::optional<GroupIdentity> group(std::string_view text) {
  if (const auto number = decimal(text)) {
    return GroupIdentity::number(*number);
  }
  if (auto raw = octets(text)) {
    return GroupIdentity::octets(std::move(*raw));
  }
  if (text.starts_with(kOid)) {
    const auto der = keyserver::oid_der(text.substr(kOid.size()));
    return der ? std::optional(GroupIdentity::oid(*der)) : std::nullopt;
  }
  return address(text);
}

std::optional<GroupIdentity> phase1_id(std::string_view text) {
  if (auto found = address(text)) {
    return found;
  }
  if (text.starts_with(kOctets)) {
    auto raw = octets(text);
    return raw ? std::optional(GroupIdentity::octets(std::move(*raw))) : std::nullopt;
  }
  if (text.empty()) {
    return std::nullopt;
  }
  return GroupIdentity{text.find('@') == std::string_view::npos ? kFqdn : kUserFqdn,
                       to_bytes(bytes_of(text))};
}

Error unusable(std::string_view name, std::string_view value, std::string_view form) {
  return {fmt::format("--set {}={}: {}", name, value, form)};
}

template <typename T>
Status keep(std::optional<T>& into, std::optional<T> value, std::string_view name,
            std::string_view text, std::string_view form) {
  if (!value) {
    return unusable(name, text, form);
  }
  into = std::move(value);
  return success();
}

std::optional<Identity> named(std::optional<GroupIdentity> value, std::string_view text) {
  return value ? std::optional(Identity{std::move(*value), std::string(text)}) : std::nullopt;
}

}  // namespace

Result<Secret> parse_psk(std::string_view text) {
  if (text.empty() || text.size() > keyserver::kMaxPskSize) {
    return Error{fmt::format("a pre-shared key has 1 to {} octets", keyserver::kMaxPskSize)};
  }
  if (!text.starts_with(kOctets)) {
    return Secret(bytes_of(text));
  }
  auto raw = octets(text);
  if (!raw) {
    return Error{"a pre-shared key that begins with 0x must go on with pairs of hex digits"};
  }
  return Secret(std::move(*raw));
}

Status set(Settings& settings, std::string_view name_and_value) {
  if (auto change = parse_set(name_and_value)) {
    if (!*change) {
      return Error{"--set " + change->error().text};
    }
    settings.changes.push_back(std::move(*change).value());
    return success();
  }
  const auto equals = name_and_value.find('=');
  if (equals == std::string_view::npos) {
    return Error{"--set wants NAME=VALUE; names are " + std::string(kNames)};
  }
  const auto name  = name_and_value.substr(0, equals);
  const auto value = name_and_value.substr(equals + 1);
  if (name == "psk") {
    auto psk = parse_psk(value);
    if (!psk) {
      return Error{"--set psk: " + psk.error().text};
    }
    settings.psk = std::move(psk).value();
    return success();
  }
  if (name == "gm-version") {
    return keep(settings.gm_version, getvpn::Version::parse(value), name, value,
                "a version is three numbers, such as 1.0.17");
  }
  if (name == "group") {
    return keep(settings.group, named(group(value), value), name, value,
                "a group is a number, an address, 0x and octets, or oid: and an OID");
  }
  if (name == "id") {
    return keep(settings.id, named(phase1_id(value), value), name, value,
                "an identity is an address, a name, user@name, or 0x and octets");
  }
  if (name == "lifetime") {
    return keep(settings.lifetime, decimal(value), name, value,
                "a lifetime is a number of seconds, such as 86400");
  }
  if (name == "cipher") {
    return keep(settings.cipher, keyserver::proposal_named(value), name, value,
                "a suite is cipher, hash, group and perhaps how to authenticate, such as "
                "aes128-sha256-modp2048 or aes128-sha256-modp2048-rsa-sig");
  }
  return Error{fmt::format("--set: there is no setting {}; there are {}", name, kNames)};
}

std::string without_secret(std::string_view name_and_value) {
  constexpr std::string_view kSecret = "psk=";
  return name_and_value.starts_with(kSecret) ? std::string(kSecret) + "***"
                                             : std::string(name_and_value);
}

std::vector<std::string> without_secrets(const std::vector<std::string>& all) {
  std::vector<std::string> made;
  made.reserve(all.size());
  std::ranges::transform(all, std::back_inserter(made), without_secret);
  return made;
}

}  // namespace gdoi::plan
