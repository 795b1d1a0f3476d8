#pragma once

#include "engine/traversal.h"
#include "keyserver/feature_log.h"
#include "keyserver/group.h"
#include "keyserver/keyserver.h"
#include "keyserver/messages.h"
#include "keyserver/offer.h"
#include "keyserver/session.h"
#include "keyserver/strictness.h"
#include "protocol/exchange/fragments.h"
#include "protocol/exchange/script.h"

#include <map>
#include <set>
#include <unordered_map>
#include <utility>

namespace gdoi::keyserver {

/// Bounds on what peers can make the KS hold.
inline constexpr std::size_t kMaxSessions        = 20'000;
inline constexpr std::size_t kMaxPullsEach       = 8;
inline constexpr std::size_t kMaxVendorIdsRead   = 32;  ///< of one message
inline constexpr std::size_t kMaxLogLines        = 10'000;
inline constexpr engine::Time kMaxPhase1Lifetime = 86'400 * engine::kSecond;

struct KeyServer::Impl {
  Impl(Policy policy_in, exchange::Endpoint listen_in, engine::Random& random_in);

  Policy policy;
  exchange::Endpoint listen;
  engine::Random* random;
  Misconduct misconduct;
  std::vector<Group> groups;
  FeatureLog features;
  std::unordered_map<SessionKey, Session, SessionKeyHash> sessions;
  /// Phase 1s by initiator cookie and peer, to know main mode message 1 when it comes again.
  std::map<std::pair<keys::Cookie, exchange::Endpoint>, SessionKey> beginnings;
  std::set<std::pair<engine::Time, SessionKey>> alarms;
  std::size_t half_open = 0;
  std::vector<engine::Outgoing> output;   ///< as a KS that behaves would send it
  std::vector<engine::Outgoing> leaving;  ///< as it is sent
  std::vector<std::string> log;
  std::size_t log_lines_dropped = 0;
  std::vector<std::string> key_log;
  wire::Tree tree;
  exchange::Fragments fragments;

  // The message that is being answered.
  exchange::Endpoint from;
  exchange::Endpoint local;  ///< where it came to; answers leave from there
  bool marked      = false;
  bool fragmenting = false;  ///< the peer takes fragments
  Bytes digest{};            ///< of the datagram
  Bytes mended_datagram{};   ///< what is read instead, by a KS that accepts all
  engine::Time now = 0;

  // keyserver.cpp
  void let_go();

  // dispatch.cpp
  void take(ByteView datagram);
  void take_message(ByteView octets, bool reassembled);
  void dispatch(Session& session, const exchange::MessageView& view);
  void unknown_cookie(const exchange::MessageView& view);
  void informational(Session& session, const exchange::MessageView& view);
  void are_you_there(Session& session, wire::Part there);
  [[nodiscard]] bool deletes(const Session& session, const exchange::MessageView& opened) const;
  void wake(engine::Time when);

  // lenience.cpp
  [[nodiscard]] bool accepts_all() const;
  [[nodiscard]] ByteView mend(ByteView datagram);
  void read_again();
  void read_in_clear();
  [[nodiscard]] Session* find_anyhow(const exchange::MessageView& view);
  void take_anything();
  [[nodiscard]] Status open_anyhow(Session& session);
  [[nodiscard]] static std::optional<Chosen> choose_anyhow(
      const exchange::MessageView& view, const std::vector<engine::Phase1Algorithms>& usable);

  // phase1.cpp
  /// Returns what was sent, for a phase 1 that remembers it.
  Answer decline(const exchange::MessageView& view, std::uint32_t doi, std::uint16_t type,
                 std::string_view why);
  void read_versions(Session& session, const exchange::MessageView& view) const;
  [[nodiscard]] Status open(Session& session);
  [[nodiscard]] std::optional<Fault> fault_in(exchange::Exchange exchange, std::uint8_t number);
  [[nodiscard]] std::vector<engine::Phase1Algorithms> usable_proposals() const;
  [[nodiscard]] bool is_not_new(const exchange::MessageView& view);
  [[nodiscard]] std::optional<Chosen> chosen_of(const exchange::MessageView& view);
  [[nodiscard]] Session* begin(const exchange::MessageView& view, const Chosen& chosen);
  [[nodiscard]] bool take_keys(Session& session, const exchange::MessageView& view);
  [[nodiscard]] static bool signs(const Session& session);
  [[nodiscard]] Bytes identity_body(const Session& session) const;
  [[nodiscard]] std::optional<std::vector<wire::Part>> proof(Session& session);
  [[nodiscard]] wire::Part certificate_request() const;
  [[nodiscard]] bool believes(Session& session, const exchange::MessageView& view, ByteView id);
  void announce(Session& session, const exchange::MessageView& view,
                std::vector<wire::Part>& parts);
  void add_nat_detection(const Session& session, std::vector<wire::Part>& parts) const;
  void look_for_nat(Session& session, const exchange::MessageView& view);
  [[nodiscard]] engine::Ends ends_of(const Session& session) const;
  void bad_message(Session& session, std::string_view why);
  void complete_phase1(Session& session, bool initial_contact);
  [[nodiscard]] bool has_initial_contact(const exchange::MessageView& view) const;
  void drop_others_of(const Session& session);

  // main_mode.cpp
  void main_mode_1(const exchange::MessageView& view);
  void main_mode_3(Session& session, const exchange::MessageView& view);
  void main_mode_5(Session& session);

  // aggressive_mode.cpp
  void aggressive_1(const exchange::MessageView& view);
  [[nodiscard]] bool aggressive_2(Session& session, Bytes sa_body);
  void aggressive_3(Session& session, const exchange::MessageView& view);

  // pull.cpp
  void pull(Session& session, const exchange::MessageView& view);
  [[nodiscard]] bool is_taken_for_new(const Pull& pull) const;
  void pull_1(Session& session, const exchange::MessageView& view);
  void pull_3(Session& session, const exchange::MessageView& view, Pull& pull);
  [[nodiscard]] bool has_hash(const exchange::MessageView& opened, ByteView hash) const;
  void bad_hash(Session& session, std::string_view what);
  [[nodiscard]] bool version_admits(const Session& session, std::size_t group);
  void refuse(Session& session, Pull pull, std::uint16_t type, const std::string& why);
  [[nodiscard]] Result<Bytes> sealed_informational(Session& session, wire::Part part) const;

  // tables.cpp
  Session* find(const exchange::MessageView& view);
  /// As a KS does that does not look at its own cookie.
  Session* find_by_initiator(const exchange::MessageView& view);
  Session& open_session(const exchange::MessageView& view);
  void erase(const SessionKey& key);
  void make_room();
  void set_stage(Session& session, Stage stage);
  void arm(Session& session);
  void send(const exchange::Endpoint& to, bool with_marker, ByteView datagram, std::string remark);
  void answer(Session& session, Answer& memory, Bytes datagram, const std::string& remark,
              bool awaits);
  bool answer_again(const Answer& memory);
  void follow_peer(Session& session) const;
  void say(std::string line);
  void log_secrets(Session& session);
  [[nodiscard]] exchange::Endpoint identity() const;
};

/// Whether the body of an ID payload is as long as one can be.
[[nodiscard]] bool is_identity(ByteView body);

}  // namespace gdoi::keyserver
