#pragma once

#include "plan/plan.h"

#include <cstddef>

namespace gdoi::plan {

/// The phase-1 identity (body of IDii) of the clone with this number: empty for the first, which
/// has the plan's own. An address is that many addresses further on; a name has "-2", "-3" ... at
/// the end of its first part; a key ID has that at its end. Other types (RFC 2407 section 4.6.2.1)
/// name a certificate's owner or a network: empty, since they cannot be made up; nor can any where
/// a certificate confirms it.
[[nodiscard]] Bytes identity_of_clone(const Plan& plan, std::size_t index);

}  // namespace gdoi::plan
