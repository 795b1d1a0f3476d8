#include "unit/wire/small_schema.h"

#include <array>

namespace gdoi::small {
namespace {

using wire::Field;
using wire::Kind;
using wire::Show;

constexpr wire::Name kTypeNames[] = {
    {0, 0, "none"     },
    {1, 1, "list"     },
    {2, 2, "text"     },
    {3, 3, "SPIs"     },
    {4, 4, "addresses"}
};
constexpr wire::Names kTypes = {"types", "of the test", kTypeNames};

constexpr Field leaf(Kind kind, std::uint8_t width, std::string_view filter, std::string_view label,
                     Show show = Show::kDec) {
  Field field;
  field.kind   = kind;
  field.width  = width;
  field.filter = filter;
  field.label  = label;
  field.show   = show;
  return field;
}

constexpr Field to(Kind kind, std::uint16_t arg) {
  Field field;
  field.kind = kind;
  field.arg  = arg;
  return field;
}

constexpr Field next(std::string_view filter) {
  auto field  = leaf(Kind::kNext, 1, filter, "Next payload");
  field.names = &kTypes;
  return field;
}

constexpr Field keyed(Field field, std::uint32_t key) {
  field.key = key;
  return field;
}

constexpr Field bit(std::uint32_t mask, std::string_view filter, std::string_view label) {
  auto field = leaf(Kind::kBit, 1, filter, label);
  field.mask = mask;
  return field;
}

constexpr std::array<Field, kRows> kFields = {
    leaf(Kind::kGroup, 0, "message", "Message"),
    next("first"),
    leaf(Kind::kLength, 2, "length", "Length"),
    to(Kind::kChain, 0),
    next("next"),
    leaf(Kind::kLength, 2, "payload_length", "Payload length"),
    leaf(Kind::kGroup, 0, "payload.list", "List"),
    to(Kind::kInclude, kGenericLayout),
    leaf(Kind::kCount, 1, "list.count", "Elements"),
    to(Kind::kElements, kElementLayout),
    leaf(Kind::kGroup, 0, "element", "Element"),
    leaf(Kind::kUint, 1, "element.type", "Type"),
    leaf(Kind::kSize, 1, "element.size", "Name size"),
    leaf(Kind::kLength, 2, "element.length", "Element length"),
    leaf(Kind::kSized, 0, "element.name", "Name", Show::kOctets),
    to(Kind::kAttributes, kAttributeSet),
    leaf(Kind::kGroup, 0, "payload.text", "Text"),
    to(Kind::kInclude, kGenericLayout),
    leaf(Kind::kText, 0, "text", "Words", Show::kText),
    leaf(Kind::kGroup, 0, "attribute", "Attribute"),
    leaf(Kind::kUint, 2, "attribute.word", "Format and type", Show::kHex),
    bit(0x8000, "attribute.format", "Format"),
    leaf(Kind::kValueLength, 2, "attribute.length", "Length"),
    leaf(Kind::kBytes, 0, "attribute.value", "Value", Show::kOctets),
    keyed(leaf(Kind::kUint, 0, "lifetime", "Lifetime", Show::kSeconds), 1),
    keyed(leaf(Kind::kUint, 0, "created", "Created", Show::kTime), 2),
    leaf(Kind::kGroup, 0, "payload.spis", "SPIs"),
    to(Kind::kInclude, kGenericLayout),
    leaf(Kind::kSize, 1, "spis.size", "SPI size"),
    leaf(Kind::kCount, 1, "spis.count", "SPIs"),
    to(Kind::kItems, 0),
    leaf(Kind::kSized, 0, "spis.spi", "SPI", Show::kOctets),
    leaf(Kind::kGroup, 0, "payload.unknown", "Unknown"),
    to(Kind::kInclude, kGenericLayout),
    leaf(Kind::kBytes, 0, "unknown.octets", "Octets", Show::kOctets),
    leaf(Kind::kGroup, 0, "payload.address", "Addresses"),
    to(Kind::kInclude, kGenericLayout),
    leaf(Kind::kIpv4, 0, "address.v4", "IPv4"),
    leaf(Kind::kIpv6, 0, "address.v6", "IPv6"),
    leaf(Kind::kUint, 1, "address.flags", "Flags", Show::kHex),
    bit(0x01, "address.flags.low", "Low"),
    bit(0xf0, "address.flags.high", "High"),
    leaf(Kind::kBytes, 0, "trailing", "Trailing", Show::kOctets),
    leaf(Kind::kBytes, 0, "truncated", "Truncated", Show::kOctets),
    leaf(Kind::kBytes, 0, "padding", "Padding", Show::kOctets),
};

constexpr wire::Layout layout(std::string_view name, Row first, Row end) {
  return {name, first, static_cast<std::uint16_t>(end - first)};
}

constexpr std::array kLayouts = {
    layout("Message", kMessage, kGenericNext),
    layout("Generic", kGenericNext, kList),
    layout("List", kList, kElement),
    layout("Element", kElement, kText),
    layout("Text", kText, kAttribute),
    layout("Attribute", kAttribute, kSpis),
    layout("Spis", kSpis, kUnknown),
    layout("Unknown", kUnknown, kAddressPayload),
    layout("Address", kAddressPayload, kTrailing),
};

constexpr wire::Case kPayloads[] = {
    {1, kListLayout   },
    {2, kTextLayout   },
    {3, kSpisLayout   },
    {4, kAddressLayout}
};
constexpr std::array kChains = {
    wire::Chain{kPayloads, kUnknownLayout}
};

constexpr wire::Schema kSchema = {
    .rows      = kFields,
    .layouts   = kLayouts,
    .selectors = {},
    .chains    = kChains,
    .message   = kMessageLayout,
    .keepalive = kUnknownLayout,
    .marked    = kTextLayout,
    .plaintext = kMessageLayout,
    .trailing  = kTrailing,
    .truncated = kTruncated,
    .padding   = kPadding,
};

}  // namespace

const wire::Schema& schema() {
  return kSchema;
}

}  // namespace gdoi::small
