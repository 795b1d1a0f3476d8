// No answer: refused, or lost? Silence is a refusal only where the KS is alive and loss cannot
// well explain it.

#include "engine/initiator_impl.h"
#include "engine/key_pair.h"
#include "protocol/getvpn/vendor_ids.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::engine {
namespace {

// Rounds of a probe and one more sending of the step; without any loss four decide. They come
// quickly, since the KS must not have forgotten the phase 1 in question by then.
constexpr unsigned kMostRounds       = 16;
constexpr unsigned kRoundsWithoutAny = 8;
constexpr Time kRoundsInAnInterval   = 4;

// Loss explains the silence where it is more likely than this.
constexpr double kUnlikely = 1e-4;

double seconds(Time from, Time to) {
  return static_cast<double>(to - from) / static_cast<double>(kSecond);
}

}  // namespace

void Initiator::Impl::on_deadline(Time now) {
  auto* const current = waiting();
  if (current == nullptr) {
    return;
  }
  release(now);
  if (now < current->flight.deadline) {
    keep_alive(now);
    return;
  }
  if (current->probe) {
    end_round(*current, now);
  } else if (current->flight.sent < options.retransmission.tries) {
    transmit(current->flight, now);
  } else {
    silence(*current, now);
  }
}

void Initiator::Impl::silence(Waiting& waiting, Time now) {
  const auto sent = fmt::format("{} was sent {} times in {:.1f} s", step().name,
                                left(waiting.flight), seconds(waiting.flight.first, now));
  if (left(waiting.flight) == 0) {
    Verdict with;
    with.reason =
        fmt::format("{} was never sent, as it was to be lost: nobody can refuse it", step().name);
    end(std::move(with), now);
  } else if (ignored.sealed_inform > 0) {
    Verdict with;
    with.ending = Ending::kRefused;
    with.how    = registration::How::kInformational;
    with.reason = fmt::format(
        "{}; the key server answers with an encrypted Informational that our keys do not open "
        "({} of them): its pre-shared key is probably another",
        sent, ignored.sealed_inform);
    end(std::move(with), now);
  } else if (ignored.sealed_reply > 0) {
    end_invalid(
        fmt::format("{}; {} answers came that our keys do not open: they are corrupted, or it has "
                    "other keys",
                    sent, ignored.sealed_reply),
        now);
  } else if (ignored.other_ids > 0) {
    end_invalid(fmt::format("{}; {} answers came under another message ID than the PULL's (RFC "
                            "6407 section 3.2)",
                            sent, ignored.other_ids),
                now);
  } else if (tells_refusal() && options.probe) {
    begin_round(waiting, now);
  } else if (tells_refusal()) {
    Verdict with;
    with.reason =
        fmt::format("{} without an answer; whether it was refused or lost was not asked", sent);
    end(std::move(with), now);
  } else if (verdict.received > 0) {
    end_invalid(fmt::format("{}; what came back is no answer to it{}", sent, ignored_text()), now);
  } else {
    Verdict with;
    with.unreachable = true;
    with.reason      = fmt::format(
        "{} and nothing ever came back{}: the key server cannot be reached, "
             "or it ignores this GM",
        sent, ignored_text());
    end(std::move(with), now);
  }
}

// Silence to message 1 says nothing of the KS, unless it is no longer the message that was
// captured.
bool Initiator::Impl::tells_refusal() const {
  return state_row().timeout == Timeout::kProbe ||
         (verdict.received == 0 && is_altered(step().short_name));
}

