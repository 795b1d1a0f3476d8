#include "plan/address.h"

#include "protocol/tables/registry.h"
#include "protocol/wire/encode.h"
#include "protocol/wire/print.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

namespace gdoi::plan {
namespace {

using tables::row;
using wire::Document;
using wire::Kind;
using wire::NodeRef;

constexpr std::string_view kPayloadPrefix = "payload.";
constexpr std::size_t kMostListed         = 200;

/// Names that a person would use for what the rows call shorter.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kLonger{
    {{"prop", "proposal"}, {"trans", "transform"}}
};

std::string_view last_part(std::string_view filter) {
  const auto dot = filter.rfind('.');
  return dot == std::string_view::npos ? filter : filter.substr(dot + 1);
}

std::string_view without_prefix(std::string_view filter) {
  return filter.starts_with(kPayloadPrefix) ? filter.substr(kPayloadPrefix.size()) : filter;
}

bool is_attribute(const Document& document, NodeRef node) {
  const auto parent = document.value(node).parent;
  return parent != wire::kNoRef && document.link(node).member && document.is_group(node) &&
         document.link(parent).list.kind == wire::ListKind::kAttributes;
}

std::string name_of_attribute(const Document& document, NodeRef node) {
  const auto value = value_of(document, node);
  const auto set   = document.link(document.value(node).parent).list.arg;
  if (document.value(value).row == wire::attribute_rows(document.schema(), set).value) {
    return fmt::format("attribute_{}", document.value(node).tag);
  }
  return std::string(last_part(document.row(value).filter));
}

std::string name_of(const Document& document, NodeRef node) {
  if (is_attribute(document, node)) {
    return name_of_attribute(document, node);
  }
  const auto filter = document.row(node).filter;
  if (document.is_group(node)) {
    const auto name = last_part(filter);
    const auto* const longer =
        std::ranges::find(kLonger, name, [](const auto& one) { return one.first; });
    return std::string(longer == kLonger.end() ? name : longer->second);
  }
  const auto parent = document.value(node).parent;
  const auto stem =
      parent == wire::kNoRef ? std::string_view() : without_prefix(document.row(parent).filter);
  return std::string(!stem.empty() && filter.size() > stem.size() && filter.starts_with(stem) &&
                             filter[stem.size()] == '.'
                         ? filter.substr(stem.size() + 1)
                         : last_part(filter));
}

bool has_name(const Document& document, NodeRef node, std::string_view own, std::string_view name) {
  if (own == name) {
    return true;
  }
  const auto field  = is_attribute(document, node) ? value_of(document, node) : node;
  const auto filter = document.row(field).filter;
  return filter == name || without_prefix(filter) == name ||
         (!document.is_group(field) && filter.size() > name.size() && filter.starts_with(name) &&
          filter[name.size()] == '.');
}

/// The structures above a place and itself, topmost first; the message or plaintext left out.
std::vector<NodeRef> lineage(const Document& document, NodeRef node) {
  std::vector<NodeRef> up;
  for (; document.value(node).parent != wire::kNoRef; node = document.value(node).parent) {
    if (document.row(node).filter != "message") {
      up.push_back(node);
    }
  }
  std::ranges::reverse(up);
  return up;
}

/// How well an address fits a place.
enum class Fit : std::uint8_t {
  kNone,
  kWithGaps,    ///< steps are left out in between
  kWithoutTop,  ///< only the first steps are left out
  kWhole
};

Fit fit_of(const Document& document, const Address& address, const Place& place) {
  const auto up = lineage(document, place.node);
  auto at       = up.size();
  for (auto step = address.steps.rbegin(); step != address.steps.rend(); ++step) {
    const bool last = step == address.steps.rbegin();
    bool found      = false;
    while (at > 0 && !found) {
      --at;
      const auto& own = place.path[at];
      found           = has_name(document, up[at], own.name, step->name) &&
              (!step->number || *step->number == own.number.value_or(1));
      if (last && !found) {
        return Fit::kNone;
      }
    }
    if (!found) {
      return Fit::kNone;
    }
  }
  if (up.size() - at != address.steps.size()) {
    return Fit::kWithGaps;
  }
  return at == 0 ? Fit::kWhole : Fit::kWithoutTop;
}

Place structure_of(const Document& document, const Place& place) {
  Place above{document.value(place.node).parent, place.path};
  above.path.pop_back();
  return above;
}

std::string listed(const Address& address, const std::vector<Place>& places) {
  std::vector<std::string> texts;
  for (const auto& place : places) {
    if (texts.size() == kMostListed) {
      texts.emplace_back("...");
      break;
    }
    texts.push_back(address.message + "/" + place.text());
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

void add_places(const Document& document, NodeRef parent, const std::vector<AddressStep>& above,
                std::vector<Place>& places) {
  const auto& children = document.value(parent).children;
  std::vector<std::string> names;
  std::map<std::string, std::size_t, std::less<>> totals;
  names.reserve(children.size());
  for (const auto child : children) {
    names.push_back(name_of(document, child));
    ++totals[names.back()];
  }
  std::map<std::string, std::size_t, std::less<>> seen;
  for (std::size_t i = 0; i < children.size(); ++i) {
    const auto child  = children[i];
    const auto filter = document.row(child).filter;
    if (filter == "message") {
      add_places(document, child, above, places);
      continue;
    }
    const auto number = ++seen[names[i]];
    if (filter == "enc.data" && document.plaintext() != wire::kNoRef) {
      continue;
    }
    if (is_attribute(document, parent) && child == value_of(document, parent)) {
      continue;  // the attribute stands for it
    }
    auto path = above;
    path.push_back({names[i], totals[names[i]] > 1 ? std::optional(number) : std::nullopt});
    places.push_back({child, path});
    add_places(document, child, path, places);
  }
}

Error problem(const Address& address, std::string_view what, const std::vector<Place>& places) {
  return {fmt::format("{} {}; there {}: {}", address.text(), what,
                      places.size() == 1 ? "is" : "are",
                      places.empty() ? "none" : listed(address, places))};
}

}  // namespace

Result<Address> Address::parse(std::string_view text) {
  Address made;
  const auto wrong = [&](std::string_view why) {
    return Error{
        fmt::format("{}: {}; an address is MESSAGE/STRUCTURE[NUMBER]/FIELD, such as "
                    "mm1/transform[2]/key_length",
                    text, why)};
  };
  for (std::size_t at = 0; at <= text.size();) {
    const auto end  = std::min(text.find('/', at), text.size());
    auto part       = text.substr(at, end - at);
    const bool head = at == 0;
    at              = end + 1;
    AddressStep step;
    if (const auto bracket = part.find('['); bracket != std::string_view::npos) {
      std::size_t number = 0;
      const auto* from   = part.data() + bracket + 1;
      const auto* to     = part.data() + part.size();
      const auto parsed  = std::from_chars(from, to, number);
      if (parsed.ec != std::errc() || parsed.ptr + 1 != to || *parsed.ptr != ']' || number == 0 ||
          head) {
        return wrong("a number from 1 stands in brackets behind a structure");
      }
      step.number = number;
      part        = part.substr(0, bracket);
    }
    if (part.empty()) {
      return wrong("a part of it is empty");
    }
    step.name = part;
    if (head) {
      made.message = part;
    } else {
      made.steps.push_back(std::move(step));
    }
  }
  return made;
}

std::string Address::text() const {
  Place whole;
  whole.path = steps;
  return steps.empty() ? message : message + "/" + whole.text();
}

std::string Place::text() const {
  std::string made;
  for (const auto& step : path) {
    made += made.empty() ? "" : "/";
    made += step.name;
    made += step.number ? fmt::format("[{}]", *step.number) : "";
  }
  return made;
}

std::vector<Place> places_of(const Document& document) {
  std::vector<Place> places;
  for (const auto top : {document.root(), document.plaintext()}) {
    if (top != wire::kNoRef) {
      add_places(document, top, {}, places);
    }
  }
  return places;
}

NodeRef value_of(const Document& document, NodeRef node) {
  const auto& children = document.value(node).children;
  return is_attribute(document, node) && !children.empty() ? children.back() : node;
}

bool is(const Document& document, NodeRef node, Target target) {
  switch (target) {
    case Target::kField:
      return !document.is_group(value_of(document, node));
    case Target::kMember:
      return document.link(node).member;
    case Target::kList:
      return document.is_group(node) && document.link(node).list.kind != wire::ListKind::kNone;
    case Target::kLength:
      return document.row(node).kind == Kind::kLength;
  }
  return false;
}

std::vector<Place> meant_by(const Document& document, const Address& address, Target target) {
  std::vector<Place> meant;
  auto best = Fit::kWithGaps;
  for (auto& place : places_of(document)) {
    if (!is(document, place.node, target)) {
      continue;
    }
    const auto fit = fit_of(document, address,
                            target == Target::kLength ? structure_of(document, place) : place);
    if (fit > best) {
      best = fit;
      meant.clear();
    }
    if (fit == best) {
      meant.push_back(std::move(place));
    }
  }
  return meant;
}

Result<Place> find_place(const Document& document, const Address& address, Target target) {
  auto meant = meant_by(document, address, target);
  if (meant.size() == 1) {
    return std::move(meant.front());
  }
  if (!meant.empty()) {
    return problem(address, "names several", meant);
  }
  auto all = places_of(document);
  std::erase_if(all, [&](const Place& one) { return !is(document, one.node, target); });
  return problem(address, "names nothing", all);
}

NodeRef payload_list(const Document& document) {
  if (document.plaintext() != wire::kNoRef) {
    return document.plaintext();
  }
  return document.find(row("message")).value_or(document.root());
}

std::string value_text(const Document& document, const Place& place) {
  const auto node = value_of(document, place.node);
  if (document.is_group(node)) {
    return fmt::format("{} octets", document.size(node));
  }
  return wire::value_text(document.row(node), wire::encode(document, node));
}

}  // namespace gdoi::plan
