#pragma once

#include "cli/key_files.h"
#include "cli/outputs.h"
#include "cli/run.h"

#include <set>
#include <string>
#include <vector>

/// The files of a run.
namespace gdoi::cli {

/// Collects what a run reads: also the key logs, policies and certificates that nobody names at the
/// command line.
class RunInputs {
 public:
  void add(const RunOptions& options);
  void add(const std::string& path);

  [[nodiscard]] const std::vector<std::string>& paths() const { return paths_; }

 private:
  void add(const engine::CredentialFiles& files);
  void add_policy(const std::string& path, const std::map<std::string, std::string>& values);
  void add_capture(const RunOptions& options, const std::string& path);

  Manifests manifests_;
  std::vector<std::string> paths_;
  std::set<std::string> seen_;
};

/// Whether a run was asked to leave anything behind.
[[nodiscard]] bool has_outputs(const RunOptions& options);

/// check_outputs() of all outputs of a run.
[[nodiscard]] Result<std::monostate, Failure> check_outputs(const RunOptions& options,
                                                            const RunInputs& inputs);

}  // namespace gdoi::cli
