#pragma once

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

/// A strict reader of small YAML files, shared by all files of this project that people write by
/// hand. Every setting has one form; anything else is an error with NAME:LINE:COLUMN (both from 1).
namespace gdoi::getvpn {

/// Keys of a map.
using YamlKeys = std::span<const std::string_view>;

/// A hundred times what such a file can sensibly be; keeps the YAML parser's memory in bounds.
inline constexpr std::size_t kMaxYamlSize = 1U << 20U;

/// The values of a map by key.
class YamlMap {
 public:
  /// The value of a key, or nothing.
  [[nodiscard]] const YAML::Node* find(std::string_view key) const {
    const auto found = values_.find(key);
    return found == values_.end() ? nullptr : &found->second;
  }

  /// The value of a key that was asked for as required; after an error an empty node.
  [[nodiscard]] const YAML::Node& at(std::string_view key) const {
    const auto* const found = find(key);
    return found == nullptr ? none_ : *found;
  }

 private:
  friend class StrictYaml;
  std::map<std::string, YAML::Node, std::less<>> values_;
  YAML::Node none_;
};

/// Reads one text. The first error is kept; what is read after it means nothing, so that readers
/// need not look after each value. `finish` tells.
class StrictYaml {
 public:
  /// `name` is what errors call the text; it must live as long as the reader.
  explicit StrictYaml(std::string_view name) : name_(name) {}

  /// Parses the text and hands its top node to `use`. The error is that of the parser or the first
  /// that `use` met.
  Status read(std::string_view text, const std::function<void(const YAML::Node&)>& use);

  /// Notes an error at a place.
  void fail(const YAML::Mark& mark, std::string_view what);

  void fail(const YAML::Node& node, std::string_view what) { fail(node.Mark(), what); }

  [[nodiscard]] bool failed() const { return error_.has_value(); }

  /// A map with each required key and any of the optional ones, each once and with a value.
  YamlMap map(const YAML::Node& node, std::string_view what, YamlKeys required,
              YamlKeys optional = {});

  /// Calls `each` for the members of a list of at most `limit`, until an error.
  void list(const YAML::Node& node, std::string_view what, std::size_t limit,
            const std::function<void(const YAML::Node&)>& each);

  /// A text that is not empty and holds no control characters.
  std::string text(const YAML::Node& node, std::string_view key);

  /// Pairs of hex digits, `least` to `most` octets. `secret` keeps the value out of the error.
  Bytes octets(const YAML::Node& node, std::string_view key, std::size_t least, std::size_t most,
               bool secret = false);

  /// A decimal number in its one form (no sign, no leading zero).
  std::uint32_t number(const YAML::Node& node, std::string_view key, std::uint32_t least,
                       std::uint32_t most);

  /// "yes" or "no".
  bool yes_or_no(const YAML::Node& node, std::string_view key);

  /// One of the names of a table.
  template <typename T, std::size_t N>
  T choice(const YAML::Node& node, std::string_view key,
           const std::array<std::pair<std::string_view, T>, N>& choices) {
    std::array<std::string_view, N> names;
    for (std::size_t i = 0; i < N; ++i) {
      if (node.IsScalar() && node.Scalar() == choices[i].first) {
        return choices[i].second;
      }
      names[i] = choices[i].first;
    }
    fail(node, fmt::format("'{}' must be one of {}", key, fmt::join(names, ", ")));
    return choices[0].second;
  }

 private:
  std::string_view name_;
  std::optional<Error> error_;
};

}  // namespace gdoi::getvpn
