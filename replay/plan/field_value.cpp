#include "plan/field_value.h"

#include "plan/address.h"
#include "plan/changes.h"
#include "protocol/base/hex.h"
#include "protocol/wire/edit.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <charconv>

namespace gdoi::plan {
namespace {

using wire::Document;
using wire::Editor;
using wire::Kind;
using wire::NodeRef;
using wire::Schema;

constexpr std::string_view kHex      = "0x";
constexpr std::string_view kRandom   = "random:";
constexpr std::string_view kZeros    = "zeros:";
constexpr std::string_view kText     = "text:";
constexpr std::size_t kMostOctets    = 65'535;
constexpr std::size_t kGenericHeader = 4;  // RFC 2408 section 3.2
constexpr std::size_t kIpv4Size      = 4;
constexpr std::size_t kIpv6Size      = 16;
constexpr std::string_view kOctetForms =
    "0x and pairs of hex digits, random:N, zeros:N or text:WORDS";

std::optional<std::uint64_t> number_in(std::string_view text) {
  const bool hex       = text.starts_with(kHex);
  text                 = hex ? text.substr(kHex.size()) : text;
  std::uint64_t number = 0;
  const auto* const to = text.data() + text.size();
  const auto parsed    = std::from_chars(text.data(), to, number, hex ? 16 : 10);
  return !text.empty() && parsed.ec == std::errc() && parsed.ptr == to ? std::optional(number)
                                                                       : std::nullopt;
}

std::optional<Bytes> octets_in(std::string_view text, engine::Random& random) {
  if (text.starts_with(kHex)) {
    return from_hex(text.substr(kHex.size()));
  }
  if (text.starts_with(kText)) {
    return to_bytes(bytes_of(text.substr(kText.size())));
  }
  for (const auto form : {kRandom, kZeros}) {
    const auto count = text.starts_with(form) ? number_in(text.substr(form.size())) : std::nullopt;
    if (count && *count <= kMostOctets) {
      Bytes made(static_cast<std::size_t>(*count));
      if (form == kRandom) {
        random.fill(made);
      }
      return made;
    }
  }
  return std::nullopt;
}

bool same_name(std::string_view a, std::string_view b) {
  const auto plain = [](char c) {
    return c == ' ' || c == '_' ? '-'
                                : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  };
  return std::ranges::equal(a, b, {}, plain, plain);
}

std::optional<std::uint64_t> named_number(const wire::Names* names, std::string_view text) {
  if (names != nullptr) {
    for (const auto& one : names->names) {
      if (one.first == one.last && same_name(one.text, text)) {
        return one.first;
      }
    }
  }
  return std::nullopt;
}

std::optional<Bytes> address_in(Kind kind, std::string_view text) {
  Bytes octets(kind == Kind::kIpv4 ? kIpv4Size : kIpv6Size);
  const auto family = kind == Kind::kIpv4 ? AF_INET : AF_INET6;
  return inet_pton(family, std::string(text).c_str(), octets.data()) == 1 ? std::optional(octets)
                                                                          : std::nullopt;
}

Status set_number(Document& document, NodeRef field, std::string_view text) {
  const auto& names = document.row(field).names;
  auto number       = number_in(text);
  number            = number ? number : named_number(names, text);
  if (!number) {
    return Error{fmt::format(
        "{} is no number{}", text,
        names != nullptr ? fmt::format(" and no name of {}", names->registry) : std::string())};
  }
  return Editor(document).set_number(field, *number);
}

Result<std::uint32_t> type_in(std::string_view text, const std::vector<std::string>& names,
                              const std::vector<std::uint32_t>& types, std::uint32_t most,
                              std::string_view what) {
  if (const auto number = number_in(text); number && *number <= most) {
    return static_cast<std::uint32_t>(*number);
  }
  const auto found =
      std::ranges::find_if(names, [&](const std::string& one) { return same_name(one, text); });
  if (found == names.end()) {
    return Error{fmt::format("there is no {} {}; there are {}, and any number to {}", what, text,
                             fmt::join(names, ", "), most)};
  }
  return types[static_cast<std::size_t>(found - names.begin())];
}

std::string short_name(std::string_view filter) {
  return std::string(filter.substr(filter.rfind('.') + 1));
}

Result<std::uint32_t> payload_type(const Schema& schema, std::uint16_t chain,
                                   std::string_view text) {
  std::vector<std::string> names;
  std::vector<std::uint32_t> types;
  for (const auto& one : schema.chains[chain].payloads) {
    names.push_back(short_name(schema.rows[schema.layouts[one.layout].first].filter));
    types.push_back(one.value);
  }
  constexpr std::uint32_t kMost = 0xff;
  return type_in(text, names, types, kMost, "payload");
}

Result<std::uint32_t> attribute_type(const Schema& schema, wire::LayoutId set,
                                     std::string_view text) {
  std::vector<std::string> names;
  std::vector<std::uint32_t> types;
  const auto& layout = schema.layouts[set];
  for (std::size_t i = layout.first; i < std::size_t{layout.first} + layout.count; ++i) {
    const auto& row = schema.rows[i];
    if (row.key != 0 && row.kind != Kind::kGroup && row.kind != Kind::kBit) {
      names.push_back(short_name(row.filter));
      types.push_back(row.key);
    }
  }
  constexpr std::uint32_t kMost = 0x7fff;
  return type_in(text, names, types, kMost, "attribute");
}

Error no_octets(std::string_view text) {
  return {fmt::format("{} is not {}", text.empty() ? "nothing" : text, kOctetForms)};
}

}  // namespace

Status set_field(Document& document, NodeRef field, std::string_view text, engine::Random& random) {
  const auto& row = document.row(field);
  if (document.value(field).width > 0) {
    return set_number(document, field, text);
  }
  auto octets = octets_in(text, random);
  if (!octets && (row.kind == Kind::kIpv4 || row.kind == Kind::kIpv6)) {
    octets = address_in(row.kind, text);
    return octets
               ? Editor(document).set_octets(field, *octets)
               : Status(Error{fmt::format("{} is neither an address nor {}", text, kOctetForms)});
  }
  if (!octets && row.kind == Kind::kText) {
    octets = to_bytes(bytes_of(text));
  }
  return octets ? Editor(document).set_octets(field, *octets) : Status(no_octets(text));
}

Result<Member> member_octets(const Document& document, NodeRef parent, std::string_view type,
                             std::string_view value, engine::Random& random) {
  const auto& schema = document.schema();
  const auto& list   = document.link(parent).list;
  if (list.kind == wire::ListKind::kElements || list.kind == wire::ListKind::kItems) {
    auto octets = octets_in(type, random);
    return octets && value.empty() ? Result(Member{0, std::move(*octets)})
                                   : Result<Member>(no_octets(type));
  }
  const bool attributes = list.kind == wire::ListKind::kAttributes;
  const auto number =
      attributes ? attribute_type(schema, list.arg, type) : payload_type(schema, list.arg, type);
  if (!number) {
    return number.error();
  }
  if (attributes) {
    if (const auto plain = value.starts_with(kHex) ? std::nullopt : number_in(value)) {
      return Member{0, wire::attribute_octets(schema, list.arg, *number, *plain)};
    }
  }
  const auto body = octets_in(value, random);
  if (!body) {
    return value.empty() ? Error{fmt::format("add wants a value: add {} {}", type,
                                             attributes ? "and a number, or 0x..." : "0x...")}
                         : no_octets(value);
  }
  if (attributes) {
    return Member{0, wire::attribute_octets(schema, list.arg, *number, *body)};
  }
  if (body->size() + kGenericHeader > kMostOctets) {
    return Error{"a payload has at most 65535 octets"};
  }
  Bytes octets;
  append_uint(octets, 0, 2);
  append_uint(octets, body->size() + kGenericHeader, 2);
  append(octets, *body);
  return Member{*number, std::move(octets)};
}

}  // namespace gdoi::plan
