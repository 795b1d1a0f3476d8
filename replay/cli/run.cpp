#include "cli/run.h"

#include "cli/bundle_run.h"
#include "cli/clones.h"
#include "cli/cpu_time.h"
#include "cli/exit_code.h"
#include "cli/key_files.h"
#include "cli/listener.h"
#include "cli/run_policy.h"
#include "cli/run_record.h"
#include "cli/run_report.h"
#include "cli/run_setup.h"
#include "cli/run_text.h"
#include "cli/scenario_run.h"
#include "cli/test_reports.h"
#include "cli/verbatim.h"
#include "engine/initiator.h"
#include "keyserver/keyserver.h"
#include "net/address.h"
#include "net/clock.h"
#include "net/in_memory.h"
#include "net/os_random.h"
#include "net/stop_signal.h"
#include "net/udp_socket.h"
#include "plan/identity.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <ostream>
#include <sstream>

namespace gdoi::cli {

namespace {

using engine::Ending;

// With a seed; a day of 2023, so that records show a date.
constexpr engine::Time kSyntheticStart = 1'700'000'000 * engine::kSecond;
constexpr engine::Time kPause = engine::kSecond;  // between two registrations in virtual time

class Replay {
 public:
  Replay(const RunOptions& options, std::ostream& out, std::ostream& err)
      : options_(options), out_(out), err_(err), style_(output_style(options.colour)) {}

  int run() {
    if (!read_settings() || !read_comparison() || !read_policy() || !find_path() ||
        !open_outputs()) {
      return exit_code_;
    }
    if (options_.seed) {
      random_ = std::make_unique<engine::SeededRandom>(*options_.seed);
    } else {
      random_ = std::make_unique<net::OsRandom>();
      now_    = net::Clock().now();
    }
    for (const auto& path : options_.captures) {
      if (!over_) {
        options_.mode == Mode::kSynthetic ? replay_synthetic(path) : replay_capture(path);
      }
    }
    if (!options_.dry_run) {
      if (const auto closed = record_->close(); !closed) {
        fail(closed.error().code, closed.error().text);
      }
    }
    print_report();
    return exit_code_;
  }

  [[nodiscard]] bool is_over() const { return over_; }

  [[nodiscard]] std::vector<ReplayedCapture> take_captures() { return std::move(captures_); }

 private:
  void fail(int code, const std::string& text) {
    out_.flush();
    err_ << "gdoi-replay run: " << report::harmless(text) << '\n';
    exit_code_ = std::max(exit_code_, code);
  }

  bool refuse(const std::string& text) {
    fail(kBadInput, text);
    return false;
  }

  [[nodiscard]] bool prints_text() const { return !options_.silent && options_.json != "-"; }

  bool read_settings() {
    if (const auto objection = verbatim_objection(options_);
        options_.mode == Mode::kVerbatim && !objection.empty()) {
      return refuse(objection);
    }
    if (const auto read = read_words(options_, settings_); !read) {
      return refuse(read.error().text);
    }
    auto credentials = read_credentials(options_.credentials);
    if (!credentials) {
      return refuse(credentials.error().text);
    }
    credentials_          = std::move(credentials).value();
    settings_.credentials = credentials_;
    return true;
  }

  /// With a seed time is virtual; certificates are valid by today's date all the same.
  void set_calendar(engine::Time started) {
    if (now_ == 0) {
      now_      = started;
      calendar_ = {now_, net::Clock().now() / engine::kSecond};
      if (credentials_) {
        credentials_->calendar = calendar_;
      }
    }
  }

  bool read_comparison() {
    auto rules = comparison_rules(options_);
    if (!rules) {
      return refuse(rules.error().text);
    }
    rules_ = std::move(rules).value();
    return true;
  }

  bool read_policy() {
    auto policy = named_policy(options_);
    if (!policy) {
      return refuse(policy.error().text);
    }
    policy_ = std::move(policy).value();
    return true;
  }

  bool find_path() {
    const auto ways = find_ways(options_);
    if (!ways) {
      fail(ways.error().code, ways.error().text);
      return false;
    }
    source_ = ways->source;
    path_   = ways->path;
    return true;
  }

