#include "protocol/registration/registration.h"

#include <fmt/format.h>

namespace gdoi::registration {

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kRegistered:
      return "registered";
    case Outcome::kRefused:
      return "refused";
    case Outcome::kNoAnswer:
      return "no-answer";
    case Outcome::kIncomplete:
      break;
  }
  return "incomplete";
}

std::string_view name_of(How how) {
  switch (how) {
    case How::kSilence:
      return "silence";
    case How::kNotify:
      return "notify";
    case How::kDelete:
      return "delete";
    case How::kInformational:
      return "informational";
    case How::kNone:
      break;
  }
  return "";
}

std::string state_of(const Registration& one) {
  switch (one.outcome) {
    case Outcome::kRegistered:
      return "registered";
    case Outcome::kRefused:
      return fmt::format("refused ({})", name_of(one.how));
    case Outcome::kNoAnswer:
      return "no answer";
    case Outcome::kIncomplete:
      break;
  }
  if (one.signs.exchange == exchange::Exchange::kPull && one.signs.number != 0) {
    return fmt::format("PULL {} of 4", one.signs.number);
  }
  return one.phase1.state == "complete" ? "phase 1 complete" : one.phase1.state;
}

std::string GmVersion::text() const {
  switch (source) {
    case Source::kRule:
      return version->text() + (synthetic ? " (synthetic)" : "");
    case Source::kCandidate:
      return version->text() + " (candidate)";
    case Source::kUnknown:
      return "unknown";
    case Source::kNotAnnounced:
      break;
  }
  return "not announced";
}

getvpn::Support support_of(const getvpn::Feature& feature, const GmVersion& version) {
  const auto known = version.source == GmVersion::Source::kRule ? version.version : std::nullopt;
  return getvpn::support_of(feature, known);
}

std::map<std::string, getvpn::Support> features_of(const GmVersion& version) {
  std::map<std::string, getvpn::Support> all;
  for (const auto& feature : getvpn::features()) {
    all.emplace(feature.name, support_of(feature, version));
  }
  return all;
}

}  // namespace gdoi::registration
