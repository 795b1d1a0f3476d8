#include "cli/diff.h"

#include "cli/exit_code.h"
#include "cli/key_files.h"
#include "cli/outputs.h"
#include "cli/private_file.h"
#include "cli/read_capture.h"
#include "cli/sameness.h"
#include "plan/capture_plan.h"
#include "report/table.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <ostream>

namespace gdoi::cli {

namespace {

using Json = nlohmann::ordered_json;
using report::Colour;
using report::harmless;

constexpr std::size_t kMostDifferences = 20;

struct Capture {
  std::string path;
  std::vector<report::KeyFile> key_files;
  plan::CapturePlan plan;
};

/// Indices into the two captures; nothing: it has no partner.
struct Pair {
  std::optional<std::size_t> before;
  std::optional<std::size_t> after;
  plan::Comparison comparison;

  [[nodiscard]] bool same() const { return before && after && comparison.same(); }
};

std::string group_of(const registration::Registration& one) {
  return one.group ? one.group->text : std::string();
}

class Diff {
 public:
  Diff(const DiffOptions& options, std::ostream& out, std::ostream& err)
      : options_(options), out_(out), err_(err), style_(output_style(options.colour)) {}

  int run() {
    if (const auto may = look_before(); !may) {
      return fail(may.error().code, may.error().text);
    }
    auto rules = read_rules(options_.compare);
    if (!rules) {
      return fail(kBadInput, rules.error().text);
    }
    for (const auto& path : options_.captures) {
      auto capture = read(path);
      if (!capture) {
        return fail(kBadInput, capture.error().text);
      }
      captures_.push_back(std::move(capture).value());
    }
    pair_up();
    for (auto& pair : pairs_) {
      if (pair.before && pair.after) {
        compare(pair, *rules);
      }
    }
    return tell();
  }

 private:
  int fail(int code, const std::string& text) {
    err_ << "gdoi-replay diff: " << harmless(text) << '\n';
    return code;
  }

  Result<std::monostate, Failure> look_before() {
    auto inputs = options_.captures;
    inputs.push_back(options_.compare);
    for (const auto& path : options_.captures) {
      const auto keys = options_.without_keys
                            ? std::vector<report::KeyFile>()
                            : choose_key_files(path, options_.key_files, manifests_);
      std::ranges::transform(keys, std::back_inserter(inputs), &report::KeyFile::path);
    }
    return check_outputs(
        {
            {"--json", options_.json, OutputKind::kFileOrPrinted}
    },
        inputs, options_.force);
  }

  Result<Capture> read(const std::string& path) {
    Capture made;
    made.path = path;
    auto read = read_capture({path, options_.key_files, options_.without_keys, options_.ports},
                             manifests_, made.key_files);
    if (!read) {
      return read.error();
    }
    made.plan = std::move(read).value();
    if (!made.plan.problem.empty()) {
      return Error{made.plan.problem};
    }
    return made;
  }

  [[nodiscard]] const registration::Registration& before(std::size_t index) const {
    return captures_.front().plan.registrations[index].story;
  }

  [[nodiscard]] const registration::Registration& after(std::size_t index) const {
    return captures_.back().plan.registrations[index].story;
  }

  // By GM, group and order; then by GM and order where one of the groups cannot be read.
  void pair_up() {
    const auto count = captures_.front().plan.registrations.size();
    std::vector<bool> taken(captures_.back().plan.registrations.size());
    for (std::size_t i = 0; i < count; ++i) {
      pairs_.push_back({i, std::nullopt, {}});
    }
    for (const bool by_group : {true, false}) {
      for (auto& pair : pairs_) {
        for (std::size_t j = 0; j < taken.size() && !pair.after; ++j) {
          if (!taken[j] && fit(before(*pair.before), after(j), by_group)) {
            pair.after = j;
            taken[j]   = true;
          }
        }
      }
    }
    for (std::size_t j = 0; j < taken.size(); ++j) {
      if (!taken[j]) {
        pairs_.push_back({std::nullopt, j, {}});
      }
    }
  }

  static bool fit(const registration::Registration& a, const registration::Registration& b,
                  bool by_group) {
    return a.gm.family == b.gm.family && a.gm.address == b.gm.address &&
           (by_group ? group_of(a) == group_of(b) : !a.group || !b.group);
  }

  void compare(Pair& pair, const plan::CompareRules& rules) const {
    const auto& a = captures_.front().plan.registrations[*pair.before];
    const auto& b = captures_.back().plan.registrations[*pair.after];
    pair.comparison =
        plan::compare({a.story, a.said}, {b.story, b.said}, rules, plan::Sides::kBoth);
    const auto was = plan::outcome_text(a.story);
    const auto now = plan::outcome_text(b.story);
    if (was != now) {
      pair.comparison.differences.push_back({"outcome", was, now, "exact"});
    }
  }

