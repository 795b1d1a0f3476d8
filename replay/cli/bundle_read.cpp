#include "cli/bundle.h"
#include "plan/changes.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace gdoi::cli {

namespace {

namespace fs = std::filesystem;
using Json   = nlohmann::ordered_json;

constexpr unsigned kMostRetries = 100;

/// The first, where there is none of that name.
template <typename Names>
auto named(const Names& names, std::string_view name) {
  const auto found = std::ranges::find(names, name, &Names::value_type::first);
  return (found == names.end() ? names.begin() : found)->second;
}

class Reader {
 public:
  // NOLINTNEXTLINE(modernize-pass-by-value): it must outlive the reader
  Reader(const Json& index, const std::string& path) : index_(index), folder_(path) {}

  RunOptions read(RunOptions given) {
    if (!given.seed && index_.contains("seed") && index_["seed"].is_number()) {
      given.seed = index_["seed"].get<std::uint64_t>();
      if (index_.contains("stream") && index_["stream"].is_number()) {
        given.moment = {index_["stream"].get<std::uint64_t>(),
                        index_.at("started_ns").get<engine::Time>()};
      }
    }
    if (given.policy.empty()) {
      take(given.key_server, index_, "key_server");
    }
    take(given.source, index_, "source");
    take(given.credentials.certificate, index_, "certificate");
    take(given.credentials.private_key, index_, "private_key");
    take(given.credentials.authorities, index_, "ca");
    take(given.credentials.revocations, index_, "crl");
    if (index_.contains("marker")) {
      given.marker          = named(kMarkers, index_["marker"].get<std::string>());
      given.initial_contact = index_.at("initial_contact").get<bool>();
      given.ports           = index_.at("ports").get<std::vector<std::uint16_t>>();
      given.mode            = named(kModes, index_.at("mode").get<std::string>());
    }
    given.captures = {(folder_ / kBundleScenario).string()};
    if (given.mode != Mode::kStateful) {
      read_run(index_.at("run"), given);
    }
    return given;
  }

 private:
  static void take(std::string& into, const Json& from, const char* key) {
    if (into.empty() && from.contains(key) && from[key].is_string()) {
      into = from[key].get<std::string>();
    }
  }

  [[nodiscard]] std::string file(const Json& name) const {
    return (folder_ / name.get<std::string>()).lexically_normal().string();
  }

  /// What a scenario would say.
  void read_run(const Json& run, RunOptions& given) const {
    given.captures = {file(run.at("capture"))};
    if (run.contains("registration")) {
      given.registration = run["registration"].get<std::uint32_t>();
    }
    const auto keys = run.value("keys", Json::array());
    for (const auto& each : keys) {
      given.key_files.push_back(file(each));
    }
    take(given.psk, run, "psk");
    if (given.policy.empty() && given.key_server.empty() && run.contains("policy")) {
      given.policy = file(run["policy"]);
    }
    std::vector<std::string> settings;
    const auto set = run.value("set", Json::object());
    for (const auto& [name, value] : set.items()) {
      settings.push_back(name + "=" + value.get<std::string>());
    }
    given.settings.insert(given.settings.begin(), settings.begin(), settings.end());
    const auto changes = run.value("changes", std::vector<std::string>{});
    given.changes.insert(given.changes.begin(), changes.begin(), changes.end());
    given.timeout = plan::seconds_of(run.at("timeout").get<std::string>()).value_or(given.timeout);
    given.retries = run.at("retries").get<unsigned>();
    if (given.mode == Mode::kVerbatim) {
      given.speed = given.speed.value_or(run.at("speed").get<double>());
    }
    given.pace.per_second = run.at("per_second").get<double>();
    const auto verdict    = run.at("expect").at("verdict").get<std::string>();
    for (const auto expect : {Expect::kAccepted, Expect::kRefused, Expect::kSame}) {
      if (verdict == name_of(wanted_of(expect))) {
        given.expect = expect;
      }
    }
  }

  // NOLINTNEXTLINE(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
  const Json& index_;
  fs::path folder_;
};

}  // namespace

std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool is_bundle(const std::string& path) {
  std::error_code problem;
  return fs::is_regular_file(fs::path(path) / kBundleIndex, problem);
}

gdoi::Result<RunOptions> read_bundle(const std::string& path, RunOptions given) {
  const auto index = (fs::path(path) / kBundleIndex).string();
  const auto found = Json::parse(file_text(index), nullptr, false);
  if (!found.is_object() || found.value("schema", 0) != 1) {
    return Error{index + ": is no bundle of schema 1"};
  }
  try {
    auto again = Reader(found, path).read(std::move(given));
    if (again.retries > kMostRetries || again.speed.value_or(0) < 0 || again.pace.per_second < 0) {
      return Error{index + ": a number in it is out of range"};
    }
    return again;
  } catch (const Json::exception&) {
    return Error{index + ": a value in it is of another kind than it must be"};
  }
}

}  // namespace gdoi::cli
