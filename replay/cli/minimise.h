#pragma once

#include "cli/run_report.h"

namespace gdoi::cli {

/// Finds the fewest settings, changes and payloads with which registration `registration` of the
/// one capture in `words` still ends as it does with all of them: the same verdict at the same
/// step, in the same way, and of --expect same the same first difference. Of what is accepted
/// against expectation only payloads are left out. Each trial is a run of its own, with the same
/// seed; at most `words.minimise_runs` of them. Error: it was not run at all, or ends otherwise
/// when it is run again.
[[nodiscard]] gdoi::Result<Minimised> minimise(const RunOptions& words, std::uint32_t registration,
                                               net::StopSignal* stop);

/// Why `words` ask for what cannot be minimised; empty: they do not.
[[nodiscard]] std::string minimise_objection(const RunOptions& words);

/// What came of it, for people; nothing where it was not asked for.
[[nodiscard]] std::vector<std::string> minimised_text(const Replayed& one);

/// `words` with what is left.
[[nodiscard]] RunOptions with(const RunOptions& words, const Minimised& minimised);

}  // namespace gdoi::cli
