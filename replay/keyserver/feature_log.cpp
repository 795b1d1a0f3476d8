#include "keyserver/feature_log.h"

#include "protocol/getvpn/feature_show.h"

namespace gdoi::keyserver {
namespace {

getvpn::FeatureLine line(const std::string& address, std::optional<getvpn::Version> version,
                         getvpn::Support support) {
  return {address, version ? version->text() : "unknown", support};
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
    std::vector<getvpn::FeatureLine> members;
    for (const auto& [gm, entry] : entries_) {
      if (entry.group == group) {
        members.push_back(line(exchange::address_text(gm), entry.version,
                               support_under(policy, feature, entry.version)));
      }
    }
    const auto server = line(ks, policy.version, support_under(policy, feature, policy.version));
    out += getvpn::show_feature(name, {server}, members) + "\n";
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
