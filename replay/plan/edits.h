#pragma once

#include "engine/credentials.h"
#include "engine/types.h"
#include "keyserver/policy.h"
#include "protocol/base/result.h"
#include "protocol/wire/compose.h"
#include "protocol/wire/document.h"

#include <vector>

/// Changes to captured messages, and parts of composed ones.
namespace gdoi::plan {

/// A payload with `count` octets in its one field.
[[nodiscard]] wire::Part octets_of(std::uint32_t type, wire::RowId field, std::size_t count);

/// ID payload body (RFC 2407 section 4.6.2): protocol and port are 0.
[[nodiscard]] Bytes id_body(const keyserver::GroupIdentity& identity);

/// Payloads of a message in clear, as parts of a new one.
[[nodiscard]] std::vector<wire::Part> payloads_of(const wire::Document& document);

/// Puts `vendor_id` in the place of this project's vendor ID of another version; whether there was
/// one.
[[nodiscard]] Result<bool> replace_version(wire::Document& document, ByteView vendor_id);

/// CERT payloads of a chain, X.509 for signatures (RFC 2408 section 3.9).
[[nodiscard]] std::vector<wire::Part> certificates_of(const engine::Credentials& credentials);

/// CERTREQ for the first authority that is believed (RFC 2408 section 3.10).
[[nodiscard]] wire::Part certificate_request(const engine::Credentials& credentials);

/// Makes a message prove its sender by certificates and a signature, or without credentials by a
/// HASH: those payloads stand where the captured proof stood, its octets are to be computed.
[[nodiscard]] Status set_up_proof(wire::Document& document, const engine::Credentials* credentials);

/// Lets every CERTREQ name the authority that is believed; how many there were.
[[nodiscard]] Result<std::size_t> replace_certificate_requests(
    wire::Document& document, const engine::Credentials& credentials);

/// Adds a payload behind the others of the message.
[[nodiscard]] Status append_payload(wire::Document& document, const wire::Part& payload);

/// Sets every phase-1 life duration in seconds; how many there were.
[[nodiscard]] Result<std::size_t> set_lifetime(wire::Document& document, std::uint32_t seconds);

}  // namespace gdoi::plan
