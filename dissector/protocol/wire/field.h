#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace gdoi::wire {

/// Index of a row in the one array of all rows (tables/registry.h).
using RowId = std::uint16_t;
/// Index of a layout: a structure of the wire, as a run of rows.
using LayoutId = std::uint16_t;
/// Index of a selector: how a value read before decides what comes next.
using SelectorId = std::uint16_t;

inline constexpr RowId kNoRow = 0xffff;

/// What a row is on the wire. The set is closed; what does not fit is a layout of its own.
enum class Kind : std::uint8_t {
  // A structure. First row of its layout; covers the rows after it, has no octets of its own.
  kGroup,

  // Leaves: octets of the wire.
  kUint,         ///< big-endian number of `width` octets; width 0: all that is left, 1 to 8
  kReserved,     ///< a number that must be 0
  kNext,         ///< type of the next payload; with `key` kFirstBelow: of the first one inside
  kLength,       ///< octets of the structure that it stands in, itself included
  kValueLength,  ///< octets of what follows it in its structure
  kCount,        ///< how many elements or items follow in its layout
  kSize,         ///< octets of the next kSized row or kSizedSelect
  kSized,        ///< as many octets as the last kSize said; `width` is its alignment, and with
                 ///< `key` kInBits the size counts bits
  kIpv4,         ///< 4 octets
  kIpv6,         ///< 16 octets
  kText,         ///< all that is left, as text
  kBytes,        ///< `width` octets; width 0: all that is left
  kShare,        ///< an equal share of what is left for the elements not yet read
  kResync,       ///< `width` octets that are there only if attributes follow them and not before

  // A part of the leaf before it: shown, but no node and no octets of its own.
  kBit,  ///< the bits of `mask`

  // Structure: no node, no octets.
  kInclude,  ///< the layout `arg` at this place; with `key` kOwnStructure lengths in it are its own
  kSelect,   ///< the layout that selector `arg` picks
  kSizedSelect,  ///< the same, in a window of as many octets as the last kSize said
  kAttributes,   ///< attributes of the set (layout) `arg` until the window ends
  kElements,     ///< structures of layout `arg`: as many as kCount said, or until a kNext of 0
  kItems,        ///< the row after it, kSized, as many times as kCount said
  kChain         ///< payloads of chain `arg`, the first named by the last kNext
};

/// Values that steer the decoding of what follows, or that a typed view asks for.
enum class Role : std::uint8_t {
  kNone,
  kVersion,
  kExchange,
  kFlags,
  kDoi,
  kSituation,
  kProtocol,
  kIdType,
  kNotifyType,
  kEncoding,
  kTekProtocol,
  kKdType,
  kKeyType,
  kCount
};

/// How a number or octets are shown.
enum class Show : std::uint8_t {
  kDec,
  kHex,
  kDecHex,
  kSeconds,
  kBits,
  kTime,
  kOctets,
  kText,
  kSecret  ///< octets of a key: our own output says how many, never which
};

/// How RFC tables mark an attribute: B (TV, 4 octets in all) or V (TLV).
enum class Form : std::uint8_t { kEither, kBasic, kVariable };

/// Values of Field::key that change what a kind does.
inline constexpr std::uint32_t kFirstBelow   = 1;
inline constexpr std::uint32_t kInBits       = 1;
inline constexpr std::uint32_t kOwnStructure = 1;

/// Name of a value, or of a range of values.
struct Name {
  std::uint32_t first;
  std::uint32_t last;
  std::string_view text;
};

/// A registry of named values, ranges included, sorted by `first`.
struct Names {
  std::string_view registry;  ///< what IANA or the RFC calls it
  std::string_view source;    ///< RFC section or IANA registry
  std::span<const Name> names;
};

/// A row: one field of the wire, declared once for the decoder, the encoder, Wireshark, `inspect`
/// and the documentation.
struct Field {
  Kind kind          = Kind::kBytes;
  std::uint8_t width = 0;     ///< octets; 0 where the kind says so
  std::string_view filter{};  ///< filter name behind "gdoi."; empty for structure rows
  std::string_view label{};   ///< as Wireshark shows it
  Show show          = Show::kDec;
  const Names* names = nullptr;
  std::uint16_t arg  = 0;  ///< layout, selector or chain of a structure row
  std::uint32_t key  = 0;  ///< kGroup: payload type; in an attribute set: attribute type
  std::uint32_t mask = 0;  ///< kBit
  Role role          = Role::kNone;
  Form form          = Form::kEither;
  std::string_view section{};  ///< RFC section
};

[[nodiscard]] constexpr bool is_leaf(Kind kind) {
  return kind >= Kind::kUint && kind <= Kind::kResync;
}

[[nodiscard]] constexpr bool is_number(Kind kind) {
  return kind >= Kind::kUint && kind <= Kind::kSize;
}

/// The name of a value in a registry; empty where it has none.
[[nodiscard]] constexpr std::string_view name_of(const Names* names, std::uint64_t value) {
  if (names != nullptr) {
    for (const auto& name : names->names) {
      if (value >= name.first && value <= name.last) {
        return name.text;
      }
    }
  }
  return {};
}

}  // namespace gdoi::wire
