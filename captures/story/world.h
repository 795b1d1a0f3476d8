#pragma once

#include "engine/initiator.h"
#include "keyserver/keyserver.h"
#include "plan/plan.h"

#include <array>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

/// Group members and a key server that talk over a path and a clock that exist only here.
namespace gdoi::story {

using Address = std::array<std::uint8_t, 4>;

/// A group member and what becomes of it.
struct Member {
  Address address{};
  std::string_view version;    ///< empty: it announces none
  unsigned attempts   = 1;     ///< after so many it is left alone
  bool registers      = true;  ///< else it is refused each time
  engine::Time begins = 0;     ///< in the story
  // What else may happen to it (captures/causes).
  std::string_view stops_at = "pull1";  ///< the message that gets no acceptance when it is refused
  unsigned sendings         = 6;        ///< of each message
  bool deaf                 = false;    ///< nothing reaches it
  bool first_fails          = false;    ///< its first attempt, whatever becomes of the others
  unsigned quits_after      = 0;        ///< messages of the KS: then it stops without a word
  engine::Time renews       = 0;        ///< after a success it registers again so much later
};

/// What is wrong with path and KS (captures/causes).
struct Trouble {
  bool ks_deaf              = false;  ///< nothing reaches it; the tap then is beside the GM
  unsigned port_moves_after = 0;      ///< messages of a GM; the KS then hears it no more
  unsigned forgets_after    = 0;      ///< messages of the KS: then it restarts
};

/// A router that registers: attempt after attempt, each with a phase 1 of its own. It does not ask
/// whether a silent KS is alive.
class Router {
 public:
  Router(const Member& member, const exchange::Endpoint& key_server, const Secret& psk,
         std::uint64_t seed, engine::Time start);

  [[nodiscard]] const exchange::Endpoint& at() const { return at_; }

  [[nodiscard]] std::optional<engine::Time> deadline() const;
  void wake(engine::Time now);
  void receive(ByteView datagram, engine::Time now);
  [[nodiscard]] std::vector<engine::Outgoing> take_output();

  [[nodiscard]] const std::vector<std::string>& key_log() const { return key_log_; }

  [[nodiscard]] bool hears() const { return !member_.deaf; }

 private:
  [[nodiscard]] bool is_busy() const { return attempt_ && !attempt_->finished(); }

  void begin(engine::Time now);
  void settle(engine::Time now);

  Member member_;
  exchange::Endpoint at_;
  exchange::Endpoint key_server_;
  std::shared_ptr<const plan::Plan> plan_;
  engine::SeededRandom random_;
  std::unique_ptr<engine::Initiator> attempt_;
  std::optional<engine::Time> next_;
  std::vector<engine::Outgoing> output_;
  std::vector<std::string> key_log_;
  unsigned attempts_ = 0;
  unsigned received_ = 0;  ///< in this attempt
};

/// A datagram as a tap beside the KS sees it.
struct Seen {
  engine::Time time = 0;
  engine::Outgoing message;
};

/// One KS and its GMs. Throws std::runtime_error where a GM does not end as its Member says.
class World {
 public:
  World(keyserver::Policy policy, const Address& key_server, const std::vector<Member>& members,
        std::uint64_t seed, engine::Time start, const Trouble& trouble = {});

  /// The policy that the KS has when it restarts.
  void restart_with(keyserver::Policy policy) { next_policy_ = std::move(policy); }

  /// Lets everything happen; what was seen is in the order of time.
  [[nodiscard]] std::vector<Seen> run();
  /// What the GMs know: their phase 1s, and what KDs taught them.
  [[nodiscard]] std::vector<std::string> key_log() const;

  [[nodiscard]] std::vector<std::string> log() { return ks_->take_log(); }

 private:
  [[nodiscard]] std::optional<engine::Time> next() const;
  void deliver();
  void wake();
  void collect();
  void collect_of(Router& router);
  void restart();
  [[nodiscard]] engine::Time travel();
  [[nodiscard]] engine::Time upto(engine::Time most);

  std::mt19937_64 chance_;
  engine::SeededRandom ks_random_;
  engine::Time now_;
  exchange::Endpoint ks_at_;
  std::vector<std::unique_ptr<Router>> routers_;
  std::unique_ptr<keyserver::KeyServer> ks_;
  Trouble trouble_;
  std::optional<keyserver::Policy> next_policy_;
  unsigned sent_by_gms_ = 0;
  unsigned sent_by_ks_  = 0;
  std::multimap<engine::Time, engine::Outgoing> flying_;
  std::vector<Seen> seen_;
};

}  // namespace gdoi::story
