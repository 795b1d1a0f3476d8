#include "protocol/registration/contents.h"

#include "protocol/base/hex.h"
#include "protocol/getvpn/vendor_ids.h"
#include "protocol/tables/life_types.h"
#include "protocol/tables/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gdoi::registration {

namespace {

using tables::row;

// RFC 2407 section 4.6.2.1, RFC 8052 section 2.1
constexpr std::uint8_t kIdIpv4     = 1;
constexpr std::uint8_t kIdFqdn     = 2;
constexpr std::uint8_t kIdUserFqdn = 3;
constexpr std::uint8_t kIdIpv6     = 5;
constexpr std::uint8_t kIdKeyId    = 11;
constexpr std::uint8_t kIdOid      = 13;

constexpr std::size_t kGenericHeader = 4;  // RFC 2408 section 3.2
constexpr std::size_t kIdHeader      = kGenericHeader + 4;
constexpr std::size_t kIpv4Size      = 4;
constexpr std::size_t kIpv6Size      = 16;
constexpr std::size_t kCookiePair    = 16;

// RFC 2408 section 3.14.1: the error types.
constexpr std::uint16_t kFirstStatusNotify = 16384;
// They are in the range of errors, but tell something and end nothing.
constexpr std::uint16_t kAddressNotification = 26;
constexpr std::uint16_t kNotifySaLifetime    = 27;

bool is_error(std::uint64_t type) {
  return type != 0 && type < kFirstStatusNotify && type != kAddressNotification &&
         type != kNotifySaLifetime;
}

std::optional<keys::Cookie> cookie_of(ByteView octets) {
  keys::Cookie cookie{};
  if (octets.size() < cookie.size()) {
    return std::nullopt;
  }
  std::copy_n(octets.begin(), cookie.size(), cookie.begin());
  return cookie;
}

bool is_printable(ByteView octets) {
  return !octets.empty() &&
         std::ranges::all_of(octets, [](auto octet) { return octet > 0x20 && octet < 0x7f; });
}

std::string as_text(ByteView octets) {
  return is_printable(octets) ? std::string(octets.begin(), octets.end()) : to_hex(octets);
}

std::string as_address(std::uint8_t family, ByteView octets) {
  exchange::Endpoint endpoint{.family = family};
  std::ranges::copy(octets, endpoint.address.begin());
  return exchange::address_text(endpoint);
}

// X.690 section 8.19: base 128, the first two arcs in one number. RFC 8052 section 2.1 carries the
// DER of the OID; whether its tag and length stand before it differs between implementations.
std::optional<std::string> as_oid(ByteView octets) {
  constexpr std::uint8_t kOidTag = 6;
  if (octets.size() > 2 && octets[0] == kOidTag && octets[1] == octets.size() - 2) {
    octets = octets.subspan(2);
  }
  std::string text;
  std::uint64_t arc = 0;
  bool open         = false;
  for (const auto octet : octets) {
    if (arc > (UINT64_MAX >> 7U)) {
      return std::nullopt;
    }
    arc  = (arc << 7U) | (octet & 0x7fU);
    open = (octet & 0x80U) != 0;
    if (open) {
      continue;
    }
    if (text.empty()) {
      const auto top = std::min<std::uint64_t>(arc / 40, 2);
      text           = fmt::format("{}.{}", top, arc - 40 * top);
    } else {
      text += fmt::format(".{}", arc);
    }
    arc = 0;
  }
  return open || text.empty() ? std::nullopt : std::optional(text);
}

void describe_key_id(Group& group) {
  const ByteView octets = group.octets;
  if (octets.size() != sizeof(std::uint32_t)) {
    group.text = as_text(octets);
    return;
  }
  const auto number = to_uint(octets);
  const Bytes turned(octets.rbegin(), octets.rend());
  const auto other = to_uint(turned);
  group.text       = fmt::format("{}", number);
  if (other < number) {
    group.remark = fmt::format("little-endian it reads {}", other);
  }
}

void describe(Group& group) {
  const ByteView octets = group.octets;
  if (group.id_type == kIdKeyId) {
    describe_key_id(group);
  } else if (group.id_type == kIdIpv4 && octets.size() == kIpv4Size) {
    group.text = as_address(4, octets);
  } else if (group.id_type == kIdIpv6 && octets.size() == kIpv6Size) {
    group.text = as_address(6, octets);
  } else if (group.id_type == kIdFqdn || group.id_type == kIdUserFqdn) {
    group.text = as_text(octets);
  } else {
    group.text = to_hex(octets);
  }
}

void describe_oid(const wire::Tree& tree, wire::NodeId id, Group& group) {
  const auto oid = tree.find(row("id.data.oid"), id);
  if (!oid) {
    return;
  }
  if (auto text = as_oid(tree.octets(*oid))) {
    group.text = *std::move(text);
  }
  const auto more = tree.find(row("id.data.oid_payload"), id);
  if (more && !tree.octets(*more).empty()) {
    group.text += " " + to_hex(tree.octets(*more));
  }
}

Notice delete_notice(const wire::Tree& tree, wire::NodeId payload) {
  Notice notice{.how = How::kDelete};
  const auto spi = tree.find(row("delete.spi"), payload);
  if (spi && tree.octets(*spi).size() == kCookiePair) {
    notice.names = cookie_of(tree.octets(*spi));
  }
  return notice;
}

std::optional<Notice> notify_notice(const wire::Tree& tree, wire::NodeId payload) {
  const auto type = tree.find_number(row("notify.msgtype"), payload);
  if (!type || !is_error(*type)) {
    return std::nullopt;
  }
  Notice notice{.how = How::kNotify, .type = static_cast<std::uint16_t>(*type)};
  const auto spi = tree.find(row("spi"), payload);
  if (spi && tree.octets(*spi).size() == kCookiePair) {
    notice.names = cookie_of(tree.octets(*spi));
  }
  return notice;
}

GmVersion reading_of(const getvpn::VendorIdReading& reading, std::uint64_t frame) {
  using Source = GmVersion::Source;
  GmVersion version;
  version.frame = frame;
  if (reading.version) {
    version.source    = Source::kRule;
    version.version   = reading.version->version;
    version.rule      = reading.version->rule;
    version.synthetic = reading.version->synthetic;
  } else if (!reading.candidates.empty()) {
    version.source  = Source::kCandidate;
    version.version = reading.candidates.front().version;
    version.rule    = reading.candidates.front().rule;
  } else if (reading.name.empty() || reading.masked_cisco_ios) {
    // What the masked vendor ID of Cisco IOS says is only partly known: a version may be in it.
    version.source = Source::kUnknown;
  }
  return version;
}

}  // namespace

