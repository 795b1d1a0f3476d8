#include "world.h"

#include "plan/capture_plan.h"
#include "plan/rebind.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace gdoi::story {
namespace {

using engine::Ending;
using engine::kSecond;
using engine::Time;
using exchange::Endpoint;

constexpr Time kMillisecond  = kSecond / 1'000;
constexpr std::uint16_t kUdp = 848;

// A router repeats a message every 10 s, five times, and begins anew some time after the last.
constexpr Time kRepeatsAfter   = 10 * kSecond;
constexpr Time kRegistersAgain = 44 * kSecond;

// What a NAT gives instead of 848, at first and later.
constexpr std::uint16_t kFirstPort = 40'001;
constexpr std::uint16_t kLaterPort = 40'002;

// One way: delay of the path, and what each side takes to answer.
constexpr Time kLeastDelay = 4 * kMillisecond;
constexpr Time kMostJitter = 3 * kMillisecond;
constexpr Time kMostThink  = 9 * kMillisecond;

// Dead peer detection (RFC 3706): a vendor ID that many GMs send, and that says no version.
constexpr std::array<std::uint8_t, 16> kDeadPeerDetection{
    0xaf, 0xca, 0xd7, 0x13, 0x68, 0xa1, 0xf1, 0xc9, 0x6b, 0x86, 0x96, 0xfc, 0x77, 0x57, 0x01, 0x00};

void must(const Status& status) {
  if (!status) {
    throw std::runtime_error(status.error().text);
  }
}

Endpoint endpoint(const Address& address) {
  Endpoint made;
  std::ranges::copy(address, made.address.begin());
  made.port = kUdp;
  return made;
}

/// The GM's messages, made from values: no capture of such a GM is public.
plan::Plan plan_of(const Member& member, const Endpoint& key_server, const Secret& psk) {
  plan::CapturedRegistration nothing;
  nothing.story.number = 1;
  nothing.story.gm     = endpoint(member.address);
  nothing.story.ks     = key_server;
  plan::Settings settings;
  settings.psk = psk.clone();
  must(plan::set(settings, "group=1234"));
  must(plan::set(settings, "cipher=aes256-sha256-modp2048"));
  if (!member.version.empty()) {
    must(plan::set(settings, fmt::format("gm-version={}", member.version)));
  }
  auto made = plan::make_plan(nothing, settings, {});
  if (!made) {
    throw std::runtime_error(made.error().text);
  }
  must(plan::append_vendor_id(made->phase1.front().document, kDeadPeerDetection));
  return std::move(made).value();
}

}  // namespace

Router::Router(const Member& member, const Endpoint& key_server, const Secret& psk,
               std::uint64_t seed, Time start)
    : member_(member),
      at_(endpoint(member.address)),
      key_server_(key_server),
      plan_(std::make_shared<const plan::Plan>(plan_of(member, key_server, psk))),
      random_(seed),
      next_(start + member.begins) {}

std::optional<Time> Router::deadline() const {
  return is_busy() ? attempt_->deadline() : next_;
}

void Router::wake(Time now) {
  if (is_busy()) {
    attempt_->on_deadline(now);
  } else if (next_) {
    begin(now);
  }
  settle(now);
}

void Router::receive(ByteView datagram, Time now) {
  if (!is_busy()) {
    return;
  }
  if (++received_ == member_.quits_after) {
    std::ranges::move(attempt_->key_log(), std::back_inserter(key_log_));
    attempt_.reset();
    if (attempts_ < member_.attempts) {
      next_ = now + kRegistersAgain;
    }
    return;
  }
  attempt_->on_datagram(datagram, now);
  settle(now);
}

std::vector<engine::Outgoing> Router::take_output() {
  return std::exchange(output_, {});
}

void Router::begin(Time now) {
  next_.reset();
  engine::InitiatorOptions options;
  options.source         = at_;
  options.key_server     = key_server_;
  options.retransmission = {kRepeatsAfter, 1.0, member_.sendings};
  options.say_goodbye    = false;
  options.probe          = false;
  attempt_               = std::make_unique<engine::Initiator>(plan_, options, random_);
  ++attempts_;
  received_ = 0;
  attempt_->start(now);
}

// Called while an attempt is under way, and once when it has ended.
void Router::settle(Time now) {
  if (!attempt_) {
    return;
  }
  std::ranges::move(attempt_->take_output(), std::back_inserter(output_));
  if (!attempt_->finished()) {
    return;
  }
  std::ranges::move(attempt_->key_log(), std::back_inserter(key_log_));
  const auto& verdict = attempt_->verdict();
  const bool accepted = verdict.ending == Ending::kAccepted;
  const bool expected = member_.registers && (attempts_ > 1 || !member_.first_fails);
  if (accepted != expected || (!accepted && verdict.step != member_.stops_at)) {
    throw std::runtime_error(fmt::format("GM {}, step {}: {}", exchange::address_text(at_),
                                         verdict.step, verdict.reason));
  }
  if (attempts_ < member_.attempts) {
    next_ = now + (accepted ? member_.renews : kRegistersAgain);
  }
  attempt_.reset();
}

