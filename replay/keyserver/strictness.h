#pragma once

#include "protocol/exchange/message.h"
#include "protocol/exchange/script.h"

#include <optional>
#include <string>

namespace gdoi::keyserver {

/// Why the KS does not take a message.
struct Fault {
  std::uint16_t notify = 0;  ///< the NOTIFY that says so (RFC 2408 section 3.14.1)
  std::string what;          ///< "A RESERVED field is not 0 (RFC 2408 section 5.3)"
};

/// What breaks a rule in a message, decoded and opened, that the RFCs let a KS refuse: the first
/// structure that cannot be read, else the first rule. The findings of tables/checks.h stand in the
/// tree afterwards: call it once.
[[nodiscard]] std::optional<Fault> fault_of(wire::Tree& tree, exchange::Exchange exchange);

/// A payload that a message lacks at its step, or must not have.
[[nodiscard]] std::optional<Fault> misfit_of(const exchange::MessageView& view,
                                             const exchange::Step& step);

/// The octets behind the generic header of the first payload of a type; empty where there is none.
[[nodiscard]] ByteView body_of(const exchange::MessageView& view, std::uint32_t type);

}  // namespace gdoi::keyserver