std::optional<Header> header_of(const wire::Tree& tree) {
  const auto initiator  = tree.find(row("ispi"));
  const auto responder  = tree.find(row("rspi"));
  const auto message_id = tree.find(row("messageid"));
  if (!initiator || !responder || !message_id || !tree.find(row("length"))) {
    return std::nullopt;
  }
  const auto ours   = cookie_of(tree.octets(*initiator));
  const auto theirs = cookie_of(tree.octets(*responder));
  if (!ours || !theirs) {
    return std::nullopt;
  }
  return Header{*ours, *theirs, static_cast<std::uint32_t>(tree.number(*message_id))};
}

std::optional<Group> group_of(const wire::Tree& tree) {
  const auto id = tree.find(row("payload.id"));
  if (!id) {
    return std::nullopt;
  }
  const auto type   = tree.find_number(row("id.type"), *id);
  const auto octets = tree.octets(*id);
  if (!type || octets.size() < kIdHeader) {
    return std::nullopt;
  }
  Group group;
  group.id_type = static_cast<std::uint8_t>(*type);
  group.octets  = to_bytes(octets.subspan(kIdHeader));
  describe(group);
  if (group.id_type == kIdOid) {
    describe_oid(tree, *id, group);
  }
  return group;
}

std::vector<std::uint64_t> tek_lifetimes_of(const wire::Tree& tree, wire::NodeId sat) {
  std::vector<std::uint64_t> seconds;
  const auto in_seconds = [&](wire::NodeId id) {
    return tables::life_type_of(tree, id).value_or(tables::kLifeTypeSeconds) ==
           tables::kLifeTypeSeconds;
  };
  for (auto id = sat; id < tree.node(sat).end; ++id) {
    const auto of = tree.node(id).row;
    if (of == row("iec61850.remaining_lifetime") ||
        (of == row("ipsec.attr.life_duration") && in_seconds(id))) {
      seconds.push_back(tree.number(id));
    }
  }
  return seconds;
}

