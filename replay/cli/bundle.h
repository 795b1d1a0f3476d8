#pragma once

#include "cli/listener.h"
#include "cli/private_file.h"
#include "cli/run.h"
#include "scenario/scenario.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A folder that repeats what did not end as expected.
namespace gdoi::cli {

inline constexpr std::string_view kBundleIndex    = "bundle.json";
inline constexpr std::string_view kBundleScenario = "scenario.yaml";

/// What goes into it.
struct BundleContents {
  scenario::Case one;  ///< its files are copied; of a synthetic run its capture is the GM's file
  std::optional<Moment> moment;
  const Tape* tape = nullptr;  ///< nullptr: nothing was sent
  std::string why;             ///< what was not as expected
  std::string difference;      ///< the first; empty: none
};

/// Writes a folder NAME below `options.bundle`, which its owner alone may read: scenario.yaml with
/// the one case (of a verbatim or synthetic run bundle.json has it), the capture, keys and policy
/// that it names, live.pcapng and live.keys of what was sent and received, and bundle.json with
/// seed, key server and command line. Returns its path; a folder that is there already is an error
/// unless options.force.
[[nodiscard]] gdoi::Result<std::string, Failure> write_bundle(const RunOptions& options,
                                                              const std::string& name,
                                                              const BundleContents& contents);

/// What `--expect` demands, as a scenario says it.
[[nodiscard]] scenario::Wanted wanted_of(Expect expect);

/// "gm-version=1.0.1" as a pair.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> settings_of(
    const std::vector<std::string>& words);

/// A number for --seed that nobody knows beforehand.
[[nodiscard]] std::uint64_t fresh_seed();

/// All that a file holds; empty where it cannot be read.
[[nodiscard]] std::string file_text(const std::string& path);

/// Whether a path is such a folder.
[[nodiscard]] bool is_bundle(const std::string& path);

/// Options that run a bundle again: where `given` says nothing, its seed, key server, source,
/// policy and certificate.
[[nodiscard]] gdoi::Result<RunOptions> read_bundle(const std::string& path, RunOptions given);

}  // namespace gdoi::cli
