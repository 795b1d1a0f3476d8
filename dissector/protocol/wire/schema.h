#pragma once

#include "protocol/wire/field.h"

#include <span>
#include <string_view>

namespace gdoi::wire {

/// A structure of the wire: rows [first, first + count) of the schema's row array.
struct Layout {
  std::string_view name;
  RowId first         = 0;
  std::uint16_t count = 0;
};

/// One choice of a selector.
struct Case {
  std::uint32_t value;
  LayoutId layout;
};

/// "The value of `role`, masked, picks the layout." A mask of 0 means all bits.
struct Selector {
  Role role;
  std::uint32_t mask;
  std::span<const Case> cases;
  LayoutId otherwise;
};

/// Which payload types a chain knows. Types not listed are decoded as `unknown`.
struct Chain {
  std::span<const Case> payloads;
  LayoutId unknown;
};

/// Everything that the engines (decode, encode, edit, print) need to know of a protocol. An
/// attribute set is a layout with a fixed order: group, type word with its kBit rows, value length,
/// value of unknown types, then one row for each attribute type (`key`).
struct Schema {
  std::span<const Field> rows;
  std::span<const Layout> layouts;
  std::span<const Selector> selectors;
  std::span<const Chain> chains;
  LayoutId message;    ///< a whole datagram
  LayoutId keepalive;  ///< a NAT keepalive (RFC 3948 section 2.3)
  LayoutId marked;     ///< a non-ESP marker and then a message (RFC 3948 section 2.2)
  LayoutId plaintext;  ///< what a decrypted message holds
  RowId trailing;      ///< octets after the last field of a structure
  RowId truncated;     ///< octets of a field that is cut short
  RowId padding;       ///< octets after the last payload
};

/// The rows of an attribute set that every attribute has.
struct AttributeRows {
  RowId type;    ///< type word: AF bit and type
  RowId length;  ///< of a TLV's value
  RowId value;   ///< of a type that the set does not know
};

[[nodiscard]] AttributeRows attribute_rows(const Schema& schema, LayoutId set);

/// The row of an attribute type in a set, or kNoRow.
[[nodiscard]] RowId attribute_row(const Schema& schema, LayoutId set, std::uint32_t type);

}  // namespace gdoi::wire
