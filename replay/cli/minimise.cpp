#include "cli/minimise.h"

#include "plan/address.h"
#include "plan/changes.h"
#include "plan/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <tuple>

namespace gdoi::cli {

namespace {

/// Without these a message is another message, and what ends it another cause.
constexpr std::array<std::string_view, 7> kKept{"sa", "ke", "nonce", "id", "hash", "sig", "cert"};

/// What has to stay as it is, for a trial to count.
struct Essence {
  engine::Ending ending{};
  registration::How how{};
  std::optional<std::uint16_t> notify_type;
  std::string step;
  engine::Cause cause{};
  std::string difference;  ///< the first
  std::string log;         ///< of the built-in KS: its last line

  bool operator==(const Essence&) const = default;
};

Essence essence_of(const Replayed& one) {
  const auto& verdict = *one.live;
  const auto log      = one.key_server_log.empty() ? std::string() : one.key_server_log.back();
  return {verdict.ending,
          verdict.how,
          verdict.notify_type,
          verdict.step,
          cause_of(verdict),
          one.must_be_same ? first_difference(one) : "",
          log};
}

/// Something that can be left out: true in the vector of those that are.
using LeftOut = std::vector<bool>;

class Search {
 public:
  Search(const RunOptions& words, std::uint32_t registration, net::StopSignal* stop)
      : words_(words), stop_(stop), progress_(words.captures.front()) {
    words_.registration = registration;
    words_.minimise     = false;
    for (auto* output : {&words_.record, &words_.key_log, &words_.bundle}) {
      output->clear();
    }
  }

  gdoi::Result<Minimised> run() {
    const auto first = trial(words_);
    if (!first) {
      return Error{"cannot be minimised: it was not run"};
    }
    wanted_ = *first;
    if (trial(words_) != wanted_) {
      return Error{"cannot be minimised: run again it ends otherwise"};
    }
    // What is accepted and should not be is accepted without the changes too: they are the point.
    const bool words_too =
        wanted_->ending != engine::Ending::kAccepted || !wanted_->difference.empty();
    if (words_too) {
      leave_out_words();
    }
    leave_out_payloads();
    if (words_too && dropped_ > 0) {
      leave_out_words();
    }
    Minimised made;
    made.settings = words_.settings;
    made.changes  = words_.changes;
    made.left_out = std::move(left_out_);
    made.runs     = runs_;
    made.complete = runs_ < words_.minimise_runs && !over_;
    made.over     = over_;
    made.run      = last_;
    return made;
  }

 private:
  std::optional<Essence> trial(const RunOptions& words) {
    ++runs_;
    progress_.share(runs_, words_.minimise_runs, "trial");
    auto done = run_silently(words, stop_);
    over_     = over_ || done.over;
    if (over_ || done.captures.size() != 1 || done.captures.front().registrations.size() != 1) {
      return std::nullopt;
    }
    auto& one = done.captures.front().registrations.front();
    if (!one.live) {
      return std::nullopt;
    }
    auto found = essence_of(one);
    if (runs_ == 1 || found == wanted_) {
      last_ = std::make_shared<const Replayed>(std::move(one));
    }
    return found;
  }

  [[nodiscard]] bool exhausted() const { return over_ || runs_ >= words_.minimise_runs; }

  /// As many of `count` things as can be left out together; large pieces first, and again one by
  /// one until nothing more can go. `without` makes the words of a trial.
  LeftOut search(std::size_t count, const std::function<RunOptions(const LeftOut&)>& without) {
    LeftOut out(count, false);
    for (std::size_t piece = count; piece > 0;) {
      bool progress = false;
      for (std::size_t from = 0; from < count && !exhausted(); from += piece) {
        auto more = out;
        std::fill_n(more.begin() + static_cast<std::ptrdiff_t>(from), std::min(piece, count - from),
                    true);
        if (more != out && trial(without(more)) == wanted_) {
          out      = std::move(more);
          progress = true;
        }
      }
      piece = piece > 1 ? piece / 2 : progress && !exhausted() ? 1 : 0;
    }
    return out;
  }

