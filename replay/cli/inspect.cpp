#include "cli/inspect.h"

#include "cli/exit_code.h"
#include "cli/inspect_interface.h"
#include "cli/inspector.h"
#include "cli/key_files.h"
#include "protocol/base/text_file.h"
#include "protocol/getvpn/feature_text.h"
#include "report/json.h"
#include "report/manifest.h"
#include "report/registrations.h"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <ostream>

namespace gdoi::cli {

namespace {

/// A capture, and what a manifest says of it.
struct Subject {
  std::string path;
  std::optional<report::ManifestCapture> expected;
};

Result<getvpn::VersionRules> read_rules(const std::vector<std::string>& paths) {
  getvpn::VersionRules rules;
  for (const auto& path : paths) {
    const auto text = read_text_file(path);
    if (!text) {
      return text.error();
    }
    auto more = getvpn::parse_version_rules(*text, path);
    if (!more) {
      return more.error();
    }
    for (auto& rule : *more) {
      rules.add(std::move(rule));
    }
  }
  return rules;
}

/// The features whose tables are asked for. Error: one that there is not.
Result<std::vector<const getvpn::Feature*>> features_of(const InspectOptions& options) {
  const auto query = getvpn::feature_query(std::nullopt, options.features);
  if (!query) {
    return query.error();
  }
  auto features = query->features;
  if (options.features.empty()) {
    for (const auto& feature : getvpn::features()) {
      if (feature.blocks_registration) {
        features.push_back(&feature);
      }
    }
  }
  return features;
}

class Inspection {
 public:
  Inspection(const InspectOptions& options, const getvpn::VersionRules& rules,
             report::Contents contents, std::ostream& out, std::ostream& err)
      : options_(options),
        rules_(rules),
        out_(out),
        err_(err),
        style_(output_style(options.colour)),
        contents_(std::move(contents)) {}

  int run() {
    for (const auto& argument : options_.captures) {
      inspect_argument(argument);
    }
    if (options_.json) {
      report::write_inspection_json(out_, reports_, contents_);
    } else if (speaks() && (options_.check || options_.quiet || reports_.size() > 1)) {
      out_ << report::summary_text(style_, reports_);
    }
    return exit_code_;
  }

 private:
  void fail(const std::string& text) {
    out_.flush();
    err_ << "gdoi-replay inspect: " << report::harmless(text) << '\n';
    exit_code_ = kBadInput;
  }

  void inspect_argument(const std::string& argument) {
    if (!argument.ends_with(".json")) {
      inspect_capture({argument, std::nullopt});
      return;
    }
    auto manifest = report::read_manifest(argument);
    if (!manifest) {
      fail(manifest.error().text);
      return;
    }
    for (auto& entry : manifest->captures) {
      inspect_capture({entry.file.string(), std::move(entry)});
    }
  }

  void give_up(const Error& error, report::CaptureReport report) {
    fail(error.text);
    report.problem = error.text;
    reports_.push_back(std::move(report));
  }

  /// What the manifest expects, where that is to be checked.
  Status find_expected(Subject& subject) {
    if (!options_.check || subject.expected) {
      return success();
    }
    auto entry = manifests_.find(subject.path);
    if (!entry) {
      return entry.error();
    }
    subject.expected = *std::move(entry);
    if (!subject.expected) {
      return Error{
          subject.path +
          ": no manifest.json in its folder or the one above names it; there is nothing to "
          "check it against"};
    }
    return success();
  }

  Status load_keys(const Subject& subject, report::CaptureReport& report, Inspector& inspector) {
    if (auto remark = manifests_.remark_on(subject.path); !remark.empty()) {
      report.notes.push_back(std::move(remark));
    }
    if (options_.without_keys) {
      return success();
    }
    auto files = choose_key_files(subject.path, options_.key_files, manifests_);
    auto log   = read_key_files(files);
    if (!log) {
      return Error{log.error().text +
                   (options_.key_files.empty() ? " (--without-keys goes without it)" : "")};
    }
    report.key_files = std::move(files);
    std::ranges::move(log->notes, std::back_inserter(report.notes));
    inspector.use(std::move(log->ring));
    return success();
  }

