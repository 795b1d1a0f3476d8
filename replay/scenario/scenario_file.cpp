#include "plan/settings.h"
#include "protocol/base/text_file.h"
#include "protocol/getvpn/strict_yaml.h"
#include "scenario/case_reader.h"
#include "scenario/shown_axes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace gdoi::scenario {
namespace {

using getvpn::StrictYaml;
using getvpn::YamlMap;
using Node = YAML::Node;

namespace fs = std::filesystem;

template <std::size_t N, typename... More>
constexpr auto with(const std::array<std::string_view, N>& keys, More... more) {
  std::array<std::string_view, N + sizeof...(More)> all{};
  std::ranges::copy(std::array<std::string_view, sizeof...(More)>{more...},
                    std::ranges::copy(keys, all.begin()).out);
  return all;
}

constexpr std::array<std::string_view, 2> kTop{"name", "cases"};
constexpr std::array<std::string_view, 4> kTopOptions{"description", "key-server", "sanity",
                                                      "defaults"};
// What describes a GM and how it is replayed.
constexpr std::array<std::string_view, 14> kReplay{
    "capture", "registration", "keys",    "psk", "certificate", "private-key", "ca",
    "crl",     "policy",       "compare", "set", "changes",     "timeout",     "retries"};
constexpr auto kCommon = with(kReplay, "expect", "identities");
constexpr auto kSanity = with(kReplay, "after-each");
constexpr std::array<std::string_view, 1> kCase{"name"};
constexpr auto kCaseOptions =
    with(kCommon, "clause", "xfail", "matrix", "leave-out", "refused-where");
constexpr std::array<std::string_view, 0> kNone{};

class Reader {
 public:
  Reader(StrictYaml& yaml, const std::string& path)
      : yaml_(yaml), reader_(yaml, fs::path(path).parent_path()) {
    made_.path = path;
  }

  Scenario read(const Node& top) {
    const auto map = yaml_.map(top, "a scenario", kTop, kTopOptions);
    if (yaml_.failed()) {
      return {};
    }
    made_.name        = yaml_.text(map.at("name"), "name");
    made_.description = reader_.optional_text(map, "description");
    const auto ks     = reader_.optional_text(map, "key-server");
    made_.key_server  = ks == "reference" ? "" : ks;
    Case defaults;
    if (const auto* node = map.find("defaults")) {
      const auto map_of = yaml_.map(*node, "defaults", kNone, kCommon);
      common(map_of, defaults);
    }
    if (const auto* node = map.find("sanity")) {
      const auto one = yaml_.map(*node, "sanity", kNone, kSanity);
      made_.sanity   = Sanity{defaults, false};
      made_.sanity->one.changes.clear();
      made_.sanity->one.expect         = {};
      made_.sanity->one.expect.verdict = Wanted::kAccepted;
      common(one, made_.sanity->one);
      made_.sanity->one.name = "sanity";
      if (const auto* each = one.find("after-each")) {
        made_.sanity->after_each = yaml_.yes_or_no(*each, "after-each");
      }
      need_capture(*node, made_.sanity->one);
    }
    yaml_.list(map.at("cases"), "cases", kMostMembers,
               [&](const Node& node) { add_case(node, defaults); });
    if (!yaml_.failed() && made_.cases.empty()) {
      yaml_.fail(map.at("cases"), "there are no cases");
    }
    return std::move(made_);
  }

 private:
  void common(const YamlMap& map, Case& one) {
    reader_.common(map, one);
    if (const auto* node = map.find("identities")) {
      identities_of(*node);
    }
  }

  void identities_of(const Node& node) {
    const auto path = reader_.file(node, "identities");
    if (yaml_.failed()) {
      return;
    }
    const auto text = read_text_file(path);
    auto found = text ? parse_identities(*text, path) : Result<std::vector<Identity>>(text.error());
    if (!found) {
      yaml_.fail(node, found.error().text);
      return;
    }
    for (const auto& one : *found) {
      for (const auto& [name, value] : one.settings) {
        plan::Settings ignored;
        if (const auto status = plan::set(ignored, fmt::format("{}={}", name, value)); !status) {
          yaml_.fail(node, fmt::format("{}: {}: {}", path, one.name, status.error().text));
        }
      }
    }
    identities_ = std::move(found).value();
    made_.identity_files.push_back(path);
  }

