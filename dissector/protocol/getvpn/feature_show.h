#pragma once

#include "protocol/getvpn/feature.h"

#include <string>
#include <string_view>
#include <vector>

namespace gdoi::getvpn {

/// A KS or GM in the table of `show crypto gdoi feature NAME`.
struct FeatureLine {
  std::string address;
  std::string version;
  Support support = Support::kUnknown;
};

/// That table as the routers print it, for one group: what no version tells is "Unknown".
[[nodiscard]] std::string show_feature(std::string_view group,
                                       const std::vector<FeatureLine>& key_servers,
                                       const std::vector<FeatureLine>& members);

}  // namespace gdoi::getvpn
