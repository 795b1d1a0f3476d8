#pragma once

#include "engine/types.h"
#include "protocol/base/result.h"
#include "protocol/wire/document.h"

#include <string_view>

/// Values as a user writes them, put into messages.
namespace gdoi::plan {

/// Sets a field. A number: decimal, 0x and hex digits, or its name in the field's registry
/// ("aes-cbc"); an address as text; a text as it is; octets: 0x and pairs of digits, `random:N`,
/// `zeros:N` or `text:WORDS`. Error where the form or the size does not fit.
[[nodiscard]] Status set_field(wire::Document& document, wire::NodeRef field, std::string_view text,
                               engine::Random& random);

/// A list member as octets with its header, and its payload type.
struct Member {
  std::uint32_t type = 0;
  Bytes octets;
};

/// What is to be added to the list of `parent`. A payload: `type` is its name or number, `value`
/// its octets behind the generic header. An attribute: name or number, and number or octets. A
/// proposal, transform or SPI: all its octets, as `type`.
[[nodiscard]] Result<Member> member_octets(const wire::Document& document, wire::NodeRef parent,
                                           std::string_view type, std::string_view value,
                                           engine::Random& random);

}  // namespace gdoi::plan
