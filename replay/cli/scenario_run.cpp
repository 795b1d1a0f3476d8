#include "cli/scenario_run.h"

#include "cli/bundle.h"
#include "cli/exit_code.h"
#include "cli/minimise.h"
#include "cli/private_file.h"
#include "cli/run_files.h"
#include "cli/scenario_files.h"
#include "cli/test_reports.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <ostream>

namespace gdoi::cli {

namespace {

namespace fs = std::filesystem;
using scenario::CaseResult;
using scenario::Wanted;

Expect expect_of(Wanted wanted) {
  switch (wanted) {
    case Wanted::kAccepted:
      return Expect::kAccepted;
    case Wanted::kRefused:
    case Wanted::kNotAccepted:
      return Expect::kRefused;
    case Wanted::kSame:
      return Expect::kSame;
    case Wanted::kAsCaptured:
      break;
  }
  return Expect::kAsCaptured;
}

CaseRun not_run(const scenario::Case& one, const std::string& why, bool local) {
  CaseRun made;
  made.local     = local;
  made.one       = one;
  made.judgement = {CaseResult::kInconclusive, "not run: " + why};
  return made;
}

scenario::Judgement judgement_of(const scenario::Case& one, const Replayed& each) {
  if (!each.live) {
    return {CaseResult::kInconclusive, each.problem};
  }
  return scenario::with_unmade(
      scenario::judge(one, each.captured, *each.live,
                      each.sameness ? &each.sameness->comparison : nullptr),
      each.unmade(), *each.live);
}

class Runner {
 public:
  Runner(RunOptions options, std::ostream& out, std::ostream& err)
      : options_(std::move(options)), out_(out), err_(err), style_(output_style(options.colour)) {}

  int run() {
    if (const auto objection = objection_to(); !objection.empty()) {
      return fail(kBadInput, objection);
    }
    std::vector<scenario::Scenario> scenarios;
    if ((!options_.bundle.empty() || options_.minimise) && !options_.seed) {
      options_.seed = fresh_seed();
    }
    for (const auto& path : options_.captures) {
      if (!read(path, scenarios)) {
        return code_;
      }
    }
    if (const auto may = check_outputs(options_, inputs_of(scenarios)); !may) {
      return fail(may.error().code, may.error().text);
    }
    for (auto& one : scenarios) {
      if (!over_) {
        runs_.push_back(run(std::move(one)));
        if (options_.json != "-") {
          out_ << scenario_text(style_, runs_.back(), options_.quiet);
        }
      }
    }
    return tell();
  }

 private:
  int fail(int code, const std::string& text) {
    out_.flush();
    err_ << "gdoi-replay run: " << report::harmless(text) << '\n';
    code_ = std::max(code_, code);
    return code_;
  }

  [[nodiscard]] std::string objection_to() const {
    for (const auto& path : options_.captures) {
      if (!are_scenarios({path})) {
        return path + " is no scenario; captures and scenarios are not run together";
      }
    }
    if (auto objection = minimise_objection(options_); !objection.empty()) {
      return objection;
    }
    if (options_.count > 1) {
      return "--count is of captures; a scenario has identities for more GMs";
    }
    if (options_.pace.per_second > 0 || options_.pace.parallel != net::Pace().parallel) {
      return "--rate and --parallel are of captures; a scenario runs one case after the other";
    }
    if (options_.registration) {
      return "--registration is of captures; a case of a scenario names its own";
    }
    if (!options_.record.empty() || !options_.key_log.empty()) {
      return "--record and --key-log are of captures; --bundle keeps what a case did unexpectedly";
    }
    if (options_.expect != Expect::kAsCaptured) {
      return "--expect is of captures; a scenario says itself what it expects";
    }
    return options_.dry_run ? "--dry-run is of captures" : "";
  }

  bool read(const std::string& path, std::vector<scenario::Scenario>& into) {
    const auto files = scenario_files(path);
    if (!files) {
      fail(kBadInput, files.error().text);
      return false;
    }
    for (const auto& file : *files) {
      auto one = scenario::read_scenario(file);
      if (!one) {
        fail(kBadInput, one.error().text);
        return false;
      }
      into.push_back(std::move(one).value());
    }
    return true;
  }