  /// Once before payloads go and once after: what announced a version may not be needed any more.
  void leave_out_words() {
    const auto settings = words_.settings;
    const std::vector<std::string> changes(
        words_.changes.begin(), words_.changes.end() - static_cast<std::ptrdiff_t>(dropped_));
    const auto without = [&](const LeftOut& out) {
      auto made = words_;
      made.settings.clear();
      made.changes.clear();
      for (std::size_t i = 0; i < out.size(); ++i) {
        if (!out[i]) {
          (i < settings.size() ? made.settings : made.changes)
              .push_back(i < settings.size() ? settings[i] : changes[i - settings.size()]);
        }
      }
      made.changes.insert(made.changes.end(),
                          words_.changes.end() - static_cast<std::ptrdiff_t>(dropped_),
                          words_.changes.end());
      return made;
    };
    const auto out = search(settings.size() + changes.size(), without);
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (out[i]) {
        left_out_.push_back(i < settings.size() ? plan::without_secret(settings[i])
                                                : changes[i - settings.size()]);
      }
    }
    words_ = without(out);
  }

  /// Payloads, proposals and transforms that the messages have as they are changed now, the last
  /// first, so that leaving one out does not give those before it another number.
  [[nodiscard]] std::vector<std::string> members() const {
    auto words      = words_;
    words.dry_run   = true;
    words.addresses = true;
    const auto done = run_silently(words, stop_);
    std::vector<std::string> found;
    for (const auto& capture : done.captures) {
      for (const auto& one : capture.registrations) {
        for (const auto& message : one.plan) {
          for (const auto& [text, value] : message.addresses) {
            const auto address = plan::Address::parse(text);
            for (std::size_t size = 1; address && size <= address->steps.size(); ++size) {
              add(*address, size, found);
            }
          }
        }
      }
    }
    std::ranges::reverse(found);
    return found;
  }

  static void add(const plan::Address& address, std::size_t size, std::vector<std::string>& found) {
    const auto& last = address.steps[size - 1];
    const bool payload =
        size == 1 && address.steps.size() > 1 && std::ranges::find(kKept, last.name) == kKept.end();
    const bool choice = last.number && (last.name == "proposal" || last.name == "transform");
    if (!payload && !choice) {
      return;
    }
    auto place = address;
    place.steps.resize(size);
    auto text = place.text();
    if (std::ranges::find(found, text) == found.end()) {
      found.push_back(std::move(text));
    }
  }

  void leave_out_payloads() {
    const auto all     = members();
    const auto without = [&](const LeftOut& out) {
      auto made = words_;
      for (std::size_t i = 0; i < out.size(); ++i) {
        if (out[i]) {
          made.changes.push_back(all[i] + ": drop");
        }
      }
      return made;
    };
    const auto out = search(all.size(), without);
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (out[i]) {
        left_out_.push_back(all[i]);
        ++dropped_;
      }
    }
    words_ = without(out);
  }

  RunOptions words_;
  net::StopSignal* stop_;
  Progress progress_;
  std::size_t runs_ = 0;
  bool over_        = false;
  std::optional<Essence> wanted_;
  std::vector<std::string> left_out_;
  std::size_t dropped_ = 0;               ///< payloads: the last changes
  std::shared_ptr<const Replayed> last_;  ///< that ended so
};

}  // namespace

gdoi::Result<Minimised> minimise(const RunOptions& words, std::uint32_t registration,
                                 net::StopSignal* stop) {
  return Search(words, registration, stop).run();
}

std::string minimise_objection(const RunOptions& words) {
  const bool piped = std::ranges::find(words.captures, "-") != words.captures.end();
  return words.minimise &&
                 (words.mode == Mode::kVerbatim || words.count > 1 || words.dry_run || piped)
             ? "--minimise is of files, rebuilt live and once each"
             : "";
}

std::vector<std::string> minimised_text(const Replayed& one) {
  if (!one.minimised) {
    return {};
  }
  const auto& minimised = *one.minimised;
  std::string command;
  for (const auto& each : minimised.settings) {
    command += fmt::format(" --set '{}'", plan::without_secret(each));
  }
  for (const auto& each : minimised.changes) {
    command += fmt::format(" --change '{}'", each);
  }
  std::vector<std::string> lines{fmt::format("minimised in {}{}; it ends so with{}",
                                             report::count_of(minimised.runs, "run"),
                                             minimised.complete ? "" : ", and then stopped",
                                             command.empty() ? " nothing changed" : command)};
  if (!minimised.left_out.empty()) {
    lines.push_back(fmt::format("makes no difference: {}", fmt::join(minimised.left_out, ", ")));
  }
  return lines;
}

RunOptions with(const RunOptions& words, const Minimised& minimised) {
  auto made     = words;
  made.settings = minimised.settings;
  made.changes  = minimised.changes;
  return made;
}

}  // namespace gdoi::cli
