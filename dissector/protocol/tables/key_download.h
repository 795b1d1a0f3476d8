#pragma once

#include "protocol/tables/ids.h"
#include "protocol/tables/numbers_gdoi.h"
#include "protocol/tables/numbers_isakmp.h"

/// The Key Download payload (RFC 6407 section 5.6).
namespace gdoi::tables {

inline constexpr Row kKdRows[] = {
    group("payload.kd", "Key Download", 17).from("RFC 6407 section 5.6"),
    include(L::kGeneric),
    count(2, "kd.packets", "Number of Key Packets"),
    include(L::kReserved2),
    elements(L::kKeyPacket),
};

inline constexpr Row kKeyPacketRows[] = {
    group("kd.packet", "Key Packet").from("RFC 6407 section 5.6"),
    uint(1, "kd.type", "KD Type").named(kKdTypes).steering(wire::Role::kKdType),
    include(L::kReserved1),
    length(2, "kd.length", "KD Length"),
    include(L::kSpiSize),
    include(L::kSpi),
    select(S::kKdType),
};
inline constexpr Row kKdTekRows[]   = {attributes(L::kTekKeyAttributes)};
inline constexpr Row kKdKekRows[]   = {attributes(L::kKekKeyAttributes)};
inline constexpr Row kKdLkhRows[]   = {attributes(L::kLkhAttributes)};
inline constexpr Row kKdSidRows[]   = {attributes(L::kSidAttributes)};
inline constexpr Row kKdOtherRows[] = {
    octets(0, "kd.data", "Key packet of an unknown type").shown(wire::Show::kSecret)};

// RFC 6407 section 5.6.1
inline constexpr Row kTekKeyAttributesRows[] = {
    group("tek_key.attr", "TEK Key Attribute")
        .named(kTekKeyAttributes)
        .from("RFC 6407 section 5.6.1"),
    uint(2, "tek_key.attr.word", "Format and type").shown(wire::Show::kHex),
    bits(2, 0x8000, "tek_key.attr.format", "Format").named(kAttributeFormats),
    bits(2, 0x7fff, "tek_key.attr.type", "Type").named(kTekKeyAttributes),
    leaf(wire::Kind::kValueLength, 2, "tek_key.attr.length", "Length"),
    octets(0, "tek_key.attr.value", "Value").shown(wire::Show::kSecret),
    value(1, "tek_key.algorithm_key", "TEK Algorithm Key", wire::Form::kVariable)
        .shown(wire::Show::kSecret)
        .from("RFC 6407 section 5.6.1.1"),
    value(2, "tek_key.integrity_key", "TEK Integrity Key", wire::Form::kVariable)
        .shown(wire::Show::kSecret)
        .from("RFC 6407 section 5.6.1.2"),
    value(3, "tek_key.source_auth_key", "TEK Source Authentication Key", wire::Form::kVariable)
        .shown(wire::Show::kSecret)
        .from("RFC 6407 section 5.6.1.3"),
};

// RFC 6407 section 5.6.2
inline constexpr Row kKekKeyAttributesRows[] = {
    group("kek_key.attr", "KEK Key Attribute")
        .named(kKekKeyAttributes)
        .from("RFC 6407 section 5.6.2"),
    uint(2, "kek_key.attr.word", "Format and type").shown(wire::Show::kHex),
    bits(2, 0x8000, "kek_key.attr.format", "Format").named(kAttributeFormats),
    bits(2, 0x7fff, "kek_key.attr.type", "Type").named(kKekKeyAttributes),
    leaf(wire::Kind::kValueLength, 2, "kek_key.attr.length", "Length"),
    octets(0, "kek_key.attr.value", "Value").shown(wire::Show::kSecret),
    value(1, "kek_key.algorithm_key", "KEK Algorithm Key (IV and key)", wire::Form::kVariable)
        .shown(wire::Show::kSecret)
        .from("RFC 6407 section 5.6.2.1"),
    value(2, "kek_key.sig_algorithm_key", "SIG Algorithm Key (public)", wire::Form::kVariable)
        .from("RFC 6407 section 5.6.2.2"),
};

// RFC 6407 section 5.6.3
inline constexpr Row kLkhAttributesRows[] = {
    group("lkh.attr", "LKH Attribute").named(kLkhAttributes).from("RFC 6407 section 5.6.3"),
    uint(2, "lkh.attr.word", "Format and type").shown(wire::Show::kHex),
    bits(2, 0x8000, "lkh.attr.format", "Format").named(kAttributeFormats),
    bits(2, 0x7fff, "lkh.attr.type", "Type").named(kLkhAttributes),
    leaf(wire::Kind::kValueLength, 2, "lkh.attr.length", "Length"),
    octets(0, "lkh.attr.value", "Value").shown(wire::Show::kSecret),
    attribute(wire::Kind::kInclude, 1, "", "", wire::Form::kVariable).of(L::kLkhDownload),
    attribute(wire::Kind::kInclude, 2, "", "", wire::Form::kVariable).of(L::kLkhUpdate),
    value(3, "lkh.sig_algorithm_key", "SIG Algorithm Key (public)", wire::Form::kVariable)
        .from("RFC 6407 section 5.6.3.3"),
};

// RFC 6407 section 5.6.3.1
inline constexpr Row kLkhDownloadRows[] = {
    group("lkh.download", "LKH Download Array").from("RFC 6407 section 5.6.3.1"),
    include(L::kLkhHead),
    elements(L::kLkhKey),
};
// RFC 6407 section 5.6.3.2
inline constexpr Row kLkhUpdateRows[] = {
    group("lkh.update", "LKH Update Array").from("RFC 6407 section 5.6.3.2"),
    include(L::kLkhHead),
    uint(2, "lkh.update.id", "LKH ID"),
    include(L::kReserved2),
    uint(4, "lkh.update.handle", "Key Handle").shown(wire::Show::kHex),
    elements(L::kLkhKey),
};
inline constexpr Row kLkhHeadRows[] = {
    uint(1, "lkh.version", "LKH Version"),
    count(2, "lkh.keys", "Number of LKH Keys"),
    include(L::kReserved1),
};
inline constexpr Row kLkhKeyRows[] = {
    group("lkh.key", "LKH Key").from("RFC 6407 section 5.6.3.1"),
    uint(2, "lkh.key.id", "LKH ID"),
    uint(1, "lkh.key.type", "Key Type").named(kKekAlgorithms).steering(wire::Role::kKeyType),
    include(L::kReserved1),
    uint(4, "lkh.key.creation", "Key Creation Date").shown(wire::Show::kTime),
    uint(4, "lkh.key.expiration", "Key Expiration Date").shown(wire::Show::kTime),
    uint(4, "lkh.key.handle", "Key Handle").shown(wire::Show::kHex),
    select(S::kLkhKeyType),
};
// There is no length: IV and key of DES and 3DES are known, else the keys share what is left.
inline constexpr Row kLkhDesKeyRows[] = {
    octets(16, "lkh.key.des", "Key Data (IV and key)").shown(wire::Show::kSecret)};
inline constexpr Row kLkh3desKeyRows[] = {
    octets(32, "lkh.key.3des", "Key Data (IV and key)").shown(wire::Show::kSecret)};
inline constexpr Row kLkhOtherKeyRows[] = {
    leaf(wire::Kind::kShare, 0, "lkh.key.data", "Key Data (IV and key)")
        .shown(wire::Show::kSecret)};

// RFC 6407 section 5.6.4
inline constexpr Row kSidAttributesRows[] = {
    group("sid.attr", "SID Attribute").named(kSidAttributes).from("RFC 6407 section 5.6.4"),
    uint(2, "sid.attr.word", "Format and type").shown(wire::Show::kHex),
    bits(2, 0x8000, "sid.attr.format", "Format").named(kAttributeFormats),
    bits(2, 0x7fff, "sid.attr.type", "Type").named(kSidAttributes),
    leaf(wire::Kind::kValueLength, 2, "sid.attr.length", "Length"),
    octets(0, "sid.attr.value", "Value"),
    basic(1, "sid.number_of_bits", "Number of SID Bits").from("RFC 6407 section 5.6.4.1"),
    number(2, "sid.value", "SID Value", wire::Form::kVariable).from("RFC 6407 section 5.6.4.2"),
};

}  // namespace gdoi::tables
