#include "protocol/registration/words.h"

#include "protocol/base/text.h"
#include "protocol/tables/registry.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::registration {

std::string_view notify_name(std::uint16_t type) {
  return wire::name_of(tables::kRows[tables::row("notify.msgtype")].names, type);
}

std::string group_text(const Registration& one) {
  return one.group ? harmless(one.group->text) : "unknown";
}

std::string step_text(const Registration& one) {
  auto how = std::string(name_of(one.how));
  if (one.notify_type) {
    how += fmt::format(" {}", *one.notify_type);
  }
  if (one.step.empty() || how.empty()) {
    return one.step + how;
  }
  return fmt::format("{}, {}", one.step, how);
}

std::string step_in_brackets(const Registration& one) {
  const auto step = step_text(one);
  return step.empty() ? step : fmt::format(" ({})", step);
}

std::string reason_text(const Registration& one) {
  auto text = harmless(one.reason);
  if (one.notify_type) {
    const auto name = notify_name(*one.notify_type);
    if (!name.empty() && text.find(name) == std::string::npos) {
      text += fmt::format(" (NOTIFY {} is {})", *one.notify_type, name);
    }
  }
  if (one.group && !one.group->remark.empty()) {
    text += fmt::format(" (group: {})", harmless(one.group->remark));
  }
  return text;
}

std::string diagnosis_text(const Registration& one) {
  return harmless(one.diagnosis.why);
}

void Widths::measure(const Registration& one) {
  gm      = std::max(gm, exchange::address_text(one.gm).size());
  ks      = std::max(ks, exchange::address_text(one.ks).size());
  group   = std::max(group, columns_of(group_text(one)));
  version = std::max(version, one.gm_version.text().size());
}

std::string line_before_outcome(const Registration& one, const Widths& widths) {
  constexpr unsigned kMillisecond = 3;
  return fmt::format("{}  GM {:{}}  KS {:{}}  group {:{}}  version {:{}}  ",
                     time_of_day(one.started_ns, kMillisecond), exchange::address_text(one.gm),
                     widths.gm, exchange::address_text(one.ks), widths.ks, group_text(one),
                     widths.group, one.gm_version.text(), widths.version);
}

}  // namespace gdoi::registration
