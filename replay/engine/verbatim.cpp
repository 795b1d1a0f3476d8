#include "engine/verbatim.h"

#include "engine/isakmp_sa.h"
#include "engine/key_pair.h"
#include "plan/rebind.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/exchange/script.h"
#include "protocol/getvpn/vendor_ids.h"
#include "protocol/tables/numbers_isakmp.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace gdoi::engine {
namespace {

namespace payload = exchange::payload;
using exchange::Exchange;
using exchange::MessageView;
using tables::row;

constexpr std::size_t kMostSeen  = 4'096;
constexpr std::size_t kMostKinds = 32;

bool is(const MessageView& view, Exchange exchange) {
  return view.exchange_type() == exchange::type_of(exchange);
}

std::string notify_text(const wire::Tree& tree) {
  const auto type = tree.find_number(row("notify.msgtype"));
  if (!type) {
    return "clear Informational";
  }
  const auto name = wire::name_of(&tables::kNotifyTypes, *type);
  return name.empty() ? fmt::format("NOTIFY {}", *type) : fmt::format("NOTIFY {}", name);
}

}  // namespace

VerbatimReplay::VerbatimReplay(std::shared_ptr<const VerbatimScript> script,
                               const VerbatimOptions& options, Random& random)
    : script_(std::move(script)), options_(options), random_(&random) {}

Time VerbatimReplay::due(std::size_t index) const {
  if (options_.interval > 0) {
    return verdict_.started + static_cast<Time>(index) * options_.interval;
  }
  if (options_.speed <= 0) {
    return verdict_.started;
  }
  const auto since = static_cast<double>(script_->sent[index].time) / options_.speed;
  return verdict_.started + std::max<Time>(static_cast<Time>(since), 0);
}

void VerbatimReplay::start(Time now) {
  verdict_.started = now;
  send_due(now);
}

void VerbatimReplay::send_due(Time now) {
  for (; next_ < script_->sent.size() && due(next_) <= now; ++next_) {
    const auto& one = script_->sent[next_];
    output_.push_back(
        {options_.source, options_.key_server, one.octets, one.frame, std::string(kAsCaptured)});
    ++verdict_.sent;
  }
  wake_ = next_ < script_->sent.size() ? due(next_) : now + options_.probe.first;
}

void VerbatimReplay::on_deadline(Time now) {
  if (over_ || now < wake_) {
    return;
  }
  if (next_ < script_->sent.size()) {
    send_due(now);
  } else if (alive_ || asked_ >= options_.probe.tries || !script_->first) {
    end_asked(now);
  } else {
    ask(now);
  }
}

// A message 1 of a new phase 1, which is not carried on and says so in a vendor ID.
void VerbatimReplay::ask(Time now) {
  if (!probe_) {
    probe_cookie_ = make_cookie(*random_);
    plan::Live live;
    live.initiator = probe_cookie_;
    std::vector<plan::Rebound> rebound;
    auto document     = plan::rebind(*script_->first, script_->captured, live, rebound);
    const auto marked = document ? plan::append_vendor_id(*document, getvpn::probe_vendor_id())
                                 : Status(document.error());
    if (!marked) {
      verdict_.local_fault = true;
      end(Ending::kAborted, "the probe cannot be built: " + marked.error().text, now);
      return;
    }
    probe_ = datagram_of(*document);
  }
  ++asked_;
  output_.push_back(
      {options_.source, options_.key_server, *probe_, 0,
       fmt::format("probe {}: a new phase 1, to see whether the key server is alive", asked_)});
  ++verdict_.sent;
  wake_ = now + options_.probe.interval(asked_);
}

void VerbatimReplay::end_asked(Time now) {
  const auto sent = fmt::format("{} captured datagrams were sent again", script_->sent.size());
  if (!fooled_by_.empty()) {
    verdict_.step = fooled_step_;
    end(Ending::kFooled, fmt::format("{}; the key server {}{}", sent, fooled_by_, answers_text()),
        now);
    return;
  }
  if (alive_) {
    end(Ending::kWithstood,
        fmt::format("{}, and nothing came of them{}; the key server is alive", sent,
                    answers_text()),
        now);
    return;
  }
  verdict_.unreachable = verdict_.received == 0;
  const auto foreign =
      foreign_ == 0 ? "" : fmt::format(" ({} datagrams came from another address)", foreign_);
  end(Ending::kAborted,
      !script_->first
          ? fmt::format("{}{}; whether the key server is alive could not be asked: no phase-1 "
                        "message 1 was captured",
                        sent, answers_text())
      : verdict_.unreachable
          ? fmt::format("{} and nothing ever came back{}: the key server cannot be reached", sent,
                        foreign)
          : fmt::format("{}{}; it answers no new phase 1 since ({} asked): it has become "
                        "unreachable",
                        sent, answers_text(), asked_),
      now);
}