  [[nodiscard]] RunOptions options_for(const scenario::Scenario& of,
                                       const scenario::Case& one) const {
    auto made         = options_;
    made.captures     = {one.capture};
    made.registration = one.registration;
    made.key_files.insert(made.key_files.end(), one.keys.begin(), one.keys.end());
    made.psk         = made.psk.empty() ? one.psk : made.psk;
    made.credentials = made.credentials.any() ? made.credentials : one.credentials;
    made.key_server  = made.key_server.empty() ? of.key_server : made.key_server;
    made.policy      = made.policy.empty() ? one.policy : made.policy;
    made.compare     = made.compare.empty() ? one.compare : made.compare;
    if (!made.key_server.empty()) {
      made.policy.clear();
    }
    made.policy_values = one.values;
    made.settings.clear();
    for (const auto& [name, value] : one.settings) {
      made.settings.push_back(fmt::format("{}={}", name, value));
    }
    made.settings.insert(made.settings.end(), options_.settings.begin(), options_.settings.end());
    made.changes.insert(made.changes.begin(), one.changes.begin(), one.changes.end());
    made.timeout = one.timeout.value_or(made.timeout);
    made.retries = one.retries.value_or(made.retries);
    made.expect  = expect_of(one.expect.verdict);
    return made;
  }

  [[nodiscard]] RunInputs inputs_of(const std::vector<scenario::Scenario>& scenarios) const {
    RunInputs made;
    if (!has_outputs(options_)) {
      return made;
    }
    for (const auto& each : scenarios) {
      made.add(each.path);
      for (const auto& path : each.identity_files) {
        made.add(path);
      }
      for (const auto& one : each.cases) {
        made.add(options_for(each, one));
      }
      if (each.sanity) {
        made.add(options_for(each, each.sanity->one));
      }
    }
    return made;
  }

  CaseRun run(const scenario::Scenario& of, const scenario::Case& one) {
    if (one.has_own_credentials && options_.credentials.any()) {
      return not_run(one, "the command line's certificate took the place of the one that it tests",
                     false);
    }
    CaseRun made;
    made.one         = one;
    const auto words = options_for(of, one);
    auto done        = run_silently(words);
    over_            = over_ || done.over;
    made.local       = done.code == kLocalFault;
    std::vector<std::string> keys;
    for (auto& capture : done.captures) {
      std::ranges::transform(capture.key_files, std::back_inserter(keys), &report::KeyFile::path);
      made.key_server = capture.key_server;
      std::ranges::move(capture.registrations, std::back_inserter(made.registrations));
    }
    made.judgement = {CaseResult::kPassed, {}};
    for (std::size_t i = 0; i < made.registrations.size(); ++i) {
      const auto& each = made.registrations[i];
      auto found       = judgement_of(one, each);
      if (each.live) {
        made.took += each.live->ended - each.live->started;
      }
      if (made.judgement.result == CaseResult::kPassed && found.result != CaseResult::kPassed) {
        made.judgement     = std::move(found);
        made.telling_index = i;
      }
    }
    if (made.registrations.empty()) {
      made.judgement = {CaseResult::kInconclusive,
                        done.problems.substr(0, done.problems.find('\n'))};
    }
    made.judgement  = scenario::with_xfail(one, std::move(made.judgement));
    const bool good = scenario::is_good(made.judgement.result);
    if (options_.minimise && !good && !over_ && made.telling() != nullptr) {
      minimise_telling(words, made);
    }
    if (!options_.bundle.empty() && !good && !over_) {
      bundle(of, words, std::move(keys), made);
    }
    return made;
  }

  void minimise_telling(const RunOptions& words, CaseRun& run) {
    auto& one   = run.registrations.at(run.telling_index);
    auto same   = words;
    same.moment = one.moment;
    auto found  = one.live ? minimise(same, one.captured.number, nullptr)
                           : gdoi::Result<Minimised>(Error{"cannot be minimised: it was not run"});
    if (!found) {
      one.altered.push_back(found.error().text);
      return;
    }
    over_         = found->over;
    one.minimised = std::move(found).value();
  }

