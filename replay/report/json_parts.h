#pragma once

#include "report/inspection.h"
#include "report/json_document.h"

#include <optional>
#include <string_view>
#include <vector>

/// What several parts of `inspect --json` have.
namespace gdoi::report {

template <typename T>
[[nodiscard]] Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

[[nodiscard]] Json or_null(std::string_view text);
[[nodiscard]] Json number_or_null(std::uint64_t frame);
[[nodiscard]] Json group_json(const std::optional<registration::Group>& group);
[[nodiscard]] Json version_json(const registration::GmVersion& version);
[[nodiscard]] Json uses_json(const std::vector<registration::Use>& all);
[[nodiscard]] std::string_view word(getvpn::Support support);

/// An element of `groups`.
[[nodiscard]] Json group_view_json(const CaptureReport& report, const registration::GroupView& view,
                                   const Contents& contents);

}  // namespace gdoi::report