World::World(keyserver::Policy policy, const Address& key_server,
             const std::vector<Member>& members, std::uint64_t seed, Time start,
             const Trouble& trouble)
    : chance_(seed),
      ks_random_(seed),
      now_(start),
      ks_at_(endpoint(key_server)),
      trouble_(trouble) {
  for (const auto& member : members) {
    const auto* const psk = policy.psk_for(endpoint(member.address));
    if (psk == nullptr) {
      throw std::runtime_error("the policy has no pre-shared key for a GM");
    }
    routers_.push_back(
        std::make_unique<Router>(member, ks_at_, psk->secret, seed + routers_.size() + 1, start));
  }
  ks_ = std::make_unique<keyserver::KeyServer>(std::move(policy), ks_at_, ks_random_);
}

std::vector<Seen> World::run() {
  while (const auto at = next()) {
    now_ = std::max(now_, *at);
    deliver();
    wake();
    collect();
  }
  std::ranges::stable_sort(seen_, {}, &Seen::time);
  return std::move(seen_);
}

std::vector<std::string> World::key_log() const {
  std::vector<std::string> lines;
  for (const auto& router : routers_) {
    lines.insert(lines.end(), router->key_log().begin(), router->key_log().end());
  }
  return lines;
}

// The KS's timers alone tell nothing: they run only while a GM has something to do.
std::optional<Time> World::next() const {
  std::optional<Time> at;
  const auto consider = [&at](Time time) { at = at ? std::min(*at, time) : time; };
  if (!flying_.empty()) {
    consider(flying_.begin()->first);
  }
  for (const auto& router : routers_) {
    if (const auto deadline = router->deadline()) {
      consider(*deadline);
    }
  }
  const auto of_ks = ks_->deadline();
  if (at && of_ks) {
    consider(*of_ks);
  }
  return at;
}

void World::deliver() {
  while (!flying_.empty() && flying_.begin()->first <= now_) {
    const auto message = std::move(flying_.extract(flying_.begin()).mapped());
    if (message.destination == ks_at_) {
      ks_->on_datagram(message.source, message.datagram, now_);
      continue;
    }
    const auto router =
        std::ranges::find(routers_, message.destination, [](const auto& one) { return one->at(); });
    if (router != routers_.end() && (*router)->hears()) {
      (*router)->receive(message.datagram, now_);
    }
  }
}

void World::wake() {
  for (auto& router : routers_) {
    if (const auto deadline = router->deadline(); deadline && *deadline <= now_) {
      router->wake(now_);
    }
  }
  if (const auto deadline = ks_->deadline(); deadline && *deadline <= now_) {
    ks_->on_deadline(now_);
  }
}

void World::collect() {
  for (auto& router : routers_) {
    collect_of(*router);
  }
  for (auto& message : ks_->take_output()) {
    ++sent_by_ks_;
    const auto leaves = now_ + upto(kMostThink);
    seen_.push_back({leaves, message});
    if (trouble_.port_moves_after != 0) {
      message.destination.port = kUdp;
    }
    flying_.emplace(leaves + travel(), std::move(message));
  }
  if (trouble_.forgets_after != 0 && sent_by_ks_ == trouble_.forgets_after) {
    restart();
  }
}

void World::collect_of(Router& router) {
  for (auto& message : router.take_output()) {
    const bool moved = ++sent_by_gms_ > trouble_.port_moves_after;
    if (trouble_.port_moves_after != 0) {
      message.source.port = moved ? kLaterPort : kFirstPort;
    }
    auto arrives = now_ + upto(kMostThink);
    arrives += travel();
    seen_.push_back({arrives, message});
    if (!trouble_.ks_deaf && (trouble_.port_moves_after == 0 || !moved)) {
      flying_.emplace(arrives, std::move(message));
    }
  }
}

void World::restart() {
  if (next_policy_) {
    ks_ = std::make_unique<keyserver::KeyServer>(*std::exchange(next_policy_, {}), ks_at_,
                                                 ks_random_);
  }
}

Time World::travel() {
  return kLeastDelay + upto(kMostJitter);
}

// std::uniform_int_distribution gives other numbers with another library.
Time World::upto(Time most) {
  return static_cast<Time>(chance_() % static_cast<std::uint64_t>(most));
}

}  // namespace gdoi::story
