#include "net/in_memory.h"

#include <algorithm>
#include <deque>
#include <optional>

namespace gdoi::net {
namespace {

/// One way.
constexpr engine::Time kDelay = engine::kSecond / 10'000;

/// Far beyond what a registration with all its retries takes.
constexpr std::size_t kMostDatagrams = 100'000;

class Path {
 public:
  Path(engine::Initiator& gm, const exchange::Endpoint& gm_at, keyserver::KeyServer& ks,
       const exchange::Endpoint& ks_at)
      : gm_(gm), gm_at_(gm_at), ks_(ks), ks_at_(ks_at) {}

  std::vector<Carried> run(engine::Time now) {
    gm_.start(now);
    collect(now);
    while (const auto at = next()) {
      now = std::max(now, *at);
      step(now);
      collect(now);
      if (sent_.size() > kMostDatagrams) {
        gm_.abort("more datagrams than any registration needs", now);
        break;
      }
    }
    return std::move(sent_);
  }

 private:
  struct Flying {
    engine::Time arrives;
    std::size_t index;  // in sent_
  };

  [[nodiscard]] std::optional<engine::Time> next() const {
    std::optional<engine::Time> at;
    const auto consider = [&at](engine::Time time) { at = at ? std::min(*at, time) : time; };
    if (!flying_.empty()) {
      consider(flying_.front().arrives);
    }
    if (!gm_.finished()) {
      for (const auto deadline : {gm_.deadline(), ks_.deadline()}) {
        if (deadline) {
          consider(*deadline);
        }
      }
    }
    return at;
  }

  void step(engine::Time now) {
    if (!flying_.empty() && flying_.front().arrives <= now) {
      const auto& message = sent_[flying_.front().index].message;
      flying_.pop_front();
      if (message.destination == ks_at_) {
        ks_.on_datagram(message.source, message.datagram, now);
      } else if (message.destination == gm_at_ && message.source == ks_at_) {
        gm_.on_datagram(message.datagram, now);
      }
      return;
    }
    if (const auto deadline = gm_.deadline(); deadline && *deadline <= now) {
      gm_.on_deadline(now);
    }
    if (const auto deadline = ks_.deadline(); deadline && *deadline <= now) {
      ks_.on_deadline(now);
    }
  }

  void collect(engine::Time now) {
    for (auto& message : gm_.take_output()) {
      carry(std::move(message), now);
    }
    for (auto& message : ks_.take_output()) {
      carry(std::move(message), now);
    }
  }

  void carry(engine::Outgoing message, engine::Time now) {
    // Two datagrams of one moment leave one after the other.
    const auto time = sent_.empty() ? now : std::max(now, sent_.back().time + 1);
    sent_.push_back({time, std::move(message)});
    flying_.push_back({time + kDelay, sent_.size() - 1});
  }

  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
  engine::Initiator& gm_;
  const exchange::Endpoint& gm_at_;
  keyserver::KeyServer& ks_;
  const exchange::Endpoint& ks_at_;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
  std::vector<Carried> sent_;
  std::deque<Flying> flying_;
};

}  // namespace

std::vector<Carried> run_in_memory(engine::Initiator& gm, const exchange::Endpoint& gm_at,
                                   keyserver::KeyServer& ks, const exchange::Endpoint& ks_at,
                                   engine::Time start) {
  return Path(gm, gm_at, ks, ks_at).run(start);
}

}  // namespace gdoi::net
