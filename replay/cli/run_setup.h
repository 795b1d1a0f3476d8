#pragma once

#include "cli/key_files.h"
#include "cli/private_file.h"
#include "cli/run.h"
#include "cli/run_policy.h"
#include "cli/run_record.h"
#include "cli/run_report.h"
#include "plan/settings.h"
#include "plan/synthetic.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What a run needs before it begins.
namespace gdoi::cli {

/// --source, and with --ks the way to it.
struct Ways {
  std::optional<exchange::Endpoint> source;
  std::optional<net::UdpPath> path;
};

[[nodiscard]] Result<Ways, Failure> find_ways(const RunOptions& options);

/// --psk, --set and --change.
[[nodiscard]] Status read_words(const RunOptions& options, plan::Settings& settings);

/// --policy, where it is given.
[[nodiscard]] Result<std::optional<PolicyFile>> named_policy(const RunOptions& options);

/// The policy that a manifest names for a capture; nothing where none does.
[[nodiscard]] Result<std::optional<PolicyFile>> policy_named_by(Manifests& manifests,
                                                                const std::string& capture);

/// Reads a capture with its keys; `into` gets their names.
[[nodiscard]] Result<plan::CapturePlan> read_capture(const RunOptions& options,
                                                     Manifests& manifests, const std::string& path,
                                                     ReplayedCapture& into);

/// A GM as its file and the command line describe it.
struct DescribedGm : plan::SyntheticGm {
  std::shared_ptr<engine::Credentials> loaded;
};

/// Reads --mode synthetic's file; words of the command line come before what it says.
[[nodiscard]] Result<DescribedGm> read_gm(const RunOptions& options,
                                          const std::optional<exchange::Endpoint>& source,
                                          const std::optional<net::UdpPath>& way,
                                          const std::string& path);

/// What the report says of it beforehand; without secrets.
[[nodiscard]] Replayed described(const RunOptions& options, const DescribedGm& gm);

/// The usual rules and those of --compare. Error also where --expect same has nothing to compare.
[[nodiscard]] Result<plan::CompareRules> comparison_rules(const RunOptions& options);

/// Opens --record and --key-log, and sees that all outputs may be written.
[[nodiscard]] Result<RunRecord, Failure> open_record(const RunOptions& options);

}  // namespace gdoi::cli
