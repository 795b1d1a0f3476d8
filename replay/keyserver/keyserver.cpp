#include "keyserver/keyserver.h"

#include "keyserver/keyserver_impl.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gdoi::keyserver {

KeyServer::Impl::Impl(Policy policy_in, exchange::Endpoint listen_in, engine::Random& random_in)
    : policy(std::move(policy_in)),
      listen(listen_in),
      random(&random_in),
      misconduct(policy.misbehaviour, random_in),
      local(listen_in) {
  for (const auto& group : policy.groups) {
    groups.emplace_back(group, *random);
    std::ranges::move(groups.back().key_log(), std::back_inserter(key_log));
  }
}

void KeyServer::Impl::let_go() {
  std::ranges::move(misconduct.sent(std::exchange(output, {}), now), std::back_inserter(leaving));
}

KeyServer::KeyServer(Policy policy, exchange::Endpoint listen, engine::Random& random)
    : impl_(std::make_unique<Impl>(std::move(policy), listen, random)) {}

KeyServer::KeyServer(KeyServer&&) noexcept            = default;
KeyServer& KeyServer::operator=(KeyServer&&) noexcept = default;
KeyServer::~KeyServer()                               = default;

void KeyServer::on_datagram(const exchange::Endpoint& from, ByteView datagram, engine::Time now) {
  on_datagram(from, impl_->listen, datagram, now);
}

void KeyServer::on_datagram(const exchange::Endpoint& from, const exchange::Endpoint& to,
                            ByteView datagram, engine::Time now) {
  impl_->wake(now);
  impl_->from  = from;
  impl_->local = to;
  impl_->now   = now;
  impl_->take(datagram);
  impl_->let_go();
}

void KeyServer::on_deadline(engine::Time now) {
  impl_->wake(now);
  impl_->let_go();
}

std::optional<engine::Time> KeyServer::deadline() const {
  const auto held = impl_->misconduct.deadline();
  if (impl_->alarms.empty()) {
    return held;
  }
  const auto alarm = impl_->alarms.begin()->first;
  return held ? std::min(*held, alarm) : alarm;
}

std::vector<engine::Outgoing> KeyServer::take_output() {
  return std::exchange(impl_->leaving, {});
}

std::vector<std::string> KeyServer::take_log() {
  auto lines = std::exchange(impl_->log, {});
  if (const auto dropped = std::exchange(impl_->log_lines_dropped, 0); dropped > 0) {
    lines.push_back(fmt::format("{} more lines that nobody took in time", dropped));
  }
  return lines;
}

std::vector<std::string> KeyServer::take_key_log() {
  return std::exchange(impl_->key_log, {});
}

std::string KeyServer::feature_table(std::string_view feature) const {
  const auto* const found = getvpn::feature_named(feature);
  return found == nullptr ? std::string{}
                          : impl_->features.table(*found, impl_->policy,
                                                  exchange::address_text(impl_->identity()));
}

std::size_t KeyServer::member_count(std::string_view group) const {
  for (const auto& one : impl_->groups) {
    if (one.policy().name == group) {
      return one.member_count();
    }
  }
  return 0;
}

std::size_t KeyServer::phase1_count() const {
  return impl_->sessions.size();
}

}  // namespace gdoi::keyserver
