#include "scenario/shown_axes.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>

namespace gdoi::scenario {
namespace {

constexpr std::string_view kBegin = "${";
constexpr std::string_view kMark  = "the-value-of-this-axis";

/// The policy with a mark where the values of the axis go, and something for all other axes.
std::string marked(const std::string& axis, std::string policy) {
  for (auto at = policy.find(kBegin); at != std::string::npos; at = policy.find(kBegin, at + 1)) {
    const auto end  = std::min(policy.find('}', at), policy.size());
    const auto from = at + kBegin.size();
    const bool own  = policy.substr(from, end - from) == axis;
    policy.replace(at, end - at + 1, own ? kMark : "1");
  }
  return policy;
}

bool has_mark(const YAML::Node& psk) {
  constexpr std::array kKeys{"psk", "psk-hex"};
  return psk.IsMap() && std::ranges::any_of(kKeys, [&](const char* key) {
           const auto value = psk[key];
           return value && value.IsScalar() && value.Scalar().find(kMark) != std::string::npos;
         });
}

bool is_secret(const std::string& axis, const std::string& policy) {
  if (axis == "psk") {
    return true;
  }
  const auto text = marked(axis, policy);
  if (text.find(kMark) == std::string::npos) {
    return false;
  }
  try {
    const auto top  = YAML::Load(text);
    const auto psks = top.IsMap() ? top["psks"] : YAML::Node();
    return psks && psks.IsSequence() && std::any_of(psks.begin(), psks.end(), has_mark);
  } catch (const YAML::Exception&) {
    return true;  // what it stands for cannot be told
  }
}

}  // namespace

std::vector<Axis> shown_axes(std::vector<Axis> axes, const std::string& policy) {
  for (auto& axis : axes) {
    if (is_secret(axis.name, policy)) {
      for (std::size_t i = 0; i < axis.values.size(); ++i) {
        axis.values[i] = fmt::format("{} {}", axis.name, i + 1);
      }
    }
  }
  return axes;
}

}  // namespace gdoi::scenario
