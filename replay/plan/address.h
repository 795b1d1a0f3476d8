#pragma once

#include "protocol/base/result.h"
#include "protocol/wire/document.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Names for every place of a message: "mm1/sa/proposal/transform[2]/key_length". The first part is
/// the message (exchange/script.h), the others lead from structure to structure, each by its row's
/// name and, where there are several of it, its number from 1. Steps may be left out as long as one
/// place only is meant: "mm1/transform[2]/key_length". A field may also be called by its filter
/// name, or the beginning of that: "pull1/id.data".
namespace gdoi::plan {

/// One step of an address.
struct AddressStep {
  std::string name;
  std::optional<std::size_t> number;  ///< from 1; nothing: any

  bool operator==(const AddressStep&) const = default;
};

/// An address as a user writes it; without steps it is the whole message.
struct Address {
  std::string message;
  std::vector<AddressStep> steps;

  /// Error: empty parts, a number that is none.
  [[nodiscard]] static Result<Address> parse(std::string_view text);

  [[nodiscard]] std::string text() const;

  bool operator==(const Address&) const = default;
};

/// What an address can be asked for.
enum class Target : std::uint8_t {
  kField,   ///< something with a value: a field, or an attribute, which stands for its value
  kMember,  ///< a payload, proposal, transform, attribute or SPI: what a list has
  kList,    ///< a structure that has such members
  kLength   ///< the length that a structure has of itself; the address names the structure
};

/// A place of a document with its whole address, the message left out.
struct Place {
  wire::NodeRef node = wire::kNoRef;
  std::vector<AddressStep> path;

  /// "sa/proposal/transform[2]/key_length"
  [[nodiscard]] std::string text() const;
};

/// Every place of a message in the order of the wire. Of an encrypted message: its header and its
/// plaintext.
[[nodiscard]] std::vector<Place> places_of(const wire::Document& document);

/// The field that has the value of a place: itself, or an attribute's value.
[[nodiscard]] wire::NodeRef value_of(const wire::Document& document, wire::NodeRef node);

/// Whether a place can be asked for as that.
[[nodiscard]] bool is(const wire::Document& document, wire::NodeRef node, Target target);

/// All places that an address means, by the rules of find_place().
[[nodiscard]] std::vector<Place> meant_by(const wire::Document& document, const Address& address,
                                          Target target);

/// The one place that an address means. A whole address comes before one that lacks its first
/// steps, and that before one with gaps.
/// Error: nothing or several; it lists the addresses that there are.
[[nodiscard]] Result<Place> find_place(const wire::Document& document, const Address& address,
                                       Target target);

/// The structure whose members are the payloads of a message: its plaintext, or the message itself.
[[nodiscard]] wire::NodeRef payload_list(const wire::Document& document);

/// The value of a place as a person reads it; key octets are never shown.
[[nodiscard]] std::string value_text(const wire::Document& document, const Place& place);

}  // namespace gdoi::plan
