#include "cli/anonymise.h"

#include "anonymise/anonymise.h"
#include "cli/exit_code.h"
#include "cli/key_files.h"
#include "cli/outputs.h"
#include "cli/private_file.h"
#include "net/os_random.h"
#include "protocol/keys/key_log.h"
#include "report/table.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <ostream>

namespace gdoi::cli {

namespace {

using Json = nlohmann::ordered_json;
using anonymise::Kind;
using report::count_of;
using report::harmless;

struct Word {
  Kind kind;
  std::string_view json;
  std::string_view noun;
};

constexpr std::array kWords{
    Word{Kind::kAddress,  "address",  "address"         },
    Word{Kind::kNetwork,  "network",  "network"         },
    Word{Kind::kEthernet, "ethernet", "Ethernet address"},
    Word{Kind::kName,     "name",     "name"            },
    Word{Kind::kGroup,    "group",    "group"           },
    Word{Kind::kOctets,   "octets",   "other identity"  },
};

const Word& word_of(Kind kind) {
  return *std::ranges::find(kWords, kind, &Word::kind);
}

// "2 addresses": count_of() adds an s alone.
std::string counted(std::size_t count, std::string_view noun) {
  constexpr std::string_view kAddress = "ddress";
  if (count != 1 && noun.ends_with(kAddress)) {
    return fmt::format("{} {}es", report::grouped(count), noun);
  }
  if (count != 1 && noun.ends_with('y')) {
    return fmt::format("{} {}ies", report::grouped(count), noun.substr(0, noun.size() - 1));
  }
  return count_of(count, noun);
}

// "frame 5", "frames 5, 7 to 9 and 12"
std::string frames_text(const std::vector<std::uint64_t>& frames) {
  constexpr std::size_t kMost = 20;
  std::vector<std::string> runs;
  for (std::size_t i = 0; i < frames.size();) {
    auto end = i;
    while (end + 1 < frames.size() && frames[end + 1] <= frames[end] + 1) {
      ++end;
    }
    const auto first = frames[i];
    const auto last  = frames[end];
    runs.push_back(last - first < 2 ? fmt::to_string(first) : fmt::format("{} to {}", first, last));
    if (last - first == 1) {
      runs.push_back(fmt::to_string(last));
    }
    i = end + 1;
  }
  std::string text = frames.size() == 1 ? "frame " : "frames ";
  for (std::size_t i = 0; i < std::min(runs.size(), kMost); ++i) {
    text += (i == 0 ? "" : i + 1 == runs.size() ? " and " : ", ") + runs[i];
  }
  return runs.size() > kMost
             ? text + fmt::format(" and more, {} in all", report::grouped(frames.size()))
             : text;
}

class Anonymising {
 public:
  Anonymising(const AnonymiseOptions& options, std::ostream& out, std::ostream& err)
      : options_(options), out_(out), err_(err), style_(output_style(ColourMode::kAuto)) {}

  int run() {
    if (!options_.without_keys) {
      Manifests manifests;
      used_ = choose_key_files(options_.capture, options_.key_files, manifests);
    }
    if (const auto code = look_before(); code != kAsExpected) {
      return code;
    }
    auto ring = read_keys();
    if (!ring) {
      return fail(kBadInput, ring.error().text);
    }
    net::OsRandom chance;
    engine::SeededRandom seeded(options_.seed.value_or(0));
    engine::Random& random = options_.seed ? static_cast<engine::Random&>(seeded) : chance;
    auto outcome = anonymise::anonymise({options_.capture, options_.output, options_.force,
                                         options_.ports, options_.scramble, options_.only_gdoi},
                                        std::move(*ring), random);
    if (!outcome) {
      return fail(kBadInput, outcome.error().text);
    }
    if (!outcome->fault.empty()) {
      return fail(kLocalFault, outcome->fault);
    }
    if (options_.strict && !options_.scramble && !outcome->dark.empty()) {
      return fail(kDiffers,
                  fmt::format("nothing was written: {} could not be decrypted; give their "
                              "keys (--keys), or say --scramble",
                              frames_text(outcome->dark)));
    }
    return finish(*outcome);
  }

