#include "protocol/getvpn/feature_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <string>

namespace gdoi::getvpn {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kColumns = 80;
constexpr int kJsonSchema      = 1;

std::string_view word(Support support) {
  switch (support) {
    case Support::kSupported:
      return "supported";
    case Support::kUnsupported:
      return "unsupported";
    case Support::kUnknown:
      break;
  }
  return "unknown";
}

std::string_view word(Grade grade) {
  switch (grade) {
    case Grade::kDocumented:
      return "documented";
    case Grade::kObserved:
      return "observed";
    case Grade::kComputed:
      return "computed";
    case Grade::kInferred:
      break;
  }
  return "inferred";
}

char letter(Grade grade) {
  switch (grade) {
    case Grade::kDocumented:
      return 'D';
    case Grade::kObserved:
      return 'O';
    case Grade::kComputed:
      return 'C';
    case Grade::kInferred:
      break;
  }
  return 'I';
}

std::string_view word(Role role) {
  switch (role) {
    case Role::kGm:
      return "GM";
    case Role::kKs:
      return "KS";
    case Role::kBoth:
      break;
  }
  return "both";
}

std::vector<const Feature*> chosen(const FeatureQuery& query) {
  if (!query.features.empty()) {
    return query.features;
  }
  std::vector<const Feature*> all;
  std::ranges::transform(features(), std::back_inserter(all),
                         [](const Feature& feature) { return &feature; });
  return all;
}

/// Breaks `text` between words so that no line, with its indent, is over kColumns. The first line
/// starts at column `column`, the others at `indent`.
std::string wrapped(std::string_view text, std::size_t column, std::size_t indent) {
  std::string out;
  bool at_start = true;
  while (!text.empty()) {
    const auto end  = std::min(text.find(' '), text.size());
    const auto next = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!at_start && column + 1 + next.size() > kColumns) {
      out += '\n' + std::string(indent, ' ');
      column   = indent;
      at_start = true;
    }
    if (!at_start) {
      out += ' ';
      ++column;
    }
    out += next;
    column += next.size();
    at_start = false;
  }
  return out;
}

void add_feature_table(std::string& out, const FeatureQuery& query) {
  const bool judged  = query.version.has_value();
  const auto support = [&](std::string_view what) {
    return judged ? fmt::format("{:<13}", what) : "";
  };
  const auto table_line = [&](auto name, auto minimum, auto blocks, auto supported, auto source) {
    out += fmt::format("{:<18}{:<9}{:<8}{}{}\n", name, minimum, blocks, support(supported), source);
  };
  table_line("FEATURE", "MINIMUM", "BLOCKS", "SUPPORT", "SOURCE");
  for (const auto* feature : chosen(query)) {
    table_line(
        feature->name, feature->minimum ? feature->minimum->text() : "unknown",
        feature->blocks_registration ? "yes" : "-", word(support_of(*feature, query.version)),
        feature->minimum ? fmt::format("{} {}", letter(Grade::kDocumented), feature->minimum_source)
                         : "none public");
  }
}

void add_names(std::string& out, const Feature& feature) {
  std::string names;
  if (!feature.yang_name.empty()) {
    names += fmt::format("; YANG name {}", feature.yang_name);
  }
  if (!feature.syslog_name.empty()) {
    names += fmt::format("; syslog name {}", feature.syslog_name);
  }
  const std::string head = fmt::format("{}: ", feature.name);
  out += head + wrapped(fmt::format("{}{}", feature.summary, names), head.size(), 2) + '\n';
}

void add_remarks(std::string& out, const FeatureQuery& query) {
  for (const auto* feature : chosen(query)) {
    if (!query.features.empty()) {
      add_names(out, *feature);
    }
    if (!feature->remark.empty()) {
      const std::string head = fmt::format("{}: ", feature->name);
      out += head + wrapped(feature->remark, head.size(), 2) + '\n';
    }
  }
}

