#pragma once

// Shared by the readers of this folder; not for others.

#include "protocol/base/result.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gdoi::keys {

using Words = std::span<const std::string_view>;

/// Whether a word can be quoted: a misplaced secret must not come to the screen, so no hex.
[[nodiscard]] bool looks_like_a_name(std::string_view word);

/// The name=value words of a line.
class Options {
 public:
  /// Error where a word is of another form or a name stands twice.
  [[nodiscard]] static Result<Options> parse(Words words);

  /// The value of a name, once.
  [[nodiscard]] std::optional<std::string_view> take(std::string_view name);

  /// A note for each that nobody took.
  void note_rest(std::vector<std::string>& notes, std::string_view file, std::size_t line) const;

 private:
  using Value = std::pair<std::string_view, std::string_view>;
  std::vector<Value> values_;
};

}  // namespace gdoi::keys