void Initiator::Impl::begin_round(Waiting& waiting, Time now) {
  if (!waiting.probe) {
    Probe probe;
    probe.cookie   = make_cookie(random);
    auto live      = plan::Live{};
    live.initiator = probe.cookie;
    if (plan.mode == exchange::Exchange::kAggressive) {
      // Its message 1 is only answered with a public value of the group.
      live.public_value = waiting.sa.g_xi;
      live.nonce        = waiting.sa.ni_b;
    }
    std::vector<plan::Rebound> rebound;
    auto document     = plan::rebind(plan.phase1_message(1), plan.captured, live, rebound);
    const auto marked = document ? plan::append_vendor_id(*document, getvpn::probe_vendor_id())
                                 : Status(document.error());
    if (!marked) {
      end_locally("the probe cannot be built: " + marked.error().text, now);
      return;
    }
    probe.datagram = datagram_of(*document);
    waiting.probe  = std::move(probe);
  }
  auto& probe = *waiting.probe;
  ++probe.rounds;
  probe.open = true;
  output.push_back({options.source, options.key_server, probe.datagram, 0,
                    fmt::format("probe {}: a new phase 1, to see whether the key server is alive",
                                probe.rounds)});
  ++verdict.sent;
  transmit(waiting.flight, now);
  waiting.flight.deadline =
      now + std::max<Time>(options.retransmission.interval(1) / kRoundsInAnInterval, 1);
}

void Initiator::Impl::end_round(Waiting& waiting, Time now) {
  const auto& probe = *waiting.probe;
  Verdict with;
  with.reason = fmt::format(
      "{}{} was sent {} times in {:.1f} s without an answer; the key server had answered {} before "
      "it, and answers {} of {} new phase 1s since{}",
      step().name, waiting.flight.companion ? " (with aggressive mode message 3)" : "",
      left(waiting.flight), seconds(waiting.flight.first, now),
      steps_answered == 0   ? "nothing"
      : steps_answered == 1 ? "one message"
                            : fmt::format("{} messages", steps_answered),
      probe.answered, probe.rounds, ignored_text());
  if (probe.answered > 0 && loss_is_unlikely(waiting)) {
    with.ending = Ending::kRefused;
    with.how    = registration::How::kSilence;
    with.reason += ": refused by silence";
    end(std::move(with), now);
  } else if (probe.rounds >= kMostRounds ||
             (probe.answered == 0 && probe.rounds >= kRoundsWithoutAny)) {
    with.unreachable = verdict.received == 0;
    with.reason += with.unreachable      ? ": it cannot be reached"
                   : probe.answered == 0 ? ": it has become unreachable"
                                         : ": too many messages get lost to call it a refusal";
    end(std::move(with), now);
  } else {
    begin_round(waiting, now);
  }
}

// How likely loss alone is to meet the step each time, by all that was answered and all that was
// not (with every rate of loss as likely as any other beforehand: the product is that of drawing
// failures only from what was seen). Where some did get lost, those sendings of phase 1 do not
// count that the KS may have met with silence because it had forgotten the SA.
bool Initiator::Impl::loss_is_unlikely(const Waiting& waiting) const {
  const auto answers = steps_answered + waiting.probe->answered;
  const auto trials  = steps_sent + waiting.probe->rounds;
  // A PULL message 1 that goes with aggressive mode message 3 completes a phase 1, too.
  const bool phase1 =
      state_row().exchange == exchange::Exchange::kMain || waiting.flight.companion.has_value();
  const auto missed = phase1 && trials > answers ? waiting.flight.timely : left(waiting.flight);
  double likelihood = 1;
  for (unsigned i = 0; i < missed; ++i) {
    likelihood *=
        static_cast<double>(trials - answers + 1 + i) / static_cast<double>(trials + 2 + i);
  }
  return likelihood < kUnlikely;
}

std::string Initiator::Impl::ignored_text() const {
  std::string text;
  const auto add = [&](unsigned count, std::string_view what) {
    if (count > 0) {
      text += fmt::format("{}{} {}", text.empty() ? " (ignored: " : ", ", count, what);
    }
  };
  add(ignored.malformed, "no ISAKMP messages");
  add(ignored.wrong_cookies, "with other cookies");
  add(ignored.duplicates, "retransmissions");
  add(ignored.unexpected, "out of place");
  add(ignored.other_ids, "with another message ID");
  add(ignored.icmp, "ICMP errors");
  add(ignored.foreign,
      fmt::format("from another address, the last of them {} port {}",
                  exchange::address_text(ignored.last_foreign), ignored.last_foreign.port));
  return text.empty() ? text : text + ")";
}

}  // namespace gdoi::engine
