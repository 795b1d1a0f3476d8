#include "keyserver/feature_log.h"

#include <fmt/format.h>

namespace gdoi::keyserver {
namespace {

std::string_view text_of(getvpn::Support support) {
  switch (support) {
    case getvpn::Support::kSupported:
      return "Yes";
    case getvpn::Support::kUnsupported:
      return "No";
    default:
      return "Unknown";
  }
}

std::string line(const std::string& address, std::optional<getvpn::Version> version,
                 getvpn::Support support) {
  return fmt::format("    {:<22}{:<10}{}\n", address, version ? version->text() : "unknown",
                     text_of(support));
}

}  // namespace

getvpn::Support support_under(const Policy& policy, const getvpn::Feature& feature,
                              std::optional<getvpn::Version> version) {
  const bool long_sa = &feature == getvpn::feature_named("long-sa-lifetime");
  return getvpn::support_of(feature, version,
                            long_sa ? std::optional(policy.long_sa_minimum) : std::nullopt);
}

void FeatureLog::note(const exchange::Endpoint& gm, std::optional<getvpn::Version> version,
                      std::optional<std::size_t> group) {
  const exchange::Endpoint address{gm.family, gm.address, 0};
  const auto [entry, made] = entries_.try_emplace(address);
  entry->second.version    = version;
  if (group) {
    entry->second.group = group;
  }
  if (made) {
    order_.push_back(address);
    if (order_.size() > kMaxLoggedGms) {
      entries_.erase(order_.front());
      order_.pop_front();
    }
  }
}

std::string FeatureLog::table(const getvpn::Feature& feature, const Policy& policy,
                              const std::string& ks) const {
  std::string out;
  const auto section = [&](std::string_view name, std::optional<std::size_t> group) {
    out += fmt::format("Group Name: {}\n    {:<22}{:<10}Feature Supported\n", name, "Key Server ID",
                       "Version");
    out += line(ks, policy.version, support_under(policy, feature, policy.version));
    out += fmt::format("\n    {:<22}{:<10}Feature Supported\n", "Group Member ID", "Version");
    for (const auto& [gm, entry] : entries_) {
      if (entry.group == group) {
        out += line(exchange::address_text(gm), entry.version,
                    support_under(policy, feature, entry.version));
      }
    }
    out += "\n";
  };
  bool without_group = false;
  for (const auto& [gm, entry] : entries_) {
    without_group = without_group || !entry.group;
  }
  for (std::size_t i = 0; i < policy.groups.size(); ++i) {
    section(policy.groups[i].name, i);
  }
  if (without_group) {
    section("(none: phase 1 only)", std::nullopt);
  }
  return out;
}

}  // namespace gdoi::keyserver