std::string VerbatimReplay::answers_text() const {
  std::vector<std::string> texts;
  texts.reserve(answers_.size());
  for (const auto& [what, count] : answers_) {
    texts.push_back(count == 1 ? what : fmt::format("{} ({} times)", what, count));
  }
  return texts.empty() ? "" : fmt::format(" (what came back: {})", fmt::join(texts, ", "));
}

void VerbatimReplay::on_datagram(ByteView datagram, Time now) {
  if (over_) {
    return;
  }
  ++verdict_.received;
  wire::Tree tree;
  wire::decode(tables::schema(), datagram, {}, tree);
  if (exchange::fragment_in(MessageView(tree))) {
    if (const auto whole = fragments_.add(options_.key_server, tree)) {
      judge(*whole, now);
    }
    return;
  }
  judge(datagram, now);
}

void VerbatimReplay::judge(ByteView datagram, Time now) {
  wire::Tree tree;
  wire::decode(tables::schema(), datagram, {}, tree);
  const MessageView view(tree);
  if (!view.valid()) {
    came("no ISAKMP message");
    return;
  }
  if (probe_ && view.initiator_cookie() == probe_cookie_) {
    alive_ = true;
    wake_  = now;
    return;
  }
  if (view.initiator_cookie() != script_->captured.initiator) {
    came("a message with other cookies");
    return;
  }
  const auto print = exchange::fingerprint(datagram);
  const bool again = std::ranges::find(seen_, print) != seen_.end();
  if (!again && seen_.size() < kMostSeen) {
    seen_.push_back(print);
  }
  if (std::ranges::find(script_->answers, print) != script_->answers.end()) {
    pulls_ += is(view, Exchange::kPull) && !again ? 1U : 0U;
    came(
        "the very octets of the captured answer (it still holds the SA: a retransmission, RFC "
        "2408 section 5.1)");
    return;
  }
  if (is(view, Exchange::kInformational)) {
    came(view.encrypted() ? "encrypted Informational" : notify_text(tree));
  } else if (!again) {
    judge_exchange(datagram);
  }
}

void VerbatimReplay::judge_exchange(ByteView datagram) {
  wire::Tree tree;
  wire::decode(tables::schema(), datagram, {}, tree);
  const MessageView view(tree);
  const bool main       = is(view, Exchange::kMain);
  const bool aggressive = is(view, Exchange::kAggressive);
  if ((main || aggressive) && !view.encrypted() && view.find(payload::kSa) != nullptr) {
    came(
        fmt::format("a new {} message 2 to message 1, whose only cookie is the initiator's own "
                    "(RFC 2408 section 2.5.3)",
                    main ? "main mode" : "aggressive mode"));
  } else if (main && !view.encrypted()) {
    fooled("mm3",
           "answered main mode message 3 with message 4, though the responder cookie in it is not "
           "one that it gave now (RFC 2408 section 5.2)");
  } else if (main) {
    fooled("mm5",
           "answered main mode message 5 with message 6, though its cookies and keys are stale "
           "(RFC 2408 section 5.2)");
  } else if (is(view, Exchange::kPull)) {
    const bool second = ++pulls_ > 1;
    fooled(second ? "pull3" : "pull1",
           fmt::format("answered PULL message {} with a new message {}: it took a replayed message "
                       "for a new one (RFC 2408 section 3.1: a message ID names one exchange)",
                       second ? 3 : 1, second ? 4 : 2));
  } else {
    came(fmt::format("a message of exchange type {}", view.exchange_type()));
  }
}

void VerbatimReplay::came(const std::string& what) {
  if (answers_.size() < kMostKinds || answers_.contains(what)) {
    ++answers_[what];
  }
}

void VerbatimReplay::fooled(std::string_view step, const std::string& what) {
  if (fooled_by_.empty()) {
    fooled_step_ = step;
    fooled_by_   = what;
  } else {
    came("an answer after that to " + std::string(step));
  }
}

void VerbatimReplay::on_foreign(const exchange::Endpoint& /*from*/) {
  ++foreign_;
}

void VerbatimReplay::on_unreachable(std::string_view what, Time now) {
  if (!over_ && verdict_.received == 0) {
    verdict_.unreachable = true;
    verdict_.icmp_error  = true;
    end(Ending::kAborted, fmt::format("the key server cannot be reached: ICMP {}", what), now);
  }
}

void VerbatimReplay::abort(std::string reason, Time now) {
  if (!over_) {
    verdict_.local_fault = true;
    end(Ending::kAborted, std::move(reason), now);
  }
}

std::optional<Time> VerbatimReplay::deadline() const {
  return over_ ? std::nullopt : std::optional(wake_);
}

std::vector<Outgoing> VerbatimReplay::take_output() {
  return std::exchange(output_, {});
}

void VerbatimReplay::end(Ending ending, std::string reason, Time now) {
  verdict_.ending = ending;
  verdict_.reason = std::move(reason);
  verdict_.ended  = now;
  verdict_.answers.assign(answers_.begin(), answers_.end());
  over_ = true;
}

}  // namespace gdoi::engine