  bool open_outputs() {
    auto record = open_record(options_);
    if (!record) {
      fail(record.error().code, record.error().text);
      return false;
    }
    record_ = std::move(record).value();
    return true;
  }

  /// --policy, else the one that a manifest names for the capture, else none: the default.
  Result<std::optional<PolicyFile>> policy_for(const std::string& path) {
    return policy_ || path_ ? Result(policy_) : policy_named_by(manifests_, path);
  }

  void give_up(ReplayedCapture report, std::string problem) {
    report.problem = std::move(problem);
    fail(kBadInput, report.problem);
    captures_.push_back(std::move(report));
  }

  void show(const ReplayedCapture& report) {
    if (prints_text() && !options_.table && !(options_.quiet && report.is_as_expected())) {
      out_ << run_text(style_, report, options_.show_map);
    }
  }

  void tell_problems(const ReplayedCapture& report) {
    for (const auto& one : report.registrations) {
      if (!one.problem.empty()) {
        fail(kBadInput, fmt::format("{}: {}", report.name, one.problem));
      }
    }
  }

  /// What repeats each registration that is not as expected.
  void keep_bundles(const ReplayedCapture& report, const std::string& policy) {
    for (const auto& one : report.registrations) {
      if (options_.bundle.empty() || options_.silent || !one.problem.empty() || one.as_expected()) {
        continue;
      }
      const auto done = bundle_registration(options_, report, one, policy);
      if (!done) {
        fail(done.error().code, done.error().text);
      } else if (prints_text()) {
        out_ << report::wrap("to repeat it: gdoi-replay run " + *done, style_.width, 2);
      }
    }
  }

  /// One GM that a file describes.
  void replay_synthetic(const std::string& path) {
    ReplayedCapture report;
    report.name = path;
    auto gm     = read_gm(options_, source_, path_, path);
    if (!gm) {
      give_up(std::move(report), gm.error().text);
      return;
    }
    report.key_server = key_server_text(options_, path_, policy_);
    set_calendar(kSyntheticStart);
    auto& one    = report.registrations.emplace_back(described(options_, *gm));
    credentials_ = gm->loaded;
    if (credentials_) {
      credentials_->calendar = calendar_;
    }
    auto plan = plan::make_plan(*gm, gm->settings);
    if (!plan) {
      one.problem = plan.error().text;
    } else {
      carry_out(std::move(plan).value(), gm->registration, gm->settings, policy_, path, one);
    }
    tell_problems(report);
    show(report);
    captures_.push_back(std::move(report));
  }

  void replay_capture(const std::string& path) {
    ReplayedCapture report;
    report.name  = path;
    report.note  = manifests_.remark_on(path);
    auto capture = read_capture(options_, manifests_, path, report);
    auto policy  = policy_for(path);
    if (!capture || !policy) {
      give_up(std::move(report), capture ? policy.error().text : capture.error().text);
      return;
    }
    report.key_server = key_server_text(options_, path_, *policy);
    for (auto& one : capture->registrations) {
      if (!over_ && (!options_.registration || one.story.number == *options_.registration)) {
        report.registrations.push_back(replay(one, *capture, *policy, path));
      }
    }
    show(report);
    if (report.registrations.empty() && !over_) {
      fail(kBadInput, options_.registration
                          ? fmt::format("{}: there is no registration {}; there are {}", path,
                                        *options_.registration, capture->registrations.size())
                          : path + ": there is no registration to replay");
    }
    tell_problems(report);
    keep_bundles(report, *policy ? (*policy)->path : "");
    if (!capture->problem.empty()) {
      fail(kBadInput, capture->problem);
      report.problem = capture->problem;
    }
    captures_.push_back(std::move(report));
  }