  Conditions conditions(const Node& node, std::string_view key, const Matrix& matrix) {
    Conditions made;
    if (!node.IsMap()) {
      yaml_.fail(node, fmt::format("'{}' is a list of maps from axes to values", key));
      return made;
    }
    for (const auto& entry : node) {
      Condition one;
      one.axis  = yaml_.text(entry.first, key);
      auto text = yaml_.text(entry.second, one.axis);
      if (!yaml_.failed() &&
          std::ranges::find(matrix.axes, one.axis, &Axis::name) == matrix.axes.end()) {
        yaml_.fail(entry.first, fmt::format("the matrix has no axis '{}'", one.axis));
      }
      const auto sign = std::min(text.find_first_not_of("<>="), text.size());
      one.comparison  = text.substr(0, sign);
      const auto rest = std::min(text.find_first_not_of(' ', sign), text.size());
      one.value       = text.substr(rest);
      constexpr std::array<std::string_view, 5> kSigns{"", "<", "<=", ">", ">="};
      if (std::ranges::find(kSigns, one.comparison) == kSigns.end() || one.value.empty()) {
        yaml_.fail(entry.second, "a condition is a value, or <, <=, > or >= and a value");
      }
      made.push_back(std::move(one));
    }
    return made;
  }

  std::vector<Conditions> all_conditions(const YamlMap& map, std::string_view key,
                                         const Matrix& matrix) {
    std::vector<Conditions> made;
    if (const auto* node = map.find(key)) {
      yaml_.list(*node, key, kMostMembers,
                 [&](const Node& each) { made.push_back(conditions(each, key, matrix)); });
    }
    return made;
  }

  static bool any_holds(const std::vector<Conditions>& all, const Matrix& matrix,
                        const std::vector<std::string>& place) {
    return std::ranges::any_of(all, [&](const Conditions& conditions) {
      return std::ranges::all_of(conditions, [&](const Condition& one) {
        const auto at = std::ranges::find(matrix.axes, one.axis, &Axis::name) - matrix.axes.begin();
        return one.holds(place[static_cast<std::size_t>(at)]);
      });
    });
  }

  void need_capture(const Node& node, const Case& one) {
    if (!yaml_.failed() && one.capture.empty()) {
      yaml_.fail(node, fmt::format("'{}' has no capture, and neither have the defaults", one.name));
    }
  }

  void add(const Node& node, Case one) {
    if (made_.cases.size() == kMostCases) {
      yaml_.fail(node, fmt::format("more than {} cases", kMostCases));
      return;
    }
    made_.cases.push_back(std::move(one));
  }

  void add_case(const Node& node, const Case& defaults) {
    auto one          = defaults;
    const auto shared = identities_;
    const auto map    = yaml_.map(node, "a case", kCase, kCaseOptions);
    one.line          = node.Mark().line + 1;
    one.name          = yaml_.failed() ? "" : yaml_.text(map.at("name"), "name");
    one.clause        = reader_.optional_text(map, "clause");
    one.xfail         = reader_.optional_text(map, "xfail");
    common(map, one);
    one.has_own_credentials = std::ranges::any_of(engine::kCredentialFiles, [&](const auto& each) {
      return map.find(each.first) != nullptr;
    });
    const auto identities   = std::exchange(identities_, shared);
    need_capture(node, one);
    for (const auto* key : {"leave-out", "refused-where"}) {
      if (map.find(key) != nullptr && map.find("matrix") == nullptr) {
        yaml_.fail(node, fmt::format("'{}' needs a matrix", key));
      }
    }
    if (yaml_.failed()) {
      return;
    }
    if (const auto* axes = map.find("matrix")) {
      add_matrix(node, *axes, map, one);
      return;
    }
    if (identities.empty()) {
      add(node, std::move(one));
      return;
    }
    for (const auto& identity : identities) {
      auto each = one;
      each.name = fmt::format("{}: {}", one.name, identity.name);
      each.psk  = identity.psk.empty() ? one.psk : identity.psk;
      for (const auto& [name, value] : identity.settings) {
        put(each, name, value);
      }
      add(node, std::move(each));
    }
  }

