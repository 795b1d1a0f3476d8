#include "protocol/registration/reason.h"

#include "protocol/registration/diagnose.h"
#include "protocol/registration/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::registration {

namespace {

using exchange::Exchange;
using exchange::Sender;

constexpr std::uint8_t kLastPullMessage = 4;
constexpr double kNsPerSecond           = 1e9;
constexpr std::int64_t kWordsNs         = 60'000'000'000;
constexpr double kTenthMatters          = 0.1;

std::string seconds(std::int64_t ns) {
  if (ns >= kWordsNs) {
    return span_text(ns);
  }
  const auto value = static_cast<double>(std::max<std::int64_t>(ns, 0)) / kNsPerSecond;
  return value < kTenthMatters ? fmt::format("{:.3f} s", value) : fmt::format("{:.1f} s", value);
}

/// "2, 4 and 6".
std::string list(const std::vector<std::string>& items) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    text += i == 0 ? "" : i + 1 == items.size() ? " and " : ", ";
    text += items[i];
  }
  return text;
}

std::string numbers(const std::vector<std::uint64_t>& all) {
  std::vector<std::string> items;
  items.reserve(all.size());
  std::ranges::transform(all, std::back_inserter(items),
                         [](auto number) { return fmt::to_string(number); });
  return list(items);
}

std::string frames(const std::vector<std::uint64_t>& all) {
  return (all.size() == 1 ? "frame " : "frames ") + numbers(all);
}

std::string_view name_of(Exchange exchange, std::uint8_t number) {
  const auto* step = exchange::step_of(exchange, number);
  return step != nullptr ? step->name : "a message";
}

std::string_view mode_name(Exchange exchange) {
  return exchange == Exchange::kAggressive ? "aggressive mode" : "main mode";
}

/// Builds the sentence and collects the frames that it names.
class Writer {
 public:
  Writer(const Session& session, const Pull* pull, const Judgement& judgement,
         Registration& registration)
      : session_(session),
        pull_(pull),
        conversation_(pull != nullptr ? *pull : session.phase1),
        judgement_(judgement),
        out_(registration) {}

  void write() {
    switch (judgement_.outcome) {
      case Outcome::kRegistered:
        out_.reason = registered();
        break;
      case Outcome::kRefused:
        out_.reason = judgement_.how == How::kSilence ? silence() : ended();
        break;
      case Outcome::kNoAnswer:
        out_.reason = fmt::format("The KS answered nothing to {}", unanswered());
        break;
      case Outcome::kIncomplete:
        out_.reason = incomplete();
        break;
    }
    std::ranges::sort(out_.evidence);
    const auto same = std::ranges::unique(out_.evidence);
    out_.evidence.erase(same.begin(), same.end());
  }

 private:
  [[nodiscard]] const StepSeen& step(std::uint8_t number) const {
    return conversation_.steps.at(number);
  }

  std::uint64_t rests_on(std::uint64_t frame) {
    out_.evidence.push_back(frame);
    return frame;
  }

  /// "frame 7, repeated in 9 and 12".
  std::string where(const StepSeen& seen) {
    auto text = fmt::format("frame {}", rests_on(seen.frame));
    if (seen.repeats == 0) {
      return text;
    }
    const auto named = std::min<std::size_t>(seen.repeats, kMaxNamedRepeats);
    const std::vector<std::uint64_t> repeats(
        seen.repeat_frames.begin(),
        seen.repeat_frames.begin() + static_cast<std::ptrdiff_t>(named));
    std::ranges::for_each(repeats, [this](auto frame) { rests_on(frame); });
    text += ", repeated in " + numbers(repeats);
    return seen.repeats > named ? text + fmt::format(" and {} more", seen.repeats - named) : text;
  }

  /// "PULL message 1 (frame 7, repeated in 9 and 12)".
  std::string named(std::uint8_t number) {
    return fmt::format("{} ({})", name_of(conversation_.exchange, number), where(step(number)));
  }