  Replayed replay(plan::CapturedRegistration& captured, const plan::CapturePlan& all,
                  const std::optional<PolicyFile>& policy_file, const std::string& path) {
    Replayed report;
    set_calendar(captured.story.started_ns);
    report.captured = captured.story;
    report.expected = options_.mode == Mode::kVerbatim
                          ? Ending::kWithstood
                          : expected_ending(options_.expect, captured.story.outcome);
    report.version =
        settings_.gm_version ? settings_.gm_version->text() : captured.story.gm_version.text();
    report.group = settings_.group        ? settings_.group->text
                   : captured.story.group ? captured.story.group->text
                                          : "";
    if (options_.mode == Mode::kVerbatim) {
      replay_verbatim(captured, policy_file, path, report);
      return report;
    }
    if (policy_file && !settings_.psk && !captured.gm_psk && take_psk(*policy_file, captured)) {
      report.altered.emplace_back("pre-shared key: that of the policy, since no key log has one");
    }
    auto plan = plan::make_plan(captured, settings_, all);
    if (!plan) {
      report.problem = plan.error().text;
      return report;
    }
    report.altered.insert(report.altered.end(), plan->altered.begin(), plan->altered.end());
    carry_out(std::move(plan).value(), captured, settings_, policy_file, path, report);
    return report;
  }

  void carry_out(plan::Plan plan, const plan::CapturedRegistration& captured,
                 const plan::Settings& settings, const std::optional<PolicyFile>& policy_file,
                 const std::string& path, Replayed& report) {
    if (options_.dry_run) {
      show_plan(plan, options_.addresses, report);
      return;
    }
    report.ask_changes(plan.changes);
    if (path_) {
      converse(std::move(plan), nullptr, path, captured, report);
      return;
    }
    auto policy = policy_file ? policy_file->parse(calendar_)
                              : Result(policy_that_fits(captured, settings, plan));
    if (!policy) {
      report.problem = policy.error().text;
      return;
    }
    keyserver::KeyServer ks(std::move(policy).value(), plan.captured.ks, *random_);
    converse(std::move(plan), &ks, path, captured, report);
  }

  /// With the built-in KS, or with the one at --ks.
  void converse(plan::Plan plan, keyserver::KeyServer* ks, const std::string& path,
                const plan::CapturedRegistration& captured, Replayed& report) {
    engine::InitiatorOptions how;
    how.key_server           = path_ ? path_->key_server : plan.captured.ks;
    how.initial_contact      = options_.initial_contact;
    how.retransmission.tries = options_.retries + 1;
    how.retransmission.first =
        static_cast<engine::Time>(options_.timeout * static_cast<double>(engine::kSecond));
    how.keep_map      = options_.count == 1;
    const auto place  = source_.value_or(plan.captured.gm);
    const auto shared = std::make_shared<const plan::Plan>(std::move(plan));
    run_clones(
        [&](std::size_t index, const exchange::Endpoint& source) {
          auto each     = how;
          each.source   = source;
          each.identity = plan::identity_of_clone(*shared, index);
          return std::make_unique<engine::Initiator>(shared, std::move(each), *random_);
        },
        place, ks, path, report.synthetic ? nullptr : &captured.said, report);
  }

  /// The captured datagrams as they are.
  void replay_verbatim(const plan::CapturedRegistration& captured,
                       const std::optional<PolicyFile>& policy_file, const std::string& path,
                       Replayed& report) {
    const auto script = verbatim_script(captured);
    if (!script) {
      report.problem = script.error().text;
      return;
    }
    auto how       = verbatim_options(options_);
    how.key_server = path_ ? path_->key_server : captured.story.ks;
    if (options_.dry_run) {
      report.plan = verbatim_messages(**script, how);
      return;
    }
    std::optional<keyserver::KeyServer> ks;
    if (!path_) {
      auto policy = verbatim_policy(captured, policy_file, calendar_, *random_);
      if (!policy) {
        report.problem = policy.error().text;
        return;
      }
      ks.emplace(std::move(policy).value(), captured.story.ks, *random_);
    }
    run_clones(
        [&](std::size_t /*index*/, const exchange::Endpoint& source) {
          auto each   = how;
          each.source = source;
          return std::make_unique<engine::VerbatimReplay>(*script, each, *random_);
        },
        source_.value_or(captured.story.gm), ks ? &*ks : nullptr, path, nullptr, report);
  }

