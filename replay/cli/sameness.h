#pragma once

#include "engine/verdict.h"
#include "plan/difference.h"

#include <optional>
#include <string>

/// Whether a KS behaves as the captured one did.
namespace gdoi::cli {

/// What a live registration said, and how that differs from the captured one.
struct Sameness {
  plan::Conversation captured;
  plan::Conversation live;
  plan::Comparison comparison;  ///< the ending is its last difference where it differs
};

/// Compares what the KS said and how it ended.
[[nodiscard]] Sameness compare_with_captured(const registration::Registration& captured,
                                             const plan::Conversation& said,
                                             const plan::Heard& live,
                                             const engine::Verdict& verdict,
                                             const plan::CompareRules& rules);

/// The default rules and those of a file; empty: the default ones.
[[nodiscard]] Result<plan::CompareRules> read_rules(const std::string& path);

/// "pull2/sa/sak/key_lifetime: captured 3600 s (1 h), live 604800 s (7 days)".
[[nodiscard]] std::string difference_text(const plan::Difference& one,
                                          std::string_view first  = "captured",
                                          std::string_view second = "live");

}  // namespace gdoi::cli