void add_version_table(std::string& out) {
  constexpr std::size_t kRemarkColumn = 28;
  out += fmt::format("{:<9}{:<13}{:<6}{}\n", "VERSION", "RAW", "ROLE", "SOURCE");
  for (const auto& known : known_versions()) {
    out += fmt::format("{:<9}{:<13}{:<6}{} {}\n", known.version.text(),
                       fmt::format("{:#x}", known.version.raw), word(known.role),
                       letter(known.grade), known.known_from);
    if (!known.remark.empty()) {
      out += std::string(kRemarkColumn, ' ') + wrapped(known.remark, kRemarkColumn, kRemarkColumn) +
             '\n';
    }
  }
}

Json text_or_null(std::string_view text) {
  return text.empty() ? Json() : Json(text);
}

Json to_json(std::optional<Version> version) {
  if (!version) {
    return {};
  }
  return {
      {"text", version->text()},
      {"raw",  version->raw   }
  };
}

Json to_json(const Feature& feature, const FeatureQuery& query) {
  Json out{
      {"name",                feature.name                                             },
      {"yang_name",           text_or_null(feature.yang_name)                          },
      {"syslog_name",         text_or_null(feature.syslog_name)                        },
      {"summary",             feature.summary                                          },
      {"minimum",             to_json(feature.minimum)                                 },
      {"minimum_source",      text_or_null(feature.minimum_source)                     },
      {"grade",               feature.minimum ? Json(word(Grade::kDocumented)) : Json()},
      {"blocks_registration", feature.blocks_registration ? Json(true) : Json()        },
      {"remark",              text_or_null(feature.remark)                             }
  };
  if (query.version) {
    out["support"] = word(support_of(feature, query.version));
  }
  return out;
}

Json to_json(const KnownVersion& known) {
  auto out          = to_json(std::optional(known.version));
  out["role"]       = word(known.role);
  out["grade"]      = word(known.grade);
  out["known_from"] = known.known_from;
  out["remark"]     = text_or_null(known.remark);
  return out;
}

}  // namespace

Result<FeatureQuery> feature_query(std::optional<std::string_view> version,
                                   const std::vector<std::string>& names) {
  FeatureQuery query;
  if (version) {
    query.version = Version::parse(*version);
    if (!query.version) {
      return Error{fmt::format("'{}' is not a GETVPN version; write major.minor.mini, as in 1.0.4",
                               *version)};
    }
  }
  for (const auto& name : names) {
    const auto* feature = feature_named(name);
    if (feature == nullptr) {
      std::vector<std::string_view> known;
      std::ranges::transform(features(), std::back_inserter(known), &Feature::name);
      return Error{fmt::format("no GETVPN feature is called '{}'; there are: {}", name,
                               fmt::join(known, ", "))};
    }
    query.features.push_back(feature);
  }
  return query;
}

std::string feature_text(const FeatureQuery& query) {
  std::string out;
  if (query.version) {
    out += fmt::format("GM version {} ({:#x})\n\n", query.version->text(), query.version->raw);
  }
  add_feature_table(out, query);
  out += '\n';
  add_remarks(out, query);
  out +=
      "\nMINIMUM: the documented minimum version. BLOCKS: yes where Cisco documents that\n"
      "a KS refuses the registration of a GM without the feature, - where it does not.\n"
      "unknown: no public source tells. D documented by Cisco, O observed in device\n"
      "output. GM and KS versions are separate counters.\n\n";
  add_version_table(out);
  return out;
}

std::string feature_json(const FeatureQuery& query) {
  Json out{
      {"schema",     kJsonSchema           },
      {"gm_version", to_json(query.version)},
      {"features",   Json::array()         },
      {"versions",   Json::array()         }
  };
  for (const auto* feature : chosen(query)) {
    out["features"].push_back(to_json(*feature, query));
  }
  for (const auto& known : known_versions()) {
    out["versions"].push_back(to_json(known));
  }
  return out.dump(2) + '\n';
}

}  // namespace gdoi::getvpn
