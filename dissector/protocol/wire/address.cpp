#include "protocol/wire/address.h"

#include "protocol/wire/linker.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::wire {
namespace {

constexpr std::size_t kMostListed = 24;

struct Step {
  std::string_view name;
  std::size_t occurrence = 0;  ///< from 1; 0: any
};

std::string_view last_part(std::string_view filter) {
  const auto dot = filter.rfind('.');
  return dot == std::string_view::npos ? filter : filter.substr(dot + 1);
}

// "KeyPacket" is addressed as key_packet.
std::string lower_name(std::string_view name) {
  std::string text;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !text.empty()) {
      text.push_back('_');
    }
    text.push_back(upper ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return text;
}

// How well a name fits a node: 3 its filter name, 2 its last part or layout, 1 its beginning, 0
// not.
int fit(const Document& document, NodeRef node, std::string_view name) {
  const auto& row = document.row(node);
  if (row.filter == name) {
    return 3;
  }
  if (last_part(row.filter) == name) {
    return 2;
  }
  if (row.kind == Kind::kGroup) {
    const auto& schema = document.schema();
    const auto layout  = layout_of(schema, document.value(node).row);
    return layout && lower_name(schema.layouts[*layout].name) == name ? 2 : 0;
  }
  const bool begins = row.filter.size() > name.size() && row.filter.starts_with(name) &&
                      row.filter[name.size()] == '.';
  return begins ? 1 : 0;
}

// The nodes inside `scope` (all of the document for kNoRef) that a name fits best.
// Where more names follow, only structures count.
std::vector<NodeRef> matches(const Document& document, NodeRef scope, std::string_view name,
                             bool last) {
  std::vector<NodeRef> found;
  int best         = 1;
  const auto visit = [&](NodeRef top) {
    for (const auto node : document.walk(top)) {
      const bool counts = node != scope && (last || document.is_group(node));
      const auto how    = counts ? fit(document, node, name) : 0;
      if (how > best) {
        best = how;
        found.clear();
      }
      if (how == best) {
        found.push_back(node);
      }
    }
  };
  if (scope != kNoRef) {
    visit(scope);
  } else {
    visit(document.root());
    visit(document.plaintext());
  }
  return found;
}

// "[2]" is 2.
std::optional<std::size_t> occurrence_of(std::string_view text) {
  constexpr std::size_t kMostDigits = 6;
  if (text.size() < 3 || text.size() > kMostDigits + 2 || text.back() != ']') {
    return std::nullopt;
  }
  std::size_t number = 0;
  for (const char digit : text.substr(1, text.size() - 2)) {
    if (digit < '0' || digit > '9') {
      return std::nullopt;
    }
    number = 10 * number + static_cast<std::size_t>(digit - '0');
  }
  return number == 0 ? std::nullopt : std::optional(number);
}

Result<std::vector<Step>> parse(std::string_view address) {
  std::vector<Step> steps;
  for (std::size_t at = 0; at <= address.size();) {
    const auto slash = std::min(address.find('/', at), address.size());
    Step step{address.substr(at, slash - at)};
    if (const auto open = step.name.find('['); open != std::string_view::npos) {
      const auto occurrence = occurrence_of(step.name.substr(open));
      if (!occurrence) {
        return Error{fmt::format("'{}': an occurrence is written name[1], name[2], ...", address)};
      }
      step = {step.name.substr(0, open), *occurrence};
    }
    if (step.name.empty()) {
      return Error{fmt::format("'{}': a name is missing", address)};
    }
    steps.push_back(step);
    at = slash + 1;
  }
  return steps;
}

std::string listed(const Document& document, const std::vector<NodeRef>& nodes) {
  std::string text;
  for (std::size_t i = 0; i < nodes.size() && i < kMostListed; ++i) {
    text += (i == 0 ? "" : ", ") + path_of(document, nodes[i]);
  }
  if (nodes.size() > kMostListed) {
    text += fmt::format(" and {} more", nodes.size() - kMostListed);
  }
  return text;
}

std::vector<NodeRef> inside(const Document& document, const std::vector<NodeRef>& scopes) {
  std::vector<NodeRef> leaves;
  for (const auto scope : scopes) {
    const auto top = scope == kNoRef ? document.root() : scope;
    for (const auto node : document.walk(top)) {
      if (!document.is_group(node)) {
        leaves.push_back(node);
      }
    }
  }
  return leaves;
}

}  // namespace

Result<NodeRef> resolve(const Document& document, std::string_view address) {
  const auto steps = parse(address);
  if (!steps) {
    return steps.error();
  }
  std::vector<NodeRef> scopes{kNoRef};
  for (const auto& step : *steps) {
    std::vector<NodeRef> found;
    std::size_t most = 0;
    for (const auto scope : scopes) {
      const auto here = matches(document, scope, step.name, &step == &steps->back());
      most            = std::max(most, here.size());
      if (step.occurrence == 0) {
        found.insert(found.end(), here.begin(), here.end());
      } else if (step.occurrence <= here.size()) {
        found.push_back(here[step.occurrence - 1]);
      }
    }
    if (found.empty()) {
      const auto reason = most > 0 ? fmt::format("'{}' occurs only {} times", step.name, most)
                                   : fmt::format("there is no '{}'", step.name);
      return Error{fmt::format("'{}': {}; there are: {}", address, reason,
                               listed(document, inside(document, scopes)))};
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    scopes = std::move(found);
  }
  if (scopes.size() > 1) {
    return Error{
        fmt::format("'{}' is ambiguous; it may be: {}", address, listed(document, scopes))};
  }
  return scopes.front();
}

std::string path_of(const Document& document, NodeRef node) {
  std::vector<NodeRef> chain{node};
  for (auto at = document.value(node).parent; at != kNoRef; at = document.value(at).parent) {
    const auto above = document.value(at).parent;
    if (document.link(at).member && document.link(above).list.kind != ListKind::kAttributes) {
      chain.push_back(at);
    }
  }
  std::reverse(chain.begin(), chain.end());
  std::string path;
  NodeRef scope = kNoRef;
  for (const auto step : chain) {
    const bool last = step == node;
    auto name       = document.row(step).filter;
    if (document.is_group(step)) {
      name = last_part(name);
    }
    auto found = matches(document, scope, name, last);
    if (std::find(found.begin(), found.end(), step) == found.end()) {
      name  = document.row(step).filter;
      found = matches(document, scope, name, last);
    }
    const auto place = std::find(found.begin(), found.end(), step) - found.begin();
    path += fmt::format("{}{}", path.empty() ? "" : "/", name);
    if (found.size() > 1) {
      path += fmt::format("[{}]", place + 1);
    }
    scope = step;
  }
  return path;
}

}  // namespace gdoi::wire
