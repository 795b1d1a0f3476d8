#include "exchange/network.h"

#include <algorithm>

namespace gdoi::simulation {

void Network::run(const std::function<bool()>& done, engine::Time until) {
  collect();
  while (!done()) {
    const auto at = next();
    if (!at || *at > until) {
      return;
    }
    now_ = std::max(now_, *at);
    deliver();
    wake();
    collect();
  }
}

std::optional<engine::Time> Network::next() const {
  std::optional<engine::Time> at;
  if (!flying_.empty()) {
    at = flying_.begin()->first;
  }
  for (const auto& [address, host] : hosts_) {
    if (const auto deadline = host.deadline(); deadline && (!at || *deadline < *at)) {
      at = deadline;
    }
  }
  return at;
}

void Network::deliver() {
  while (!flying_.empty() && flying_.begin()->first <= now_) {
    const auto one = std::move(flying_.extract(flying_.begin()).mapped());
    if (const auto host = hosts_.find(one.to); host != hosts_.end()) {
      host->second.receive(one.from, one.datagram, now_);
      collect();
    }
  }
}

void Network::wake() {
  for (auto& [address, host] : hosts_) {
    if (const auto deadline = host.deadline(); deadline && *deadline <= now_) {
      host.wake(now_);
    }
  }
}

void Network::collect() {
  for (auto& [address, host] : hosts_) {
    for (const auto& message : host.take_output()) {
      sent_.push_back({now_, message});
      carry(message);
    }
  }
}

void Network::carry(const engine::Outgoing& message) {
  if (happens(path_.loss)) {
    return;
  }
  const int copies = happens(path_.duplicates) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    auto at = now_ + path_.delay;
    if (happens(path_.reordering)) {
      at += static_cast<engine::Time>(
          std::uniform_real_distribution<double>(0, static_cast<double>(path_.lateness))(chance_));
    }
    flying_.emplace(at, Flying{message.source, message.destination, message.datagram});
  }
}

bool Network::happens(double chance) {
  return chance > 0 && std::uniform_real_distribution<double>(0, 1)(chance_) < chance;
}

exchange::Endpoint endpoint(std::array<std::uint8_t, 4> address, std::uint16_t port) {
  exchange::Endpoint made;
  std::ranges::copy(address, made.address.begin());
  made.port = port;
  return made;
}

}  // namespace gdoi::simulation
