#pragma once

#include "engine/initiator.h"
#include "exchange/network.h"
#include "exchange/sample_plan.h"
#include "keyserver/keyserver.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"
#include "protocol/wire/edit.h"
#include "protocol/wire/encode.h"
#include "third_party.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace gdoi::simulation {

/// Files of tests/vectors/certificates, judged in November 2026.
inline constexpr engine::Calendar kCalendar{0, 1'795'000'000};

inline engine::CredentialFiles credential_files(const std::string& name,
                                                const std::string& ca  = "root",
                                                const std::string& crl = "") {
  const std::string folder = GDOI_VECTORS_DIR "/certificates/";
  const bool chain         = name.ends_with("-chain");
  return {
      folder + name + ".pem",
      folder + (chain ? name.substr(0, name.size() - std::string("-chain").size()) : name) + ".key",
      folder + ca + ".pem", crl.empty() ? "" : folder + crl};
}

inline std::shared_ptr<const engine::Credentials> credentials(const std::string& name,
                                                              const std::string& ca  = "root",
                                                              const std::string& crl = "") {
  auto loaded = engine::Credentials::load(credential_files(name, ca, crl), kCalendar);
  EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().text);
  return loaded ? std::make_shared<const engine::Credentials>(std::move(loaded).value()) : nullptr;
}

/// One initiator against the reference KS, with somebody between them who may change datagrams.
class Duel {
 public:
  using Change = std::function<void(engine::Outgoing&)>;

  Duel(const Captured& captured, keyserver::Policy policy, Path path = {}, std::uint64_t seed = 1)
      : random_(seed),
        ks_random_(seed + 1'000'000),
        network_(path, seed),
        gm_(std::make_shared<const plan::Plan>(sample_plan(captured)), options(), random_),
        ks_(std::move(policy), kKsAt, ks_random_) {
    network_.attach(kGmAt, {[this](const exchange::Endpoint&, ByteView octets, engine::Time now) {
                              gm_.on_datagram(octets, now);
                            },
                            [this](engine::Time now) { gm_.on_deadline(now); },
                            [this] { return gm_.deadline(); },
                            [this] { return changed(gm_.take_output(), from_gm); }});
    network_.attach(kKsAt, {[this](const exchange::Endpoint& from, ByteView octets,
                                   engine::Time now) { ks_.on_datagram(from, octets, now); },
                            [this](engine::Time now) { ks_.on_deadline(now); },
                            [this] { return ks_.deadline(); },
                            [this] { return changed(ks_.take_output(), from_ks); }});
  }

  const engine::Verdict& run() {
    gm_.start(network_.now());
    network_.run([this] { return gm_.finished(); });
    network_.run([] { return false; }, network_.now() + engine::kSecond);
    return gm_.verdict();
  }

  [[nodiscard]] std::string ks_log() {
    for (const auto& line : ks_.take_log()) {
      log_ += line + "\n";
    }
    return log_;
  }

  /// All that was sent, as a third party with the GM's key log reads it.
  [[nodiscard]] std::vector<exchange::FrameRecord> followed() {
    return followed_with(key_log_of(gm_), network_);
  }

  static engine::InitiatorOptions options() {
    engine::InitiatorOptions made;
    made.source     = kGmAt;
    made.key_server = kKsAt;
    return made;
  }

  inline static const exchange::Endpoint kGmAt = endpoint({192, 0, 2, 9});
  inline static const exchange::Endpoint kKsAt = endpoint({192, 0, 2, 1});

  Change from_gm;
  Change from_ks;

  [[nodiscard]] engine::Initiator& gm() { return gm_; }

  [[nodiscard]] keyserver::KeyServer& ks() { return ks_; }

  [[nodiscard]] Network& network() { return network_; }

 private:
  static std::vector<engine::Outgoing> changed(std::vector<engine::Outgoing> all,
                                               const Change& change) {
    for (auto& one : all) {
      if (change) {
        change(one);
      }
    }
    return all;
  }

  engine::SeededRandom random_;
  engine::SeededRandom ks_random_;
  Network network_;
  engine::Initiator gm_;
  keyserver::KeyServer ks_;
  std::string log_;
};

/// Puts other octets where a row first stands in a message in clear; others stay as they are.
inline void set_octets(engine::Outgoing& message, wire::RowId row, const Bytes& octets) {
  wire::Tree tree;
  wire::decode(tables::schema(), message.datagram, {}, tree);
  wire::Document document(tables::schema(), tree);
  if (const auto node = document.find(row)) {
    ASSERT_TRUE(wire::Editor(document).set_octets(*node, octets));
    message.datagram = wire::encode(document, document.root());
  }
}

}  // namespace gdoi::simulation
