#pragma once

#include "plan/plan.h"

#include <string>
#include <utility>
#include <vector>

/// The changes of a plan, made without sending anything.
namespace gdoi::plan {

/// Makes the changes in the plan's own messages, to show what would be sent, and says what they
/// are. What is random is so only when it is sent. Error: a message that the plan does not send, an
/// address that names nothing or several, a value that does not fit.
[[nodiscard]] Result<std::vector<Altered>> rehearse(Plan& plan);

/// Whether `rehearse` would succeed; the plan stays as it is.
[[nodiscard]] Status check_changes(const Plan& plan);

/// The messages of a plan by their short names ("mm1"), in order.
[[nodiscard]] std::vector<std::pair<std::string, const Template*>> messages_of(const Plan& plan);

/// Each address of a message with its value: "mm1/sa/doi", "GDOI (2)". Structures are left out.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> addresses_of(
    std::string_view message, const Template& from);

}  // namespace gdoi::plan
