#pragma once

#include "engine/isakmp_sa.h"
#include "keyserver/keyserver.h"
#include "protocol/exchange/follower.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/compose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

/// A scripted GM, made from values alone, that plays a registration message by message against the
/// reference KS; all that both send is kept and can be shown to the passive follower.
namespace gdoi::keyserver::test {

inline constexpr engine::Time kStart = 1'000 * engine::kSecond;

[[nodiscard]] exchange::Endpoint endpoint(std::string_view address, std::uint16_t port = 848);

/// One side's datagram.
struct Sent {
  exchange::Endpoint from;
  exchange::Endpoint to;
  Bytes octets;
};

/// Reproducible octets, and how often some were asked for.
class CountingRandom : public engine::SeededRandom {
 public:
  using SeededRandom::SeededRandom;

  void fill(std::span<std::uint8_t> octets) override {
    ++asked;
    SeededRandom::fill(octets);
  }

  unsigned asked = 0;
};

/// A KS and the record of what went over the wire.
class World {
 public:
  explicit World(Policy policy);
  explicit World(std::string_view policy_text);

  /// Hands the KS a datagram and returns what it sends.
  std::vector<Bytes> send(const exchange::Endpoint& from, const Bytes& datagram);

  /// Lets time pass; returns what the KS sends meanwhile.
  std::vector<Bytes> wait(engine::Time time);

  [[nodiscard]] KeyServer& ks() { return ks_; }

  /// How often the KS has asked for random octets.
  [[nodiscard]] unsigned random_asked() const { return random_.asked; }

  /// Lines of the KS so far.
  [[nodiscard]] const std::vector<std::string>& log();

  [[nodiscard]] const std::vector<Sent>& sent() const { return sent_; }

  /// Plays all that was sent to the follower, with the KS's key log: every message must be read,
  /// every HASH be good and no rule of a single message be broken.
  void expect_sound();

  exchange::Endpoint ks_address;
  engine::Time now = kStart;

 private:
  std::vector<Bytes> collect();

  CountingRandom random_{7};
  KeyServer ks_;
  std::vector<Sent> sent_;
  std::vector<std::string> log_;
};

/// What a GM offers in phase 1 (RFC 2409 appendix A).
struct Offer {
  std::uint64_t cipher   = 7;
  std::uint64_t key_bits = 128;
  std::uint64_t hash     = 4;
  std::uint64_t group    = 14;
};

class Gm {
 public:
  Gm(World& world, std::string_view from, std::string_view psk, std::uint64_t seed = 11);

  // What it says; to be set before the message that says it.
  std::vector<Offer> offers{Offer{}};
  std::uint64_t doi       = 2;
  std::uint64_t situation = 0;
  std::optional<getvpn::Version> version;
  Bytes group_id{11, 0, 0, 0, 0, 0, 0, 1};  ///< body of the ID payload of PULL message 1
  std::optional<std::uint64_t> sender_ids;  ///< SENDER_ID_REQUEST of PULL message 3
  bool initial_contact = false;

  // Each sends its message and gives what came back. `wrong_hash` breaks its HASH.
  std::vector<Bytes> main_1();
  std::vector<Bytes> main_3();
  std::vector<Bytes> main_5(bool wrong_hash = false);
  std::vector<Bytes> pull_1(bool wrong_hash = false);
  std::vector<Bytes> pull_3(bool wrong_hash = false);
  std::vector<Bytes> delete_sa();
  /// Any Informational.
  std::vector<Bytes> informational(std::uint32_t type, const Bytes& payload_body,
                                   bool wrong_hash = false);

  /// The messages by themselves.
  [[nodiscard]] Bytes make_main_1();

  /// Main mode to its end; false where the KS does not answer.
  bool phase1();
  /// Phase 1 and a PULL; false where the KS does not answer.
  bool registers();

  /// Takes an answer of the KS: opens it, checks its HASH.
  bool accept_pull_2(const Bytes& datagram);
  bool accept_pull_4(const Bytes& datagram);

  /// The last message from the KS that was opened.
  [[nodiscard]] const wire::Tree& last() const { return tree_; }

  /// Opens an encrypted Informational of the KS and checks its HASH; the tree is in `last`.
  bool open_informational(const Bytes& datagram);

  [[nodiscard]] engine::IsakmpSa& sa() { return sa_; }

  exchange::Endpoint address;

 private:
  [[nodiscard]] Result<wire::Document> message(std::uint8_t exchange, std::uint32_t id,
                                               bool encrypted, std::vector<wire::Part> parts) const;
  std::vector<Bytes> hashed(std::uint8_t exchange, std::uint32_t id, std::vector<wire::Part> parts,
                            std::uint8_t number, bool wrong_hash);
  bool open(const Bytes& datagram);
  [[nodiscard]] bool hash_is(const Bytes& expected) const;

  World& world_;
  std::string psk_;
  engine::SeededRandom random_;
  engine::IsakmpSa sa_;
  std::optional<crypto::DhKeyPair> pair_;
  std::uint32_t pull_id_ = 0;
  Bytes ni_b_;
  Bytes nr_b_;
  Bytes received_;
  wire::Tree tree_;
};

/// The type of the NOTIFY in a message in clear; nothing where it is none.
[[nodiscard]] std::optional<std::uint64_t> clear_notify(const Bytes& datagram);

}  // namespace gdoi::keyserver::test
