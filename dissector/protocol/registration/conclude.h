#pragma once

#include "protocol/registration/context.h"
#include "protocol/registration/group_book.h"
#include "protocol/registration/ledger.h"

#include <cstdint>
#include <unordered_set>

namespace gdoi::registration {

/// The end of a capture: leaves out those with the numbers in `gone` and diagnoses each of the
/// others by all that the capture has told. `groups`, where they are collected, gets each.
void conclude(Ledger& all, const std::unordered_set<std::uint32_t>& gone, const Context& context,
              GroupBook* groups);

}  // namespace gdoi::registration
