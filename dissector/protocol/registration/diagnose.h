#pragma once

#include "protocol/registration/context.h"
#include "protocol/registration/diagnosis_table.h"

namespace gdoi::registration {

/// What holds of a registration, with what it rests on.
struct Findings {
  Facts facts;
  std::vector<Evidence> evidence;  ///< of the facts, in the order of the table
};

/// Looks for every fact of the table.
[[nodiscard]] Findings find_facts(const Registration& one, const Context& context,
                                  const Before& before);

/// What rekeys prove about a GM that had registered before.
struct RekeyFinding {
  Fact fact = Fact::kPushMissing;
  std::string text;
  std::vector<std::uint64_t> frames;
};

[[nodiscard]] std::vector<RekeyFinding> rekey_facts(const Registration& one, const Rekeys& rekeys,
                                                    const Before& before);

/// Writes `one.diagnosis` from the registration, what the capture tells beside it, and what was
/// before it.
void diagnose(Registration& one, const Context& context, const Before& before);

/// "4 min 12 s", "1 h 3 min", "12.4 s".
[[nodiscard]] std::string span_text(std::int64_t ns);

}  // namespace gdoi::registration
