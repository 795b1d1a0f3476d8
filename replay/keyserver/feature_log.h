#pragma once

#include "keyserver/policy.h"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gdoi::keyserver {

/// GMs that the log holds; the one seen first goes first.
inline constexpr std::size_t kMaxLoggedGms = 10'000;

/// The GMs that completed phase 1, with the version that they announced and the group that they
/// asked for: what `show crypto gdoi feature NAME` lists.
class FeatureLog {
 public:
  /// Notes a GM; `group` is an index into the policy's groups, none before it has asked for one.
  void note(const exchange::Endpoint& gm, std::optional<getvpn::Version> version,
            std::optional<std::size_t> group);

  /// The table as `show crypto gdoi feature` prints it, for each group. What no version tells is
  /// "Unknown". `ks` is the KS's address.
  [[nodiscard]] std::string table(const getvpn::Feature& feature, const Policy& policy,
                                  const std::string& ks) const;

 private:
  struct Entry {
    std::optional<getvpn::Version> version;
    std::optional<std::size_t> group;
  };

  std::map<exchange::Endpoint, Entry> entries_;
  std::deque<exchange::Endpoint> order_;
};

/// Whether a version supports a feature under a policy.
[[nodiscard]] getvpn::Support support_under(const Policy& policy, const getvpn::Feature& feature,
                                            std::optional<getvpn::Version> version);

}  // namespace gdoi::keyserver
