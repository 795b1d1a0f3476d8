#include "cli/bundle_run.h"

#include <fmt/format.h>

#include <filesystem>

namespace gdoi::cli {

gdoi::Result<std::string, Failure> bundle_registration(const RunOptions& options,
                                                       const ReplayedCapture& capture,
                                                       const Replayed& one,
                                                       const std::string& policy) {
  if (capture.name == "-" || options.count > 1) {
    return Failure{kBadInput, "--bundle is of captures in files, replayed once each"};
  }
  BundleContents contents;
  auto& made   = contents.one;
  made.name    = fmt::format("registration {} of {}", one.captured.number,
                             std::filesystem::path(capture.name).filename().string());
  made.capture = capture.name;
  if (options.mode != Mode::kSynthetic) {
    made.registration = one.captured.number;
  }
  for (const auto& file : capture.key_files) {
    made.keys.push_back(file.path);
  }
  made.psk            = options.psk;
  made.policy         = policy;
  made.values         = options.policy_values;
  made.compare        = options.compare;
  made.settings       = settings_of(one.minimised ? one.minimised->settings : options.settings);
  made.changes        = one.minimised ? one.minimised->changes : options.changes;
  made.timeout        = options.timeout;
  made.retries        = options.retries;
  made.expect.verdict = wanted_of(options.expect);
  contents.moment     = one.moment;
  const auto& kept    = one.least();
  contents.tape       = kept.tape.get();
  contents.why        = kept.live ? kept.live->reason : kept.problem;
  contents.difference = first_difference(kept);
  return write_bundle(options,
                      fmt::format("{}-{}", std::filesystem::path(capture.name).stem().string(),
                                  one.captured.number),
                      contents);
}

}  // namespace gdoi::cli
