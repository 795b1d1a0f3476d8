#include "cli/replay.h"

#include "cli/bundle_run.h"
#include "cli/minimise.h"
#include "cli/run_setup.h"
#include "cli/run_text.h"
#include "cli/test_reports.h"
#include "cli/verbatim.h"
#include "net/clock.h"
#include "net/os_random.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace gdoi::cli {

namespace {

// With a seed; a day of 2023, so that records show a date.
constexpr engine::Time kSyntheticStart = 1'700'000'000 * engine::kSecond;

}  // namespace

int Replay::run() {
  if (!read_settings() || !read_comparison() || !read_policy() || !find_path() || !open_outputs()) {
    return exit_code_;
  }
  if (options_.seed) {
    streams_.emplace(*options_.seed);
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

void Replay::fail(int code, const std::string& text) {
  out_.flush();
  err_ << "gdoi-replay run: " << report::harmless(text) << '\n';
  exit_code_ = std::max(exit_code_, code);
}

bool Replay::refuse(const std::string& text) {
  fail(kBadInput, text);
  return false;
}

bool Replay::read_settings() {
  if (const auto objection = verbatim_objection(options_);
      options_.mode == Mode::kVerbatim && !objection.empty()) {
    return refuse(objection);
  }
  if (const auto objection = minimise_objection(options_); !objection.empty()) {
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

void Replay::set_calendar(engine::Time started) {
  if (now_ == 0) {
    now_      = options_.moment ? options_.moment->started : started;
    calendar_ = {now_, net::Clock().now() / engine::kSecond};
    if (credentials_) {
      credentials_->calendar = calendar_;
    }
  }
}

void Replay::begin(engine::Time started, Replayed& report) {
  set_calendar(started);
  if (!streams_) {
    return;
  }
  Bytes drawn(sizeof(Moment::stream));
  streams_->fill(drawn);
  report.moment = options_.moment.value_or(Moment{to_uint(drawn), now_});
  random_       = std::make_unique<engine::SeededRandom>(report.moment->stream);
}

bool Replay::read_comparison() {
  auto rules = comparison_rules(options_);
  if (!rules) {
    return refuse(rules.error().text);
  }
  rules_ = std::move(rules).value();
  return true;
}

bool Replay::read_policy() {
  auto policy = named_policy(options_);
  if (!policy) {
    return refuse(policy.error().text);
  }
  policy_ = std::move(policy).value();
  return true;
}

bool Replay::find_path() {
  const auto ways = find_ways(options_);
  if (!ways) {
    fail(ways.error().code, ways.error().text);
    return false;
  }
  source_ = ways->source;
  path_   = ways->path;
  return true;
}

bool Replay::open_outputs() {
  auto record = open_record(options_);
  if (!record) {
    fail(record.error().code, record.error().text);
    return false;
  }
  record_ = std::move(record).value();
  return true;
}

Result<std::optional<PolicyFile>> Replay::policy_for(const std::string& path) {
  return policy_ || path_ ? Result(policy_) : policy_named_by(manifests_, path);
}

void Replay::give_up(ReplayedCapture report, std::string problem) {
  report.problem = std::move(problem);
  fail(kBadInput, report.problem);
  captures_.push_back(std::move(report));
}

void Replay::show(const ReplayedCapture& report) {
  if (prints_text() && !options_.table && !(options_.quiet && report.is_as_expected())) {
    out_ << run_text(style_, report, options_.show_map);
  }
}

void Replay::tell_problems(const ReplayedCapture& report) {
  for (const auto& one : report.registrations) {
    if (!one.problem.empty()) {
      fail(kBadInput, fmt::format("{}: {}", report.name, one.problem));
    }
  }
}

void Replay::minimise_all(ReplayedCapture& report) {
  for (auto& one : report.registrations) {
    if (!options_.minimise || over_ || !one.live || one.as_expected()) {
      continue;
    }
    auto words     = options_;
    words.captures = {report.name};
    words.moment   = one.moment;
    auto found     = minimise(words, one.captured.number, &stop_);
    if (!found) {
      one.altered.push_back(found.error().text);
      continue;
    }
    one.minimised = std::move(found).value();
    if (one.minimised->over) {
      over_ = true;
      fail(kLocalFault, "interrupted; what was done until then is reported");
    }
  }
}

void Replay::keep_bundles(const ReplayedCapture& report, const std::string& policy) {
  for (const auto& one : report.registrations) {
    if (options_.bundle.empty() || options_.silent || !one.problem.empty() ||
        one.is_inconclusive() || one.as_expected()) {
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

void Replay::replay_synthetic(const std::string& path) {
  ReplayedCapture report;
  report.name = path;
  auto gm     = read_gm(options_, source_, path_, path);
  if (!gm) {
    give_up(std::move(report), gm.error().text);
    return;
  }
  report.key_server = key_server_text(options_, path_, policy_);
  auto& one         = report.registrations.emplace_back(described(options_, *gm));
  begin(kSyntheticStart, one);
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
  minimise_all(report);
  show(report);
  keep_bundles(report, policy_ ? policy_->path : "");
  captures_.push_back(std::move(report));
}

void Replay::replay_capture(const std::string& path) {
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
  minimise_all(report);
  show(report);
  if (report.registrations.empty() && !over_) {
    fail(kBadInput,
         options_.registration
             ? fmt::format("{}: there is no registration {}; inspect lists the {} that there are",
                           path, *options_.registration, capture->registrations.size())
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

void Replay::print_report() {
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

}  // namespace gdoi::cli
