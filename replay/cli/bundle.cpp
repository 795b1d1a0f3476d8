#include "cli/bundle.h"

#include "cli/run_policy.h"
#include "cli/run_record.h"
#include "net/os_random.h"
#include "plan/settings.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <sstream>
#include <unistd.h>

namespace gdoi::cli {

namespace {

namespace fs = std::filesystem;
using Json   = nlohmann::ordered_json;
using Done   = gdoi::Result<std::monostate, Failure>;

constexpr std::string_view kCertificate = "certificate:";
constexpr std::size_t kLongestName      = 80;

template <typename Names, typename Value>
std::string_view name_in(const Names& names, Value value) {
  return std::ranges::find(names, value, &Names::value_type::second)->first;
}

std::string file_name_of(std::string_view text) {
  std::string made;
  for (const char c : text.substr(0, kLongestName)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-';
    if (plain || (!made.empty() && made.back() != '_')) {
      made.push_back(plain ? c : '_');
    }
  }
  return made.empty() || made.front() == '.' ? "case" + made : made;
}

/// Whether a policy or a GM's file names certificates, so that it must stay where it is.
bool names_certificates(const std::string& yaml) {
  std::istringstream lines(yaml);
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find_first_not_of(' ');
    if (first != std::string::npos && line.compare(first, kCertificate.size(), kCertificate) == 0) {
      return true;
    }
  }
  return false;
}

/// A command line as it may be shown; the scenario beside it has the key, once.
std::vector<std::string> without_keys(std::vector<std::string> words) {
  constexpr std::string_view kPsk = "--psk";
  constexpr std::string_view kSet = "--set=";
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto& word = words[i];
    if (word.starts_with(kSet)) {
      word = std::string(kSet) + plan::without_secret(word.substr(kSet.size()));
    } else if (word.starts_with("--psk=")) {
      word = "--psk=***";
    } else {
      word = i > 0 && words[i - 1] == kPsk ? "***" : plan::without_secret(word);
    }
  }
  return words;
}

class Writer {
 public:
  Writer(fs::path folder, const RunOptions& options)
      : folder_(std::move(folder)), options_(options) {}

  Done write(const BundleContents& contents) {
    const bool stateful = options_.mode == Mode::kStateful;
    auto one            = case_json(contents.one);
    if (contents.tape != nullptr && !failure_) {
      tape(*contents.tape);
    }
    Json index{
        {"schema", 1},
        {"why", contents.why},
        {"first_difference", contents.difference.empty() ? Json() : Json(contents.difference)},
        {"seed", options_.seed ? Json(*options_.seed) : Json()},
        {"stream", contents.moment ? Json(contents.moment->stream) : Json()},
        {"started_ns", contents.moment ? Json(contents.moment->started) : Json()},
        {"mode", name_in(kModes, options_.mode)},
        {"key_server", options_.key_server.empty() ? Json() : Json(options_.key_server)},
        {"source", options_.source.empty() ? Json() : Json(options_.source)},
        {"marker", name_in(kMarkers, options_.marker)},
        {"initial_contact", options_.initial_contact},
        {"ports", options_.ports},
        {"certificate", absolute(options_.credentials.certificate)},
        {"private_key", absolute(options_.credentials.private_key)},
        {"ca", absolute(options_.credentials.authorities)},
        {"crl", absolute(options_.credentials.revocations)},
        {"command", without_keys(options_.words)}
    };
    if (stateful) {
      const Json scenario{
          {"name",  "bundle"          },
          {"cases", Json::array({one})}
      };
      put(kBundleScenario, scenario.dump(2, ' ', false, Json::error_handler_t::replace) + '\n');
    } else {
      one["speed"]      = options_.speed.value_or(1);
      one["per_second"] = options_.pace.per_second;
      index["run"]      = std::move(one);
    }
    put(kBundleIndex, index.dump(2, ' ', false, Json::error_handler_t::replace) + '\n');
    return failure_ ? Done(*failure_) : Done(std::monostate{});
  }

 private:
  static Json absolute(const std::string& path) {
    return path.empty() ? Json() : Json(fs::absolute(path).string());
  }

  void put(std::string_view name, const std::string& text) {
    if (failure_) {
      return;
    }
    if (const auto done = write_private_file((folder_ / name).string(), text, false); !done) {
      failure_ = done.error();
    }
  }

  /// A copy beside the scenario; its name there.
  std::string copied(const std::string& path, const std::string& name) {
    put(name, file_text(path));
    return name;
  }

  std::string gm_file(const std::string& path) {
    return names_certificates(file_text(path)) ? fs::absolute(path).string()
                                               : copied(path, "gm.yaml");
  }

