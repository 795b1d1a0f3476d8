#include "cli/features.h"

#include "cli/exit_code.h"
#include "protocol/getvpn/feature_text.h"

#include <ostream>

namespace gdoi::cli {

int print_features(const FeaturesOptions& options, std::ostream& out, std::ostream& err) {
  const auto query = getvpn::feature_query(options.version, options.features);
  if (!query) {
    err << "gdoi-replay features: " << query.error().text << '\n';
    return kBadInput;
  }
  out << (options.json ? getvpn::feature_json(*query) : getvpn::feature_text(*query));
  return kAsExpected;
}

}  // namespace gdoi::cli
