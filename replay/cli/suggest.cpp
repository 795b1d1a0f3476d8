#include "cli/suggest.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace gdoi::cli {

namespace {

constexpr std::size_t kLongestWord = 64;

/// Levenshtein's distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (const char letter : a) {
    auto diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto replaced = diagonal + (letter == b[j] ? 0 : 1);
      diagonal            = row[j + 1];
      row[j + 1]          = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest(std::string_view word, std::span<const std::string> known) {
  std::string best;
  auto least = std::max<std::size_t>(word.size() / 3, 1) + 1;
  if (word.size() > kLongestWord) {
    return best;
  }
  for (const auto& each : known) {
    if (const auto far = distance(word, each); far < least) {
      least = far;
      best  = each;
    }
  }
  return best;
}

}  // namespace gdoi::cli