  Json case_json(const scenario::Case& one) {
    Json made{
        {"name", one.name},
        {"capture",
         options_.mode == Mode::kSynthetic
             ? gm_file(one.capture)
             : copied(one.capture, "captured" + fs::path(one.capture).extension().string())}
    };
    if (one.registration) {
      made["registration"] = *one.registration;
    }
    if (!one.keys.empty()) {
      Json keys = Json::array();
      for (const auto& each : one.keys) {
        keys.push_back(copied(each, fmt::format("captured-{}.keys", keys.size() + 1)));
      }
      made["keys"] = std::move(keys);
    }
    const auto add = [&](const char* key, const std::string& value) {
      if (!value.empty()) {
        made[key] = value;
      }
    };
    add("psk", one.psk);
    add("policy", policy(one));
    add("compare", one.compare.empty() ? "" : copied(one.compare, "compare.yaml"));
    add("xfail", one.xfail);
    for (const auto& [name, value] : one.settings) {
      made["set"][name] = value;
    }
    if (!one.changes.empty()) {
      made["changes"] = one.changes;
    }
    if (one.timeout) {
      made["timeout"] = fmt::format("{}", *one.timeout);
    }
    if (one.retries) {
      made["retries"] = *one.retries;
    }
    made["expect"] = expect_json(one.expect);
    return made;
  }

  /// With the values of a matrix in it. One that names further files is left where it is.
  std::string policy(const scenario::Case& one) {
    if (one.policy.empty()) {
      return {};
    }
    const auto file = PolicyFile::read(one.policy, one.values);
    if (!file || names_certificates(file->text)) {
      return fs::absolute(one.policy).string();
    }
    put("policy.yaml", file->text);
    return "policy.yaml";
  }

  static Json expect_json(const scenario::Expectation& expect) {
    auto verdict = std::string(name_of(expect.verdict));
    std::ranges::replace(verdict, ' ', '-');
    Json made{
        {"verdict", verdict}
    };
    for (const auto& answer : expect.answers) {
      made["answers"].push_back(answer.notify_type ? fmt::to_string(*answer.notify_type)
                                                   : answer.text());
    }
    if (!expect.steps.empty()) {
      made["step"] = expect.steps;
    }
    if (expect.within) {
      made["within"] = fmt::format("{}", *expect.within);
    }
    for (const auto& pattern : expect.match) {
      made["match"].push_back(pattern.text());
    }
    return made;
  }

  void tape(const Tape& tape) {
    auto record = RunRecord::open((folder_ / "live.pcapng").string(),
                                  (folder_ / "live.keys").string(), false);
    if (!record) {
      failure_ = record.error();
      return;
    }
    for (const auto& one : tape.datagrams) {
      if (const auto done = record->add(one.time, one.message, "captured"); !done) {
        failure_ = done.error();
        return;
      }
    }
    record->add_keys(tape.key_log);
    if (const auto done = record->close(); !done) {
      failure_ = done.error();
    }
  }

  fs::path folder_;
  // NOLINTNEXTLINE(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
  const RunOptions& options_;
  std::optional<Failure> failure_;
};

}  // namespace

gdoi::Result<std::string, Failure> write_bundle(const RunOptions& options, const std::string& name,
                                                const BundleContents& contents) {
  const auto folder  = fs::path(options.bundle) / file_name_of(name);
  const auto written = fs::path(folder.string() + fmt::format(".partial-{}", getpid()));
  std::error_code problem;
  if (fs::exists(folder, problem)) {
    if (!options.force || !is_bundle(folder.string())) {
      return Failure{kBadInput, folder.string() + ": exists already; --force replaces a bundle"};
    }
  }
  fs::create_directory(options.bundle, problem);
  if (!problem) {
    fs::create_directory(written, problem);
  }
  if (!problem) {
    fs::permissions(written, fs::perms::owner_all, problem);
  }
  if (problem) {
    return cannot_create(folder.string(), problem.value());
  }
  const auto done = Writer(written, options).write(contents);
  if (done) {
    fs::remove_all(folder, problem);
    fs::rename(written, folder, problem);
  }
  if (!done || problem) {
    const auto why = done ? cannot_create(folder.string(), problem.value()) : done.error();
    fs::remove_all(written, problem);
    return why;
  }
  return folder.string();
}

scenario::Wanted wanted_of(Expect expect) {
  switch (expect) {
    case Expect::kAccepted:
      return scenario::Wanted::kAccepted;
    case Expect::kRefused:
      return scenario::Wanted::kRefused;
    case Expect::kSame:
      return scenario::Wanted::kSame;
    case Expect::kAsCaptured:
      break;
  }
  return scenario::Wanted::kAsCaptured;
}

std::vector<std::pair<std::string, std::string>> settings_of(
    const std::vector<std::string>& words) {
  std::vector<std::pair<std::string, std::string>> made;
  made.reserve(words.size());
  for (const auto& word : words) {
    const auto equals = std::min(word.find('='), word.size());
    made.emplace_back(word.substr(0, equals), word.substr(std::min(equals + 1, word.size())));
  }
  return made;
}

std::uint64_t fresh_seed() {
  Bytes octets(sizeof(std::uint64_t));
  net::OsRandom().fill(octets);
  return to_uint(octets);
}

}  // namespace gdoi::cli