 private:
  int fail(int code, const std::string& text) {
    err_ << "gdoi-replay anonymise: " << harmless(text) << '\n';
    return code;
  }

  // Before long work: what would be in the way at its end.
  int look_before() {
    std::vector<std::string> inputs{options_.capture};
    std::ranges::transform(used_, std::back_inserter(inputs), &report::KeyFile::path);
    const auto may = check_outputs(
        {
            {"--output", options_.output},
            {"--key-log", options_.key_log},
            {"--json", options_.json, OutputKind::kFileOrPrinted}
    },
        inputs, options_.force);
    return may ? kAsExpected : fail(may.error().code, may.error().text);
  }

  Result<keys::KeyRing> read_keys() {
    if (options_.without_keys) {
      return keys::KeyRing();
    }
    auto log = read_key_files(used_);
    if (!log) {
      return log.error();
    }
    for (const auto& note : log->notes) {
      err_ << "gdoi-replay anonymise: " << harmless(note) << '\n';
    }
    return std::move(log->ring);
  }

  int finish(anonymise::Outcome& outcome) {
    // The key log first: a capture that has its name is complete.
    if (!options_.key_log.empty()) {
      const auto text = "# Made keys of an anonymised capture: none of them was ever in use.\n" +
                        keys::write_key_log(outcome.keys);
      if (const auto done = write_private_file(options_.key_log, text, options_.force); !done) {
        return fail(done.error().code, done.error().text);
      }
    }
    if (const auto closed = outcome.file->close(); !closed) {
      if (!options_.key_log.empty()) {
        std::error_code problem;
        std::filesystem::remove(options_.key_log, problem);
      }
      return fail(kLocalFault, closed.error().text);
    }
    int code = kAsExpected;
    if (options_.json == "-") {
      out_ << json(outcome);
    } else {
      out_ << text(outcome);
      if (!options_.json.empty()) {
        if (const auto done = write_report_file(options_.json, json(outcome), options_.force);
            !done) {
          code = fail(done.error().code, done.error().text);
        }
      }
    }
    if (!outcome.problem.empty()) {
      code = std::max(code, fail(kBadInput, outcome.problem + "; what is before it was written"));
    }
    return code;
  }

  [[nodiscard]] std::string line(const std::string& text) const {
    return report::wrap(harmless(text), style_.width, 2);
  }

  [[nodiscard]] std::string text(const anonymise::Outcome& outcome) const {
    std::string made;
    if (!options_.quiet) {
      made += summary(outcome);
    }
    made += left(outcome);
    if (options_.show_map) {
      made += map(outcome);
    }
    return made;
  }

  [[nodiscard]] std::string summary(const anonymise::Outcome& outcome) const {
    std::string keys;
    for (const auto& file : used_) {
      keys += (keys.empty() ? "" : ", ") + file.path;
    }
    auto made =
        report::wrap(harmless(fmt::format("{}: {} of {}, {} of GDOI", options_.output,
                                          count_of(outcome.written, "frame"), options_.capture,
                                          count_of(outcome.messages, "datagram"))),
                     style_.width, 0);
    made += line(fmt::format("keys: {}", keys.empty() ? "none" : keys));
    std::string counts;
    for (const auto& word : kWords) {
      const auto count = std::ranges::count(outcome.map, word.kind, &anonymise::Mapped::kind);
      if (count > 0) {
        counts +=
            (counts.empty() ? "" : ", ") + counted(static_cast<std::size_t>(count), word.noun);
      }
    }
    made += line(fmt::format("mapped: {}", counts.empty() ? "nothing" : counts));
    if (!outcome.decrypted.empty()) {
      made += line(fmt::format("{} decrypted, mapped and encrypted again under made keys, {}",
                               count_of(outcome.decrypted.size(), "message"),
                               options_.key_log.empty()
                                   ? "which nobody has now: --key-log FILE keeps them"
                                   : "which are in " + options_.key_log));
    }
    if (outcome.blanked > 0) {
      made += line(fmt::format(
          "{}: {}", counted(outcome.blanked, "frame"),
          options_.only_gdoi ? "not GDOI and left out, so that the others have new numbers"
                             : "not GDOI, or in pieces: nothing but addresses is left of them"));
    }
    return made;
  }

