#pragma once

#include "protocol/wire/schema.h"

/// How the tables write a row: a factory for its kind, then what else there is to say.
namespace gdoi::tables {

struct Row : wire::Field {
  [[nodiscard]] constexpr Row named(const wire::Names& value) const {
    Row row   = *this;
    row.names = &value;
    return row;
  }

  [[nodiscard]] constexpr Row shown(wire::Show value) const {
    Row row  = *this;
    row.show = value;
    return row;
  }

  [[nodiscard]] constexpr Row steering(wire::Role value) const {
    Row row  = *this;
    row.role = value;
    return row;
  }

  [[nodiscard]] constexpr Row keyed(std::uint32_t value) const {
    Row row = *this;
    row.key = value;
    return row;
  }

  /// The layout of a structure row.
  template <typename Id>
  [[nodiscard]] constexpr Row of(Id id) const {
    Row row = *this;
    row.arg = static_cast<std::uint16_t>(id);
    return row;
  }

  [[nodiscard]] constexpr Row from(std::string_view value) const {
    Row row     = *this;
    row.section = value;
    return row;
  }
};

constexpr Row leaf(wire::Kind kind, std::uint8_t width, std::string_view filter,
                   std::string_view label) {
  Row row;
  row.kind   = kind;
  row.width  = width;
  row.filter = filter;
  row.label  = label;
  return row;
}

/// A structure; `type` is its payload type where it is a payload.
constexpr Row group(std::string_view filter, std::string_view label, std::uint32_t type = 0) {
  return leaf(wire::Kind::kGroup, 0, filter, label).keyed(type);
}

constexpr Row uint(std::uint8_t width, std::string_view filter, std::string_view label) {
  return leaf(wire::Kind::kUint, width, filter, label);
}

constexpr Row reserved(std::uint8_t width, std::string_view filter, std::string_view label) {
  return leaf(wire::Kind::kReserved, width, filter, label).shown(wire::Show::kHex);
}

constexpr Row count(std::uint8_t width, std::string_view filter, std::string_view label) {
  return leaf(wire::Kind::kCount, width, filter, label);
}

constexpr Row size(std::uint8_t width, std::string_view filter, std::string_view label) {
  return leaf(wire::Kind::kSize, width, filter, label);
}

constexpr Row length(std::uint8_t width, std::string_view filter, std::string_view label) {
  return leaf(wire::Kind::kLength, width, filter, label);
}

/// `width` 0: all that is left.
constexpr Row octets(std::uint8_t width, std::string_view filter, std::string_view label) {
  return leaf(wire::Kind::kBytes, width, filter, label).shown(wire::Show::kOctets);
}

constexpr Row sized(std::string_view filter, std::string_view label) {
  return leaf(wire::Kind::kSized, 0, filter, label).shown(wire::Show::kOctets);
}

constexpr Row text(std::string_view filter, std::string_view label) {
  return leaf(wire::Kind::kText, 0, filter, label).shown(wire::Show::kText);
}

constexpr Row ipv4(std::string_view filter, std::string_view label) {
  return leaf(wire::Kind::kIpv4, 0, filter, label);
}

constexpr Row ipv6(std::string_view filter, std::string_view label) {
  return leaf(wire::Kind::kIpv6, 0, filter, label);
}

/// Bits of the leaf before it, `width` octets wide.
constexpr Row bits(std::uint8_t width, std::uint32_t mask, std::string_view filter,
                   std::string_view label) {
  Row row  = leaf(wire::Kind::kBit, width, filter, label);
  row.mask = mask;
  return row;
}

template <typename Id>
constexpr Row structure_row(wire::Kind kind, Id id) {
  Row row;
  row.kind = kind;
  row.arg  = static_cast<std::uint16_t>(id);
  return row;
}

/// Names the first payload inside.
constexpr Row first_below(std::uint8_t width, std::string_view filter, std::string_view label) {
  return leaf(wire::Kind::kNext, width, filter, label).keyed(wire::kFirstBelow);
}

// Attribute values: `type` is the attribute type. B is TV, V is TLV in the table that defines them;
// where a V may also travel as TV (RFC 2408 section 3.3) the form is left open.
constexpr Row attribute(wire::Kind kind, std::uint32_t type, std::string_view filter,
                        std::string_view label, wire::Form form) {
  Row row  = leaf(kind, 0, filter, label).keyed(type);
  row.form = form;
  if (kind == wire::Kind::kBytes) {
    row.show = wire::Show::kOctets;
  }
  return row;
}

constexpr Row basic(std::uint32_t type, std::string_view filter, std::string_view label) {
  return attribute(wire::Kind::kUint, type, filter, label, wire::Form::kBasic);
}

constexpr Row number(std::uint32_t type, std::string_view filter, std::string_view label,
                     wire::Form form = wire::Form::kEither) {
  return attribute(wire::Kind::kUint, type, filter, label, form);
}

constexpr Row value(std::uint32_t type, std::string_view filter, std::string_view label,
                    wire::Form form = wire::Form::kEither) {
  return attribute(wire::Kind::kBytes, type, filter, label, form);
}

}  // namespace gdoi::tables
