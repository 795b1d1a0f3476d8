#pragma once

#include "protocol/base/result.h"
#include "protocol/getvpn/feature.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gdoi::getvpn {

/// What is asked about the features: for which GM version, which of them (none named: all).
struct FeatureQuery {
  std::optional<Version> version;
  std::vector<const Feature*> features;
};

/// From the words of a command line. Errors: a version that is none; a feature that is none, with
/// the names that there are.
[[nodiscard]] Result<FeatureQuery> feature_query(std::optional<std::string_view> version,
                                                 const std::vector<std::string>& names);

/// Tables of the features and of the known versions, no line over 80 columns.
[[nodiscard]] std::string feature_text(const FeatureQuery& query);

/// The same as JSON, "schema": 1, with a line feed at the end. What no source tells is null.
[[nodiscard]] std::string feature_json(const FeatureQuery& query);

}  // namespace gdoi::getvpn
