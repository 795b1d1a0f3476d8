#pragma once

#include "protocol/tables/ids.h"
#include "protocol/tables/numbers_gdoi.h"
#include "protocol/tables/numbers_isakmp.h"

/// SA TEK for IEC 61850 (RFC 8052 section 2.2). The examples of its appendix A disagree with its
/// own registries and are not followed.
namespace gdoi::tables {

inline constexpr Row kSatIec61850Rows[] = {
    size(1, "iec61850.oid_length", "OID Length").from("RFC 8052 section 2.2"),
    sized("iec61850.oid", "OID"),
    size(2, "iec61850.oid_payload_length", "OID Specific Payload Length"),
    sized("iec61850.oid_payload", "OID Specific Payload"),
    uint(4, "iec61850.spi", "SPI").shown(wire::Show::kHex),
    uint(2, "iec61850.authentication", "Authentication Algorithm")
        .named(kIecAuthentication)
        .from("RFC 8052 section 2.2.2"),
    uint(2, "iec61850.confidentiality", "Confidentiality Algorithm")
        .named(kIecConfidentiality)
        .from("RFC 8052 section 2.2.3"),
    uint(4, "iec61850.remaining_lifetime", "Remaining Lifetime").shown(wire::Show::kSeconds),
    attributes(L::kSaDataAttributes),
};

// RFC 8052 section 2.2.4
inline constexpr Row kSaDataAttributesRows[] = {
    group("iec61850.attr", "SA Data Attribute")
        .named(kSaDataAttributes)
        .from("RFC 8052 section 2.2.4"),
    uint(2, "iec61850.attr.word", "Format and type").shown(wire::Show::kHex),
    bits(2, 0x8000, "iec61850.attr.format", "Format").named(kAttributeFormats),
    bits(2, 0x7fff, "iec61850.attr.type", "Type").named(kSaDataAttributes),
    leaf(wire::Kind::kValueLength, 2, "iec61850.attr.length", "Length"),
    octets(0, "iec61850.attr.value", "Value"),
    number(1, "iec61850.sa_atd", "Activation Time Delay", wire::Form::kVariable)
        .shown(wire::Show::kSeconds)
        .from("RFC 8052 section 2.2.4.1"),
    basic(2, "iec61850.sa_kda", "Key Delivery Assurance").from("RFC 8052 section 2.2.4.2"),
};

}  // namespace gdoi::tables