  void bundle(const scenario::Scenario& of, const RunOptions& asked, std::vector<std::string> keys,
              CaseRun& run) {
    const auto* const telling = run.telling();
    const auto words =
        telling != nullptr && telling->minimised ? with(asked, *telling->minimised) : asked;
    BundleContents contents;
    contents.one          = run.one;
    contents.one.psk      = words.psk;
    contents.one.policy   = words.policy;
    contents.one.compare  = words.compare;
    contents.one.keys     = std::move(keys);
    contents.one.changes  = words.changes;
    contents.one.timeout  = words.timeout;
    contents.one.retries  = words.retries;
    contents.one.settings = settings_of(words.settings);
    contents.why          = run.judgement.why;
    if (telling != nullptr) {
      const auto& kept = telling->least();
      contents.tape    = kept.tape.get();
      if (const auto why = judgement_of(run.one, kept).why; telling->minimised && !why.empty()) {
        contents.why = why;
      }
      contents.difference       = first_difference(kept);
      contents.moment           = telling->moment;
      contents.one.registration = telling->captured.number;
    }
    const auto written =
        write_bundle(words, fs::path(of.path).stem().string() + "-" + run.one.name, contents);
    if (written) {
      run.bundle = *written;
    } else {
      fail(written.error().code, written.error().text);
    }
  }

  /// Whether the KS still registers whom it must.
  bool is_sane(ScenarioRun& made, const std::string& when, std::string& finding) {
    const auto sanity = run(made.scenario, made.scenario.sanity->one);
    made.local        = sanity.local;
    if (sanity.judgement.result == CaseResult::kPassed) {
      return true;
    }
    finding = fmt::format("sanity registration {}: {}", when, sanity.judgement.why);
    return false;
  }

  ScenarioRun run(scenario::Scenario of) {
    ScenarioRun made{std::move(of), {}, {}, false};
    const auto& sanity = made.scenario.sanity;
    std::string finding;
    if (sanity && !is_sane(made, "before", finding)) {
      made.sanity.push_back(finding);
      for (const auto& one : made.scenario.cases) {
        made.cases.push_back(not_run(one, finding, made.local));
      }
      return made;
    }
    Progress progress(made.scenario.name);
    for (const auto& one : made.scenario.cases) {
      if (over_) {
        made.cases.push_back(not_run(one, "interrupted", true));
        continue;
      }
      progress.share(made.cases.size(), made.scenario.cases.size(), "case");
      made.cases.push_back(run(made.scenario, one));
      auto& last = made.cases.back();
      if (sanity && sanity->after_each && !over_ && !is_sane(made, "after " + one.name, finding)) {
        made.sanity.push_back(finding);
        last.judgement = {CaseResult::kFailed,
                          "the key server does not register anybody any more: " + finding};
      }
    }
    if (sanity && !sanity->after_each && !over_ && !is_sane(made, "after all cases", finding)) {
      made.sanity.push_back(finding);
    }
    return made;
  }

  int tell() {
    if (options_.json == "-") {
      out_ << scenario_json(runs_);
    } else {
      out_ << report::wrap(scenario_summary(runs_), style_.width, 0);
      if (!options_.json.empty()) {
        if (const auto done =
                write_report_file(options_.json, scenario_json(runs_), options_.force);
            !done) {
          fail(done.error().code, done.error().text);
        }
      }
    }
    if (const auto done = write_reports(options_, suites_of(runs_)); !done) {
      fail(done.error().code, done.error().text);
    }
    return std::max(code_, code_of_cases());
  }

  /// What failed must not hide behind a key server that another scenario did not reach.
  [[nodiscard]] int code_of_cases() const {
    int code       = kAsExpected;
    const auto add = [&code](bool local) {
      code = local && code != kDiffers ? kLocalFault : kDiffers;
    };
    for (const auto& one : runs_) {
      if (!one.sanity.empty()) {
        add(one.local);
      }
      for (const auto& each : one.cases) {
        if (!scenario::is_good(each.judgement.result)) {
          add(each.local && each.judgement.result == CaseResult::kInconclusive);
        }
      }
    }
    return code;
  }

  RunOptions options_;
  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
  std::ostream& out_;
  std::ostream& err_;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
  report::Style style_;
  std::vector<ScenarioRun> runs_;
  bool over_ = false;
  int code_  = kAsExpected;
};

}  // namespace

int run_scenarios(const RunOptions& options, std::ostream& out, std::ostream& err) {
  return Runner(options, out, err).run();
}

}  // namespace gdoi::cli
