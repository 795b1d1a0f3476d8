#pragma once

#include "protocol/getvpn/version.h"

#include <span>
#include <string>
#include <string_view>

namespace gdoi::getvpn {

/// The line that a Cisco KS logs when it turns a GM away for its version (TAC note 215514), from
/// the '%' on: "%GDOI-4-REJECT_GM_VERSION_REGISTER: Reject registration of GM ...". `features` are
/// syslog names ("Long-SA"). Only lines with one name have been published; the ", " between several
/// is ours.
[[nodiscard]] std::string reject_line(std::string_view gm, Version version, std::string_view group,
                                      std::span<const std::string_view> features);

}  // namespace gdoi::getvpn
