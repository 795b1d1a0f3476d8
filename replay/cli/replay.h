#pragma once

#include "cli/clones.h"
#include "cli/exit_code.h"
#include "cli/key_files.h"
#include "cli/listener.h"
#include "cli/run_policy.h"
#include "cli/run_record.h"
#include "cli/run_report.h"
#include "engine/types.h"
#include "keyserver/keyserver.h"
#include "net/stop_signal.h"
#include "net/udp_crew.h"
#include "plan/plan.h"

#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gdoi::cli {

/// One call of `run` with captures, or with files that describe GMs.
class Replay {
 public:
  /// `stop`: of the caller, who has one already; nullptr: its own.
  Replay(const RunOptions& options, std::ostream& out, std::ostream& err, net::StopSignal* stop)
      : options_(options),
        out_(out),
        err_(err),
        own_stop_(stop == nullptr ? std::make_unique<net::StopSignal>() : nullptr),
        stop_(stop == nullptr ? *own_stop_ : *stop),
        style_(output_style(options.colour)) {}

  int run();

  [[nodiscard]] bool is_over() const { return over_; }

  [[nodiscard]] std::vector<ReplayedCapture> take_captures() { return std::move(captures_); }

 private:
  void fail(int code, const std::string& text);
  bool refuse(const std::string& text);

  [[nodiscard]] bool prints_text() const { return !options_.silent && options_.json != "-"; }

  bool read_settings();

  /// With a seed time is virtual; certificates are valid by today's date all the same.
  void set_calendar(engine::Time started);

  /// Before a registration: where its random numbers come from, whatever the ones before it took.
  void begin(engine::Time started, Replayed& report);
  bool read_comparison();
  bool read_policy();
  bool find_path();
  bool open_outputs();

  /// --policy, else the one that a manifest names for the capture, else none: the default.
  Result<std::optional<PolicyFile>> policy_for(const std::string& path);

  void give_up(ReplayedCapture report, std::string problem);
  void show(const ReplayedCapture& report);
  void tell_problems(const ReplayedCapture& report);

  /// The least that ends as each registration that is not as expected.
  void minimise_all(ReplayedCapture& report);

  /// What repeats each registration that is not as expected.
  void keep_bundles(const ReplayedCapture& report, const std::string& policy);

  /// One GM that a file describes.
  void replay_synthetic(const std::string& path);

  void replay_capture(const std::string& path);

  Replayed replay(plan::CapturedRegistration& captured, const plan::CapturePlan& all,
                  const std::optional<PolicyFile>& policy_file, const std::string& path);

  void carry_out(plan::Plan plan, const plan::CapturedRegistration& captured,
                 const plan::Settings& settings, const std::optional<PolicyFile>& policy_file,
                 const std::string& path, Replayed& report);

  /// With the built-in KS, or with the one at --ks.
  void converse(plan::Plan plan, keyserver::KeyServer* ks, const std::string& path,
                const plan::CapturedRegistration& captured, Replayed& report);

  /// The captured datagrams as they are.
  void replay_verbatim(const plan::CapturedRegistration& captured,
                       const std::optional<PolicyFile>& policy_file, const std::string& path,
                       Replayed& report);

  void run_clones(const Clones::Maker& maker, const exchange::Endpoint& place,
                  keyserver::KeyServer* ks, const std::string& path, const plan::Conversation* said,
                  Replayed& report);

  void compare(const plan::Conversation& said, Listener& listener, Replayed& report) const;

  void judge(Replayed& report, const net::CrewEnd& end, bool met_fault);

  void print_report();

  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
  const RunOptions& options_;
  std::ostream& out_;
  std::ostream& err_;
  std::unique_ptr<net::StopSignal> own_stop_;
  net::StopSignal& stop_;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
  report::Style style_;
  plan::Settings settings_;
  std::optional<PolicyFile> policy_;
  plan::CompareRules rules_;
  std::optional<exchange::Endpoint> source_;  ///< --source
  std::optional<net::UdpPath> path_;          ///< --ks
  std::optional<RunRecord> record_;
  std::optional<engine::SeededRandom> streams_;  ///< with a seed: one for each registration
  std::unique_ptr<engine::Random> random_;
  std::shared_ptr<engine::Credentials> credentials_;
  engine::Calendar calendar_;
  engine::Time now_ = 0;  ///< virtual; with a seed it begins with the first captured registration
  Manifests manifests_;
  std::vector<ReplayedCapture> captures_;
  bool over_     = false;  ///< Ctrl-C or a fault ended it
  int exit_code_ = kAsExpected;
};

}  // namespace gdoi::cli
