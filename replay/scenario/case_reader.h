#pragma once

#include "protocol/getvpn/strict_yaml.h"
#include "scenario/scenario.h"

#include <filesystem>

namespace gdoi::scenario {

inline constexpr std::size_t kMostMembers = 1'000;

/// Reads what the defaults, the cases and the sanity registration of a scenario have in common.
/// Errors are the reader's.
class CaseReader {
 public:
  CaseReader(getvpn::StrictYaml& yaml, std::filesystem::path folder)
      : yaml_(yaml), folder_(std::move(folder)) {}

  /// The value of a key, or nothing.
  std::string optional_text(const getvpn::YamlMap& map, std::string_view key);

  /// A file that is named from where the scenario is, and can be read.
  std::string file(const YAML::Node& node, std::string_view key);

  /// Takes all keys but "identities", which is the scenario's.
  void common(const getvpn::YamlMap& map, Case& one);

  /// Whether --set would take it.
  void check_setting(const YAML::Node& node, const std::string& name, const std::string& value);

 private:
  double seconds(const YAML::Node& node, std::string_view key);
  void settings(const getvpn::YamlMap& map, Case& one);
  void changes(const getvpn::YamlMap& map, Case& one);
  Expectation expectation(const YAML::Node& node);
  std::string step_name(const YAML::Node& node);
  Answer answer(const YAML::Node& node);

  // NOLINTNEXTLINE(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
  getvpn::StrictYaml& yaml_;
  std::filesystem::path folder_;
};

/// Sets a setting of a case, in the place of one with the same name.
void put(Case& one, const std::string& name, const std::string& value);

}  // namespace gdoi::scenario