  Result<capture::Reader> open(const std::string& path) const {
    capture::ReaderOptions options;
    options.ports = options_.ports;
    return path == "-" ? capture::Reader::open_stream(stdin, "standard input", options)
                       : capture::Reader::open_file(path, options);
  }

  Result<capture::Reader> prepare(Subject& subject, report::CaptureReport& report,
                                  Inspector& inspector) {
    if (auto expected = find_expected(subject); !expected) {
      return expected.error();
    }
    if (auto keys = load_keys(subject, report, inspector); !keys) {
      return keys.error();
    }
    return open(subject.path);
  }

  void inspect_capture(Subject subject) {
    report::CaptureReport report;
    report.name = subject.path;
    Inspector inspector(options_, style_, rules_, out_);
    auto reader = prepare(subject, report, inspector);
    if (!reader) {
      give_up(reader.error(), std::move(report));
      return;
    }
    if (speaks() && !options_.quiet) {
      out_ << report::heading_text(style_, report);
    }
    inspector.run(*reader, report);
    if (subject.expected) {
      compare(*subject.expected, report);
    }
    if (speaks()) {
      tell(report);
    } else if (options_.pick != 0) {
      write_rule(report);
    }
    if (!report.problem.empty()) {
      fail(report.problem);
    }
    if (speaks()) {
      report.registrations.clear();
    }
    reports_.push_back(std::move(report));
  }

  [[nodiscard]] bool speaks() const { return !options_.json && options_.pick == 0; }

  void write_rule(const report::CaptureReport& report) {
    const auto rule = report::rule_text(report.vendor_ids, options_.pick);
    if (rule) {
      out_ << *rule;
    } else {
      fail(report.name + ": " + rule.error().text);
    }
  }

  void tell(const report::CaptureReport& report) {
    if (options_.quiet) {
      const auto text = report::capture_text(style_, report, contents_);
      out_ << (text.empty() ? "" : report::heading_text(style_, report) + text + '\n');
    } else {
      out_ << (options_.messages && report.counts.messages != 0 ? "\n" : "");
      report::write_capture(out_, style_, report, contents_);
      out_ << '\n';
    }
    out_.flush();
  }

  void compare(const report::ManifestCapture& expected, report::CaptureReport& report) {
    report.comparison =
        report::compare(expected, !options_.without_keys, report.registrations, report.counts);
    if (!report.comparison->as_expected()) {
      exit_code_ = std::max<int>(exit_code_, kDiffers);
    }
  }

  const InspectOptions& options_;
  const getvpn::VersionRules& rules_;
  std::ostream& out_;
  std::ostream& err_;
  report::Style style_;
  report::Contents contents_;
  Manifests manifests_;
  std::vector<report::CaptureReport> reports_;
  int exit_code_ = kAsExpected;
};

}  // namespace

int inspect(const InspectOptions& options, std::ostream& out, std::ostream& err) {
  const auto rules    = read_rules(options.rule_files);
  const auto features = features_of(options);
  if (!rules || !features) {
    err << "gdoi-replay inspect: "
        << report::harmless(rules ? features.error().text : rules.error().text) << '\n';
    return kBadInput;
  }
  const report::Contents contents{.messages   = options.messages,
                                  .vendor_ids = options.vendor_ids,
                                  .quiet      = options.quiet,
                                  .groups     = options.groups || !options.features.empty(),
                                  .features   = *features,
                                  .ports      = options.ports};
  return options.interface.empty() ? Inspection(options, *rules, contents, out, err).run()
                                   : inspect_interface(options, *rules, contents, out, err);
}

}  // namespace gdoi::cli