  void add_matrix(const Node& node, const Node& axes, const YamlMap& map, const Case& one) {
    Matrix matrix{one.name, {}};
    if (!axes.IsMap()) {
      yaml_.fail(axes, "'matrix' must be a map from axes to lists of values");
      return;
    }
    std::size_t cells = 1;
    for (const auto& entry : axes) {
      Axis axis{yaml_.text(entry.first, "matrix"), {}};
      yaml_.list(entry.second, axis.name, kMostMembers,
                 [&](const Node& each) { axis.values.push_back(yaml_.text(each, axis.name)); });
      cells *= std::max<std::size_t>(axis.values.size(), 1);
      if (axis.values.empty() || cells > kMostCases) {
        yaml_.fail(
            entry.second,
            fmt::format("an axis has at least one value, a matrix at most {} cells", kMostCases));
        return;
      }
      matrix.axes.push_back(std::move(axis));
    }
    if (matrix.axes.empty()) {
      yaml_.fail(axes, "a matrix has at least one axis");
    }
    const auto left_out = all_conditions(map, "leave-out", matrix);
    const auto refused  = all_conditions(map, "refused-where", matrix);
    const auto index    = made_.matrices.size();
    // One that cannot be read was an error where it is named.
    const auto read   = one.policy.empty() ? Result(std::string()) : read_text_file(one.policy);
    const auto policy = read ? *read : std::string();
    const auto shown  = shown_axes(matrix.axes, policy);
    std::vector<std::size_t> at(matrix.axes.size());
    for (std::size_t cell = 0; cell < cells && !yaml_.failed(); ++cell) {
      auto rest = cell;
      for (auto axis = matrix.axes.size(); axis-- > 0;) {
        at[axis] = rest % matrix.axes[axis].values.size();
        rest /= matrix.axes[axis].values.size();
      }
      auto each   = one;
      each.matrix = index;
      for (std::size_t axis = 0; axis < at.size(); ++axis) {
        const auto& name  = matrix.axes[axis].name;
        const auto& value = matrix.axes[axis].values[at[axis]];
        each.place.push_back(value);
        const auto& label = shown[axis].values[at[axis]];
        each.name += fmt::format("{} {}", axis == 0 ? ":" : ",",
                                 label == value ? fmt::format("{} {}", name, value) : label);
        if (policy.find("${" + name + "}") != std::string::npos) {
          each.values.emplace(name, value);
        } else {
          reader_.check_setting(axes, name, value);
          put(each, name, value);
        }
      }
      if (any_holds(left_out, matrix, each.place)) {
        continue;
      }
      if (map.find("refused-where") != nullptr) {
        const bool refuses  = any_holds(refused, matrix, each.place);
        each.expect.verdict = refuses ? Wanted::kRefused : Wanted::kAccepted;
        if (!refuses) {
          each.expect.answers.clear();
          each.expect.steps.clear();
        }
      }
      for (std::size_t axis = 0; axis < at.size(); ++axis) {
        each.place[axis] = shown[axis].values[at[axis]];
      }
      add(node, std::move(each));
    }
    matrix.axes = shown;
    made_.matrices.push_back(std::move(matrix));
  }

  StrictYaml& yaml_;
  CaseReader reader_;
  Scenario made_;
  std::vector<Identity> identities_;  ///< of the defaults, or of the case that is read
};

}  // namespace

Result<Scenario> parse_scenario(std::string_view text, const std::string& path) {
  StrictYaml yaml(path);
  Scenario made;
  const auto status =
      yaml.read(text, [&](const Node& top) { made = Reader(yaml, path).read(top); });
  return status ? Result(std::move(made)) : Result<Scenario>(status.error());
}

Result<Scenario> read_scenario(const std::string& path) {
  const auto text = read_text_file(path);
  return text ? parse_scenario(*text, path) : Result<Scenario>(text.error());
}

}  // namespace gdoi::scenario