  int tell() {
    const auto differing = static_cast<std::size_t>(
        std::ranges::count_if(pairs_, [](const Pair& one) { return !one.same(); }));
    if (options_.json == "-") {
      out_ << json();
    } else {
      out_ << text();
      out_ << fmt::format(
          "{} compared; {}\n", report::count_of(pairs_.size(), "registration"),
          differing == 0 ? "all the same" : fmt::format("{} not the same", differing));
      if (!options_.json.empty()) {
        if (const auto done = write_report_file(options_.json, json(), options_.force); !done) {
          return fail(done.error().code, done.error().text);
        }
      }
    }
    if (pairs_.empty()) {
      return fail(kBadInput, "there is no registration in either capture");
    }
    return differing == 0 ? kAsExpected : kDiffers;
  }

  [[nodiscard]] std::string text() const {
    std::string made;
    for (const auto& one : captures_) {
      std::string keys;
      for (const auto& file : one.key_files) {
        keys += (keys.empty() ? "" : ", ") + harmless(file.path);
      }
      made += report::wrap(
          fmt::format("{} {} (keys: {})", &one == &captures_.front() ? "before:" : "after: ",
                      harmless(one.path), keys.empty() ? "none" : keys),
          style_.width, 0);
    }
    report::Table table({
        {"before", true},
        {"after", true},
        {"GM"},
        {"group"},
        {"before"},
        {"after"},
        {"result"}
    });
    for (const auto& pair : pairs_) {
      if (options_.quiet && pair.same()) {
        continue;
      }
      const auto& any = pair.before ? before(*pair.before) : after(*pair.after);
      table.add(
          {
              {pair.before ? fmt::to_string(before(*pair.before).number) : "-"},
              {pair.after ? fmt::to_string(after(*pair.after).number) : "-"},
              {exchange::address_text(any.gm)},
              {any.group ? harmless(any.group->text) : "unknown"},
              {pair.before ? plan::outcome_text(before(*pair.before)) : "-"},
              {pair.after ? plan::outcome_text(after(*pair.after)) : "-"},
              pair.same() ? report::Cell{"same", Colour::kGood}
                          : report::Cell{result_of(pair), Colour::kBad}
      },
          below(pair));
    }
    return made + (table.empty() ? "" : table.text(style_)) + '\n';
  }

  static std::string result_of(const Pair& pair) {
    if (!pair.before || !pair.after) {
      return pair.before ? "only before" : "only after";
    }
    return pair.comparison.differences.empty() ? "not told" : "differs";
  }

  static std::vector<report::Below> below(const Pair& pair) {
    std::vector<report::Below> lines;
    const auto& found = pair.comparison.differences;
    for (std::size_t i = 0; i < std::min(found.size(), kMostDifferences); ++i) {
      lines.push_back(
          {"differs: " + harmless(difference_text(found[i], "before", "after")), Colour::kBad});
    }
    if (found.size() > kMostDifferences) {
      lines.push_back({fmt::format("and {} more differences; --json has all of them",
                                   found.size() - kMostDifferences),
                       Colour::kBad});
    }
    for (const auto& unread : pair.comparison.unread) {
      lines.push_back({"not compared: " + harmless(unread), Colour::kDoubt});
    }
    return lines;
  }

  static Json side(const std::optional<registration::Registration>& story) {
    return story ? Json{{"number", story->number}, {"outcome", plan::outcome_text(*story)}} : Json();
  }

  [[nodiscard]] std::string json() const {
    Json pairs = Json::array();
    for (const auto& pair : pairs_) {
      const auto& any  = pair.before ? before(*pair.before) : after(*pair.after);
      Json differences = Json::array();
      for (const auto& one : pair.comparison.differences) {
        differences.push_back({
            {"address", one.address },
            {"before",  one.captured},
            {"after",   one.live    },
            {"rule",    one.why     }
        });
      }
      pairs.push_back({
          {"gm",          exchange::address_text(any.gm)                   },
          {"group",       any.group ? Json(any.group->text) : Json()       },
          {"before",      pair.before ? side(before(*pair.before)) : Json()},
          {"after",       pair.after ? side(after(*pair.after)) : Json()   },
          {"same",        pair.same()                                      },
          {"fields",      pair.comparison.fields.size()                    },
          {"differences", std::move(differences)                           },
          {"unread",      pair.comparison.unread                           }
      });
    }
    const Json all{
        {"schema", 1                     },
        {"before", captures_.front().path},
        {"after",  captures_.back().path },
        {"pairs",  std::move(pairs)      }
    };
    return all.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
  }

  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
  const DiffOptions& options_;
  std::ostream& out_;
  std::ostream& err_;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
  report::Style style_;
  Manifests manifests_;
  std::vector<Capture> captures_;
  std::vector<Pair> pairs_;
};

}  // namespace

int diff(const DiffOptions& options, std::ostream& out, std::ostream& err) {
  return Diff(options, out, err).run();
}

}  // namespace gdoi::cli