  void run_clones(const Clones::Maker& maker, const exchange::Endpoint& place,
                  keyserver::KeyServer* ks, const std::string& path, const plan::Conversation* said,
                  Replayed& report) {
    auto pace = options_.pace;
    if (options_.mode == Mode::kVerbatim) {
      pace.per_second = 0;  // it is that of the datagrams
    }
    Progress progress(path, !options_.silent);
    Clones clones(maker, options_.count, report.expected, *record_, path, progress);
    Listener listener(clones);
    const auto cpu_before = cpu_seconds();
    const auto end        = path_ ? net::run_over_udp(listener, pace, *path_, stop_)
                                  : net::run_in_memory(listener, pace, place, *ks, report.captured.ks,
                                                       now_, [this] { return stop_.requested(); });
    report.live           = clones.verdict();
    if (said != nullptr) {
      compare(*said, listener, report);
    }
    report.note_changes();
    report.tally              = clones.tally();
    report.tally->cpu_seconds = cpu_seconds() - cpu_before;
    report.over_udp           = path_.has_value();
    now_ += kPause;
    if (ks != nullptr) {
      record_->add_keys(ks->take_key_log());
      report.key_server_log = ks->take_log();
    }
    judge(report, end, clones.met_fault());
  }

  void compare(const plan::Conversation& said, Listener& listener, Replayed& report) const {
    report.must_be_same      = options_.expect == Expect::kSame;
    report.tells_differences = report.must_be_same || !options_.compare.empty();
    if (const auto heard = report.live ? listener.heard() : std::nullopt) {
      report.sameness = compare_with_captured(report.captured, said, *heard, *report.live, rules_);
      report.tape     = std::make_shared<const Tape>(listener.take_tape());
    }
  }

  void judge(const Replayed& report, const net::CrewEnd& end, bool met_fault) {
    if (end.interrupted || end.fault) {
      over_ = true;
      fail(kLocalFault,
           end.fault ? *end.fault : "interrupted; what was done until then is reported");
    } else if (met_fault) {
      exit_code_ = std::max<int>(exit_code_, kLocalFault);
    } else if (!report.as_expected()) {
      exit_code_ = std::max<int>(exit_code_, kDiffers);
    }
  }

  void print_report() {
    if (options_.silent) {
      return;
    }
    if (const auto told = tell_all(options_, style_, captures_, out_); !told) {
      fail(told.error().code, told.error().text);
    }
    const auto written = write_reports(options_, suites_of(captures_));
    if (!written) {
      fail(written.error().code, written.error().text);
    }
  }

  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
  const RunOptions& options_;
  std::ostream& out_;
  std::ostream& err_;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
  net::StopSignal stop_;
  report::Style style_;
  plan::Settings settings_;
  std::optional<PolicyFile> policy_;
  plan::CompareRules rules_;
  std::optional<exchange::Endpoint> source_;  ///< --source
  std::optional<net::UdpPath> path_;          ///< --ks
  std::optional<RunRecord> record_;
  std::unique_ptr<engine::Random> random_;
  std::shared_ptr<engine::Credentials> credentials_;
  engine::Calendar calendar_;
  engine::Time now_ = 0;  ///< virtual; with a seed it begins with the first captured registration
  Manifests manifests_;
  std::vector<ReplayedCapture> captures_;
  bool over_     = false;  ///< Ctrl-C or a fault ended it
  int exit_code_ = kAsExpected;
};

}  // namespace

SilentRun run_silently(RunOptions options) {
  options.silent = true;
  options.json.clear();
  options.junit.clear();
  options.html.clear();
  std::ostringstream out;
  std::ostringstream err;
  Replay replay(options, out, err);
  SilentRun done;
  done.code     = replay.run();
  done.over     = replay.is_over();
  done.captures = replay.take_captures();
  done.problems = err.str();
  return done;
}

int run(const RunOptions& options, std::ostream& out, std::ostream& err) {
  if (options.mode == Mode::kStateful && are_scenarios(options.captures)) {
    return run_scenarios(options, out, err);
  }
  auto seeded = options;
  if (!options.bundle.empty() && !options.seed) {
    seeded.seed = fresh_seed();
  }
  return Replay(seeded, out, err).run();
}

}  // namespace gdoi::cli
