#pragma once

#include "protocol/base/result.h"
#include "protocol/wire/document.h"

#include <variant>

namespace gdoi::wire {

/// What a row of a structure holds.
struct Setting {
  RowId row;
  std::variant<std::uint64_t, Bytes> value;
};

/// A structure to be composed: the values of its rows and the members of its list. Rows that are
/// not named are 0 or have no octets; lengths, counts, sizes and next-payload fields are filled in.
struct Part {
  std::uint32_t type = 0;         ///< payload or attribute type; 0 for an element or an SPI
  std::vector<Setting> values{};  ///< of an attribute or SPI: one setting, its row is not looked at
  std::vector<Part> parts{};      ///< payloads, proposals, attributes, key packets, SPIs
  std::optional<Bytes> body{};    ///< instead of both: a payload's octets behind its header
};

/// An attribute with a number: TV where its class and the number allow it (RFC 2408 section 3.3).
[[nodiscard]] Part attribute(std::uint32_t type, std::uint64_t number);
[[nodiscard]] Part attribute(std::uint32_t type, Bytes octets);

/// Builds a datagram from values, with no octets written by hand. Where its layout takes no
/// payloads (the encryption flag is set), `message.parts` become the document's plaintext: encrypt
/// `encode(document, document.plaintext())` with its padding, then set the ciphertext leaf with an
/// Editor, and the Length follows. Errors name the row that has no place or does not fit.
[[nodiscard]] Result<Document> compose(const Schema& schema, const Part& message);

}  // namespace gdoi::wire
