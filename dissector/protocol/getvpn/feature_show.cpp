#include "protocol/getvpn/feature_show.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::getvpn {

namespace {

std::string_view text_of(Support support) {
  switch (support) {
    case Support::kSupported:
      return "Yes";
    case Support::kUnsupported:
      return "No";
    case Support::kUnknown:
      break;
  }
  return "Unknown";
}

std::string part(std::string_view head, const std::vector<FeatureLine>& lines, std::size_t width) {
  auto out = fmt::format("    {:<22}{:<{}}Feature Supported\n", head, "Version", width);
  for (const auto& line : lines) {
    out += fmt::format("    {:<22}{:<{}}{}\n", line.address, line.version, width,
                       text_of(line.support));
  }
  return out;
}

}  // namespace

std::string show_feature(std::string_view group, const std::vector<FeatureLine>& key_servers,
                         const std::vector<FeatureLine>& members) {
  std::size_t width = 10;
  for (const auto* lines : {&key_servers, &members}) {
    for (const auto& line : *lines) {
      width = std::max(width, line.version.size() + 2);
    }
  }
  return fmt::format("Group Name: {}\n{}\n{}", group, part("Key Server ID", key_servers, width),
                     part("Group Member ID", members, width));
}

}  // namespace gdoi::getvpn