Lifetimes lifetimes_of(const wire::Tree& tree) {
  Lifetimes lifetimes;
  for (wire::NodeId id = 0; id < tree.nodes().size(); ++id) {
    const auto of = tree.node(id).row;
    if (of == row("kek.key_lifetime") && !lifetimes.kek) {
      lifetimes.kek = tree.number(id);
    } else if (of == row("sat")) {
      std::ranges::copy(tek_lifetimes_of(tree, id), std::back_inserter(lifetimes.teks));
    }
  }
  return lifetimes;
}

std::optional<KeyDownload> key_download_of(const wire::Tree& tree) {
  const auto payload = tree.find(row("payload.kd"));
  if (!payload) {
    return std::nullopt;
  }
  KeyDownload found;
  for (auto id = *payload; id < tree.node(*payload).end; ++id) {
    if (tree.node(id).row != row("kd.type")) {
      continue;
    }
    switch (tree.number(id)) {  // RFC 6407 section 5.6
      case 1:
        ++found.teks;
        break;
      case 2:
        ++found.keks;
        break;
      case 3:
        ++found.lkhs;
        break;
      case 4:
        ++found.sids;
        break;
      default:
        ++found.other;
    }
  }
  return found;
}

std::optional<keys::KekSpi> kek_spi_of(const wire::Tree& tree) {
  const auto node = tree.find(row("sak.spi"));
  keys::KekSpi spi{};
  if (!node || tree.octets(*node).size() != spi.size()) {
    return std::nullopt;
  }
  std::ranges::copy(tree.octets(*node), spi.begin());
  return spi;
}

std::optional<keys::KekSpi> rekey_spi_of(const wire::Tree& tree) {
  const auto header = header_of(tree);
  if (!header) {
    return std::nullopt;
  }
  keys::KekSpi spi{};
  std::ranges::copy(header->responder, std::ranges::copy(header->initiator, spi.begin()).out);
  return spi;
}

std::optional<std::uint32_t> sequence_of(const wire::Tree& tree) {
  const auto number = tree.find_number(row("seq"));
  return number ? std::optional(static_cast<std::uint32_t>(*number)) : std::nullopt;
}

std::vector<std::uint64_t> sender_ids_of(const wire::Tree& tree) {
  std::vector<std::uint64_t> ids;
  for (wire::NodeId id = 0; id < tree.nodes().size() && ids.size() < kMaxSenderIds; ++id) {
    if (tree.node(id).row == row("sid.value")) {
      ids.push_back(tree.number(id));
    }
  }
  return ids;
}

std::vector<Notice> notices_of(const wire::Tree& tree) {
  std::vector<Notice> notices;
  for (wire::NodeId id = 0; id < tree.nodes().size(); ++id) {
    const auto of = tree.node(id).row;
    if (of == row("payload.notify")) {
      if (auto notice = notify_notice(tree, id)) {
        notices.push_back(*notice);
      }
    } else if (of == row("payload.delete")) {
      notices.push_back(delete_notice(tree, id));
    }
  }
  return notices;
}

bool is_probe(const wire::Tree& tree) {
  for (wire::NodeId id = 0; id < tree.nodes().size(); ++id) {
    if (tree.node(id).row == row("vid_bytes") &&
        equal(tree.octets(id), getvpn::probe_vendor_id())) {
      return true;
    }
  }
  return false;
}

void read_version(const wire::Tree& tree, const keys::Cookie& sender, std::uint64_t frame,
                  const getvpn::VersionRules& rules, GmVersion& version) {
  for (wire::NodeId id = 0; id < tree.nodes().size(); ++id) {
    if (tree.node(id).row != row("vid_bytes")) {
      continue;
    }
    auto reading = reading_of(rules.read(tree.octets(id), sender), frame);
    if (reading.source > version.source) {
      version = std::move(reading);
    }
  }
}

}  // namespace gdoi::registration
