#include "net/in_memory.h"

#include "net/address.h"
#include "net/marker.h"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>

namespace gdoi::net {
namespace {

/// One way.
constexpr engine::Time kDelay = engine::kSecond / 10'000;

/// Far beyond what a registration with all its retries takes.
constexpr std::size_t kMostDatagrams = 100'000;

constexpr std::size_t kStepsBetweenLooks = 64;

class Path {
 public:
  Path(Crew& crew, const Pace& pace, const exchange::Endpoint& gm_at, keyserver::KeyServer& ks,
       const exchange::Endpoint& ks_at, engine::Time& now)
      : crew_(crew), pace_(pace), gm_at_(gm_at), ks_(ks), ks_at_(ks_at), now_(now) {}

  CrewEnd run(const std::function<bool()>& stop) {
    next_start_ = now_;
    for (std::size_t steps = 0;; ++steps) {
      begin_members();
      const auto at = next();
      if (!at || end_.fault) {
        break;
      }
      if (steps % kStepsBetweenLooks == 0 && stop()) {
        end_.interrupted = true;
        break;
      }
      now_ = std::max(now_, *at);
      step();
    }
    for (auto& [place, one] : running_) {
      one.gm->abort(end_.fault ? "ended because of a local fault" : "interrupted", now_);
      crew_.done(one.index, *one.gm);
    }
    return std::move(end_);
  }

 private:
  struct Running {
    std::size_t index;
    std::unique_ptr<engine::Party> gm;
    std::size_t datagrams = 0;
  };

  struct Flying {
    engine::Time arrives;
    engine::Outgoing message;
  };

  [[nodiscard]] bool may_begin() const {
    return end_.begun < crew_.size() && running_.size() < std::max(pace_.parallel, 1U);
  }

  void begin_members() {
    while (may_begin() && next_start_ <= now_ && !end_.fault) {
      const auto place = place_of(gm_at_, end_.begun);
      const auto [at, made] =
          running_.try_emplace(place, Running{end_.begun, crew_.member(end_.begun, place)});
      if (!made) {
        return;  // its port is still in use: so many run at once
      }
      ++end_.begun;
      if (pace_.per_second > 0) {
        next_start_ +=
            static_cast<engine::Time>(static_cast<double>(engine::kSecond) / pace_.per_second);
      }
      at->second.gm->start(now_);
      collect(at);
    }
  }

  [[nodiscard]] std::optional<engine::Time> next() const {
    std::optional<engine::Time> at;
    const auto consider = [&at](engine::Time time) { at = at ? std::min(*at, time) : time; };
    if (!flying_.empty()) {
      consider(flying_.front().arrives);
    }
    for (const auto& [place, one] : running_) {
      if (const auto deadline = one.gm->deadline()) {
        consider(*deadline);
      }
    }
    if (const auto deadline = ks_.deadline(); deadline && !running_.empty()) {
      consider(*deadline);
    }
    if (may_begin()) {
      consider(next_start_);
    }
    return at;
  }

  void step() {
    if (!flying_.empty() && flying_.front().arrives <= now_) {
      const auto message = std::move(flying_.front().message);
      flying_.pop_front();
      if (is_key_server(message.destination)) {
        ks_.on_datagram(message.source, message.destination, message.datagram, now_);
        collect_ks();
      } else if (const auto one = running_.find(message.destination); one != running_.end()) {
        deliver(one->second, message);
        collect(one);
      }
      return;
    }
    for (auto one = running_.begin(); one != running_.end();) {
      const auto deadline = one->second.gm->deadline();
      const auto current  = one++;
      if (deadline && *deadline <= now_) {
        current->second.gm->on_deadline(now_);
        collect(current);
      }
    }
    if (const auto deadline = ks_.deadline(); deadline && *deadline <= now_) {
      ks_.on_deadline(now_);
      collect_ks();
    }
  }

  /// Also at port 4500, where a GM goes on that found a NAT.
  [[nodiscard]] bool is_key_server(const exchange::Endpoint& at) const {
    return at.family == ks_at_.family && at.address == ks_at_.address &&
           (at.port == ks_at_.port || at.port == kNatPort);
  }

  void deliver(Running& to, const engine::Outgoing& message) const {
    if (message.source != to.gm->key_server()) {
      to.gm->on_foreign(message.source);
    } else {
      to.gm->on_datagram(without_marker(message.datagram), now_);
    }
  }

  void collect_ks() {
    for (auto& message : ks_.take_output()) {
      carry(std::move(message), Way::kReceived);
    }
  }

  void collect(std::map<exchange::Endpoint, Running>::iterator one) {
    for (auto& message : one->second.gm->take_output()) {
      ++one->second.datagrams;
      if (message.destination.port == kNatPort && !is_keepalive(message.datagram)) {
        message.datagram = with_marker(message.datagram);
      }
      carry(std::move(message), Way::kSent);
    }
    if (one->second.datagrams > kMostDatagrams) {
      one->second.gm->abort("more datagrams than any registration needs", now_);
    }
    if (one->second.gm->finished()) {
      crew_.done(one->second.index, *one->second.gm);
      running_.erase(one);
    }
  }

  void carry(engine::Outgoing message, Way way) {
    // Two datagrams of one moment leave one after the other.
    last_sent_ = std::max(now_, last_sent_ + 1);
    if (const auto status = crew_.carried(last_sent_, message, way); !status) {
      end_.fault = status.error().text;
    }
    flying_.push_back({last_sent_ + kDelay, std::move(message)});
  }

  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
  Crew& crew_;
  const Pace& pace_;
  const exchange::Endpoint& gm_at_;
  keyserver::KeyServer& ks_;
  const exchange::Endpoint& ks_at_;
  engine::Time& now_;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
  std::map<exchange::Endpoint, Running> running_;
  std::deque<Flying> flying_;
  engine::Time next_start_ = 0;
  engine::Time last_sent_  = 0;
  CrewEnd end_;
};

}  // namespace

CrewEnd run_in_memory(Crew& crew, const Pace& pace, const exchange::Endpoint& gm_at,
                      keyserver::KeyServer& ks, const exchange::Endpoint& ks_at, engine::Time& now,
                      const std::function<bool()>& stop) {
  return Path(crew, pace, gm_at, ks, ks_at, now).run(stop);
}

}  // namespace gdoi::net
