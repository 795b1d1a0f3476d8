#pragma once

#include "engine/initiator.h"
#include "exchange/network.h"
#include "exchange/sample_plan.h"
#include "exchange/scripted_ks.h"
#include "third_party.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gdoi::simulation {

inline const exchange::Endpoint kGm = endpoint({192, 0, 2, 9});
inline const exchange::Endpoint kKs = endpoint({192, 0, 2, 1});

/// One initiator against one scripted key server.
class Conversation {
 public:
  explicit Conversation(Script script = {}, const Captured& captured = {}, Path path = {},
                        std::uint64_t seed = 1, bool initial_contact = false, bool probe = true)
      : random_(seed),
        ks_random_(seed + 1'000'000),
        network_(path, seed),
        gm_(std::make_shared<const plan::Plan>(sample_plan(captured)),
            options(initial_contact, probe), random_),
        ks_(std::move(script), kKs, ks_random_) {
    network_.attach(
        kGm, {[this](const exchange::Endpoint& from, ByteView octets, engine::Time now) {
                if (from == kKs) {
                  gm_.on_datagram(octets, now);
                }
              },
              [this](engine::Time now) { gm_.on_deadline(now); }, [this] { return gm_.deadline(); },
              [this] { return gm_.take_output(); }});
    network_.attach(kKs, {[this](const exchange::Endpoint& from, ByteView octets,
                                 engine::Time now) { ks_.on_datagram(from, octets, now); },
                          [](engine::Time) {}, [] { return std::optional<engine::Time>{}; },
                          [this] { return ks_.take_output(); }});
  }

  const engine::Verdict& run() {
    gm_.start(network_.now());
    network_.run([] { return false; });
    return gm_.verdict();
  }

  static engine::InitiatorOptions options(bool initial_contact, bool probe = true) {
    engine::InitiatorOptions made;
    made.source          = kGm;
    made.key_server      = kKs;
    made.initial_contact = initial_contact;
    made.probe           = probe;
    return made;
  }

  [[nodiscard]] engine::Initiator& gm() { return gm_; }

  [[nodiscard]] ScriptedKs& ks() { return ks_; }

  [[nodiscard]] Network& network() { return network_; }

  [[nodiscard]] std::string key_log() const { return key_log_of(gm_); }

  /// What a passive follower with the initiator's key log makes of everything that was sent.
  [[nodiscard]] std::vector<exchange::FrameRecord> followed() const {
    return followed_with(key_log(), network_);
  }

 private:
  engine::SeededRandom random_;
  engine::SeededRandom ks_random_;
  Network network_;
  engine::Initiator gm_;
  ScriptedKs ks_;
};

}  // namespace gdoi::simulation
