#pragma once

#include "cli/key_files.h"
#include "cli/private_file.h"
#include "cli/run.h"
#include "cli/run_policy.h"
#include "cli/run_record.h"
#include "plan/settings.h"

#include <optional>

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

/// The policy that a manifest names for a capture; nothing where none does.
[[nodiscard]] Result<std::optional<PolicyFile>> policy_named_by(Manifests& manifests,
                                                                const std::string& capture);

/// Opens --record and --key-log, and sees that --json may be written.
[[nodiscard]] Result<RunRecord, Failure> open_record(const RunOptions& options);

}  // namespace gdoi::cli