  std::vector<std::uint64_t> frames_of_ks(const Conversation& of) {
    std::vector<std::uint64_t> found;
    for (std::uint8_t number = 1; number <= kMaxStep; ++number) {
      const auto frame = of.steps.at(number).frame;
      if (frame != 0 && sender_of(of.exchange, number) == Sender::kKs) {
        found.push_back(rests_on(frame));
      }
    }
    return found;
  }

  /// What the KS did answer: "main mode (frames 2, 4 and 6) and PULL message 1 (frame 8)".
  std::string answered() {
    std::vector<std::string> items;
    const auto phase1 = frames_of_ks(session_.phase1);
    if (!phase1.empty() && pull_ != nullptr) {
      items.push_back(fmt::format("{} ({})", mode_name(session_.phase1.exchange), frames(phase1)));
    }
    for (const auto& other : session_.pulls) {
      if (&other == pull_) {
        break;
      }
      if (const auto earlier = frames_of_ks(other); !earlier.empty()) {
        items.push_back(fmt::format("an earlier PULL ({})", frames(earlier)));
      }
    }
    for (std::uint8_t number = 2; number < judgement_.step; ++number) {
      if (step(number).frame != 0 && sender_of(conversation_.exchange, number) == Sender::kKs) {
        const auto before = static_cast<std::uint8_t>(number - 1);
        items.push_back(fmt::format("{} (frame {})", name_of(conversation_.exchange, before),
                                    rests_on(step(number).frame)));
      }
    }
    return list(items);
  }

  /// "PULL message 1 (frame 7, repeated in 9) within 16.0 s".
  std::string unanswered() {
    auto text = fmt::format("{} within {}", named(judgement_.step),
                            judgement_.waited == Waited::kCaptureWentOn ? "the " : "") +
                seconds(judgement_.for_ns);
    if (judgement_.waited == Waited::kCaptureWentOn) {
      text += " that were watched after it";
    } else if (judgement_.waited == Waited::kRepeated && session_.restart_frame == 0) {
      return text;
    }
    return text + began_anew();
  }

  std::string began_anew() {
    return session_.restart_frame == 0
               ? std::string{}
               : fmt::format("; the GM began anew in frame {}", rests_on(session_.restart_frame));
  }

  /// Where the step is encrypted and was not read, how its number is known.
  [[nodiscard]] std::string by_order() const {
    const auto* script = exchange::step_of(conversation_.exchange, judgement_.step);
    if (script == nullptr || !script->encrypted ||
        conversation_.decrypted == conversation_.encrypted) {
      return {};
    }
    return conversation_.decrypted == 0
               ? "; the step is told by message count and direction, nothing was decrypted"
               : "; not all of its messages were decrypted, so the step is told by their order";
  }

  std::string silence() {
    const auto what = answered();
    const auto lead = what.empty() ? std::string("The KS did not answer ")
                                   : fmt::format("The KS answered {} but not ", what);
    auto text       = lead + unanswered();
    if (judgement_.step > 1) {
      const auto before   = static_cast<std::uint8_t>(judgement_.step - 1);
      const auto& earlier = step(before);
      if (earlier.frame != 0 && earlier.last_ns > step(judgement_.step).first_ns) {
        text += fmt::format("; meanwhile the KS repeated {}", named(before));
      }
    }
    return text + by_order();
  }

  std::string ended() {
    const auto& ending = conversation_.ending;
    const auto after   = named(judgement_.step);
    rests_on(ending.frame);
    if (ending.how == How::kInformational) {
      return fmt::format(
                 "After {} the KS sent an encrypted Informational (frame {}) and no answer; "
                 "without a key it cannot be told what it says",
                 after, ending.frame) +
             by_order();
    }
    const auto what = ending.how == How::kDelete ? std::string("a DELETE")
                                                 : "NOTIFY " + notify_text(ending.notify_type);
    return fmt::format("The KS ended it with {} in frame {} after {}", what, ending.frame, after) +
           (ending.clear ? "; it came in clear, so nothing authenticates it" : "") + by_order();
  }

