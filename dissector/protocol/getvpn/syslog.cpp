#include "protocol/getvpn/syslog.h"

#include <fmt/format.h>

namespace gdoi::getvpn {

std::string reject_line(std::string_view gm, Version version, std::string_view group,
                        std::span<const std::string_view> features) {
  return fmt::format(
      "%GDOI-4-REJECT_GM_VERSION_REGISTER: Reject registration of GM {}(ver {:#x}) in group {} as "
      "it cannot support these GETVPN features enabled: {}",
      gm, version.raw, group, fmt::join(features, ", "));
}

}  // namespace gdoi::getvpn
