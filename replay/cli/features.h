#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace gdoi::cli {

/// What `gdoi-replay features` was asked.
struct FeaturesOptions {
  std::optional<std::string> version;  ///< --version: a GM version, "1.0.4"
  std::vector<std::string> features;   ///< --feature, each; none: all
  bool json = false;
};

/// Prints GETVPN features and versions with their sources. Returns the exit code: 0, or 2 with a
/// sentence on `err` if the version or a feature is none.
[[nodiscard]] int print_features(const FeaturesOptions& options, std::ostream& out,
                                 std::ostream& err);

}  // namespace gdoi::cli