  static std::string notify_text(std::uint16_t type) {
    return fmt::format("{} ({})", notify_name(type), type);
  }

  std::string registered() {
    const auto& last = step(kLastPullMessage);
    const auto where = fmt::format("PULL message 4 in frame {}", rests_on(last.frame));
    if (pull_->download) {
      return fmt::format("{}: KD with {}", where, contents(*pull_->download));
    }
    std::string rest =
        conversation_.decrypted == 0 ? "nothing was decrypted" : "it was not decrypted";
    return fmt::format("{} ({} octets), told by message count, direction and length; {}", where,
                       last.octets, rest);
  }

  static std::string contents(const KeyDownload& download) {
    std::vector<std::string> items;
    const auto add = [&](std::uint32_t count, std::string_view name) {
      if (count == 1 && name == "KEK") {
        items.emplace_back(name);
      } else if (count != 0) {
        items.push_back(fmt::format("{} {}{}", count, name, count == 1 ? "" : "s"));
      }
    };
    add(download.keks, "KEK");
    add(download.teks, "TEK");
    add(download.lkhs, "LKH packet");
    add(download.sids, "SID packet");
    add(download.other, "packet of another type");
    return items.empty() ? "no key packet" : list(items);
  }

  std::string incomplete() {
    const auto number = judgement_.step;
    if (number == 0) {
      return fmt::format("Frame {} is part of it, but no message of it can be placed",
                         rests_on(conversation_.first_frame));
    }
    if (judgement_.one_sided) {
      return fmt::format(
          "The KS had answered, for frame {} has a responder cookie, but no message of the KS "
          "under this phase 1 is in the capture, so it cannot be told what became of {}",
          rests_on(session_.answered_by_cookie), named(number));
    }
    auto text =
        sender_of(conversation_.exchange, number) == Sender::kKs ? gm_turn(number)
        : conversation_.exchange == Exchange::kAggressive && number > 1
            ? fmt::format("Aggressive mode ended with {} and no PULL followed", where(step(number)))
            : gm_waits(number);
    if (conversation_.gm_notice.how == How::kNotify) {
      text += fmt::format("; the GM sent NOTIFY {} {}in frame {}",
                          notify_text(conversation_.gm_notice.notify_type),
                          conversation_.gm_notice.clear ? "in clear " : "",
                          rests_on(conversation_.gm_notice.frame));
    }
    if (conversation_.ending.how == How::kInformational) {
      text +=
          fmt::format("; what the encrypted Informational of the KS in frame {} says is not known",
                      rests_on(conversation_.ending.frame));
    }
    return text + began_anew() + by_order();
  }

  std::string gm_waits(std::uint8_t number) {
    const auto until = session_.restart_frame != 0 ? session_.restart_ns : judgement_.end_ns;
    return fmt::format("{} after {} there is no answer: too {} to tell silence from loss",
                       seconds(until - step(number).first_ns), named(number),
                       step(number).repeats != 0 ? "little" : "short a time");
  }

  std::string gm_turn(std::uint8_t number) {
    const auto what = named(number);
    if (pull_ != nullptr && number == kLastPullMessage) {
      return what + (conversation_.decrypted == 0
                         ? " is too short for a KD, so it cannot be told whether the KS accepted"
                         : " has no KD that could be read");
    }
    const auto* after =
        exchange::step_of(conversation_.exchange, static_cast<std::uint8_t>(number + 1));
    if (after == nullptr) {
      return fmt::format("Phase 1 was complete with {}, but no PULL followed", what);
    }
    return fmt::format("The KS sent {} and waited for {}, which did not come", what, after->name);
  }

  const Session& session_;
  const Pull* pull_;
  const Conversation& conversation_;
  const Judgement& judgement_;
  Registration& out_;
};

}  // namespace

void explain(const Session& session, const Pull* pull, const Judgement& judgement,
             Registration& registration) {
  Writer(session, pull, judgement, registration).write();
}

}  // namespace gdoi::registration