  [[nodiscard]] std::string left(const anonymise::Outcome& outcome) const {
    std::string made;
    if (!outcome.dark.empty()) {
      made += line(fmt::format(
          "{}: encrypted, and no key opens them: {}", frames_text(outcome.dark),
          options_.scramble ? "random octets now"
                            : "they are as they were, and whoever has the keys reads the real "
                              "identities in them (--scramble makes them random octets)"));
    }
    for (const auto& note : outcome.notes) {
      made += line(fmt::format("{}: {}", frames_text(note.frames), note.text));
    }
    if (!outcome.differs.empty()) {
      made +=
          line(fmt::format("{}: read otherwise than the real ones", frames_text(outcome.differs)));
    }
    return made.empty() ? made : "could not be mapped:\n" + made;
  }

  [[nodiscard]] std::string map(const anonymise::Outcome& outcome) const {
    report::Table table({{"what"}, {"real"}, {"made"}});
    for (const auto& one : outcome.map) {
      table.add(
          {{std::string(word_of(one.kind).noun)}, {harmless(one.real)}, {harmless(one.made)}});
    }
    return "the map, which is not for others:\n" + (table.empty() ? "" : table.text(style_));
  }

  [[nodiscard]] std::string json(const anonymise::Outcome& outcome) const {
    Json notes = Json::array();
    for (const auto& note : outcome.notes) {
      notes.push_back({
          {"text",   note.text  },
          {"frames", note.frames}
      });
    }
    Json counts = Json::object();
    for (const auto& word : kWords) {
      counts[word.json] = std::ranges::count(outcome.map, word.kind, &anonymise::Mapped::kind);
    }
    Json key_files = Json::array();
    for (const auto& file : used_) {
      key_files.push_back(file.path);
    }
    Json all{
        {"schema",       1                                                         },
        {"input",        options_.capture                                          },
        {"output",       options_.output                                           },
        {"key_files",    std::move(key_files)                                      },
        {"key_log",      options_.key_log.empty() ? Json() : Json(options_.key_log)},
        {"frames",       outcome.frames                                            },
        {"written",      outcome.written                                           },
        {"datagrams",    outcome.messages                                          },
        {"other_frames", outcome.blanked                                           },
        {"mapped",       std::move(counts)                                         },
        {"decrypted",    outcome.decrypted                                         },
        {"undecrypted",  outcome.dark                                              },
        {"scrambled",    options_.scramble                                         },
        {"notes",        std::move(notes)                                          },
        {"differs",      outcome.differs                                           },
        {"problem",      outcome.problem.empty() ? Json() : Json(outcome.problem)  },
    };
    if (options_.show_map) {
      auto& map = all["map"] = Json::array();
      for (const auto& one : outcome.map) {
        map.push_back({
            {"what", word_of(one.kind).json},
            {"real", one.real              },
            {"made", one.made              }
        });
      }
    }
    return all.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
  }

  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
  const AnonymiseOptions& options_;
  std::ostream& out_;
  std::ostream& err_;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
  report::Style style_;
  std::vector<report::KeyFile> used_;
};

}  // namespace

int anonymise(const AnonymiseOptions& options, std::ostream& out, std::ostream& err) {
  return Anonymising(options, out, err).run();
}

}  // namespace gdoi::cli
