#pragma once

#include "protocol/tables/ids.h"
#include "protocol/tables/numbers_gdoi.h"
#include "protocol/tables/numbers_isakmp.h"
#include "protocol/tables/numbers_phase1.h"

/// The SA of a GROUPKEY-PULL or -PUSH: SA KEK, GAP and SA TEK (RFC 6407 sections 5.2 to 5.5).
namespace gdoi::tables {

inline constexpr Row kSaByDoiRows[] = {select(S::kSaDoi)};

// RFC 6407 section 5.2. RFC 3547 calls the first field one octet in its text and draws two.
inline constexpr Row kGdoiSaRows[] = {
    first_below(2, "sa.next_attribute_payload", "SA Attribute Next Payload")
        .named(kPayloadTypes)
        .from("RFC 6407 section 5.2"),
    include(L::kReserved2),
    chain(C::kSa),
};

// RFC 6407 section 5.3. Erratum 3598: there is no DST ID Prot octet.
inline constexpr Row kSakRows[] = {
    group("sak", "SA KEK", 15).from("RFC 6407 section 5.3"),
    include(L::kGeneric),
    uint(1, "sak.protocol", "Protocol").named(kIpProtocols),
    include(L::kSakSource),
    include(L::kSakDestination),
    octets(16, "sak.spi", "SPI"),
    reserved(4, "sak.reserved2", "Reserved2 (RFC 3547: POP Algorithm and POP Key Length)"),
    // gdoid's newest source puts two more octets here (captures/README.md, departures).
    leaf(wire::Kind::kResync, 2, "sak.extra", "Octets that RFC 6407 does not have")
        .of(L::kKekAttributes)
        .shown(wire::Show::kOctets),
    attributes(L::kKekAttributes),
};
inline constexpr Row kSakSourceRows[] = {
    group("sak.src", "SRC ID"),
    uint(1, "sak.src.id_type", "SRC ID Type").named(kIdTypes).steering(wire::Role::kIdType),
    uint(2, "sak.src.port", "SRC ID Port"),
    size(1, "sak.src.length", "SRC ID Data Len"),
    sized_select(S::kIdData),
};
inline constexpr Row kSakDestinationRows[] = {
    group("sak.dst", "DST ID"),
    uint(1, "sak.dst.id_type", "DST ID Type").named(kIdTypes).steering(wire::Role::kIdType),
    uint(2, "sak.dst.port", "DST ID Port"),
    size(1, "sak.dst.length", "DST ID Data Len"),
    sized_select(S::kIdData),
};

// RFC 6407 section 5.3.1, RFC 8263 section 2
inline constexpr Row kKekAttributesRows[] = {
    group("kek.attr", "KEK Attribute").named(kKekAttributes).from("RFC 6407 section 5.3"),
    uint(2, "kek.attr.word", "Format and type").shown(wire::Show::kHex),
    bits(2, 0x8000, "kek.attr.format", "Format").named(kAttributeFormats),
    bits(2, 0x7fff, "kek.attr.type", "Type").named(kKekAttributes),
    leaf(wire::Kind::kValueLength, 2, "kek.attr.length", "Length"),
    octets(0, "kek.attr.value", "Value"),
    basic(1, "kek.management_algorithm", "KEK Management Algorithm")
        .named(kKekManagement)
        .from("RFC 6407 section 5.3.1"),
    basic(2, "kek.algorithm", "KEK Algorithm").named(kKekAlgorithms).from("RFC 6407 section 5.3.2"),
    basic(3, "kek.key_length", "KEK Key Length")
        .shown(wire::Show::kBits)
        .from("RFC 6407 section 5.3.3"),
    number(4, "kek.key_lifetime", "KEK Key Lifetime", wire::Form::kVariable)
        .shown(wire::Show::kSeconds)
        .from("RFC 6407 section 5.3.4"),
    basic(5, "kek.sig_hash_algorithm", "SIG Hash Algorithm")
        .named(kSigHashes)
        .from("RFC 6407 section 5.3.5"),
    basic(6, "kek.sig_algorithm", "SIG Algorithm")
        .named(kSigAlgorithms)
        .from("RFC 6407 section 5.3.6"),
    basic(7, "kek.sig_key_length", "SIG Key Length")
        .shown(wire::Show::kBits)
        .from("RFC 6407 section 5.3.7"),
    basic(8, "kek.reserved8", "Reserved (RFC 3547: KE_OAKLEY_GROUP)"),
    basic(9, "kek.ack_requested", "KEK Ack Requested").named(kKekAck).from("RFC 8263 section 2"),
};

// RFC 6407 section 5.4; in an SA and, from a GM, in PULL message 3
inline constexpr Row kGapRows[] = {
    group("gap", "Group Associated Policy", 22).from("RFC 6407 section 5.4"),
    include(L::kGeneric),
    attributes(L::kGapAttributes),
};
inline constexpr Row kGapAttributesRows[] = {
    group("gap.attr", "GAP Attribute").named(kGapAttributes).from("RFC 6407 section 5.4"),
    uint(2, "gap.attr.word", "Format and type").shown(wire::Show::kHex),
    bits(2, 0x8000, "gap.attr.format", "Format").named(kAttributeFormats),
    bits(2, 0x7fff, "gap.attr.type", "Type").named(kGapAttributes),
    leaf(wire::Kind::kValueLength, 2, "gap.attr.length", "Length"),
    octets(0, "gap.attr.value", "Value"),
    basic(1, "gap.activation_time_delay", "Activation Time Delay")
        .shown(wire::Show::kSeconds)
        .from("RFC 6407 section 5.4.1"),
    basic(2, "gap.deactivation_time_delay", "Deactivation Time Delay")
        .shown(wire::Show::kSeconds)
        .from("RFC 6407 section 5.4.1"),
    basic(3, "gap.sender_id_request", "Sender ID Request").from("RFC 6407 section 5.4.2"),
};

// RFC 6407 section 5.5
inline constexpr Row kSatRows[] = {
    group("sat", "SA TEK", 16).from("RFC 6407 section 5.5"),
    include(L::kGeneric),
    uint(1, "sat.protocol_id", "Protocol ID")
        .named(kTekProtocols)
        .steering(wire::Role::kTekProtocol),
    select(S::kTekProtocol),
};
// RFC 6407 section 5.5.1
inline constexpr Row kSatEspRows[] = {
    include(L::kSatSelectors),
    uint(1, "sat.esp_transform", "Transform ID")
        .named(kEspTransforms)
        .from("RFC 6407 section 5.5.1"),
    include(L::kSatTail),
};
inline constexpr Row kSatAhRows[] = {
    include(L::kSatSelectors),
    uint(1, "sat.ah_transform", "Transform ID").named(kAhTransforms).from("RFC 6407 section 5.5.1"),
    include(L::kSatTail),
};
inline constexpr Row kSatOtherRows[] = {octets(0, "sat.data", "Policy of an unknown TEK protocol")};
inline constexpr Row kSatSelectorsRows[] = {
    uint(1, "sat.protocol", "Protocol").named(kIpProtocols),
    include(L::kSatSource),
    include(L::kSatDestination),
};
inline constexpr Row kSatSourceRows[] = {
    group("sat.src", "SRC ID"),
    uint(1, "sat.src.id_type", "SRC ID Type").named(kIdTypes).steering(wire::Role::kIdType),
    uint(2, "sat.src.port", "SRC ID Port"),
    size(1, "sat.src.length", "SRC ID Data Len"),
    sized_select(S::kIdData),
};
inline constexpr Row kSatDestinationRows[] = {
    group("sat.dst", "DST ID"),
    uint(1, "sat.dst.id_type", "DST ID Type").named(kIdTypes).steering(wire::Role::kIdType),
    uint(2, "sat.dst.port", "DST ID Port"),
    size(1, "sat.dst.length", "DST ID Data Len"),
    sized_select(S::kIdData),
};
inline constexpr Row kSatTailRows[] = {
    uint(4, "sat.spi", "SPI").shown(wire::Show::kHex),
    attributes(L::kIpsecAttributes),
};

}  // namespace gdoi::tables
