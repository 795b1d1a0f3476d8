#pragma once

#include "engine/initiator.h"
#include "engine/proof.h"
#include "engine/states.h"
#include "engine/traversal.h"
#include "plan/alter.h"
#include "plan/rebind.h"
#include "protocol/exchange/fragments.h"
#include "protocol/exchange/history.h"
#include "protocol/wire/compose.h"

namespace gdoi::engine {

/// Datagrams that moved nothing, by what they were.
struct Ignored {
  unsigned malformed     = 0;  ///< no ISAKMP message
  unsigned wrong_cookies = 0;
  unsigned duplicates    = 0;  ///< retransmissions of answers that were taken
  unsigned unexpected    = 0;  ///< right cookies, but not what is awaited now
  unsigned sealed_reply  = 0;  ///< the awaited message, but our keys do not open it
  unsigned other_ids     = 0;  ///< PULL messages with another message ID
  unsigned sealed_inform = 0;  ///< an Informational that our keys do not open
  unsigned icmp          = 0;
  unsigned foreign       = 0;  ///< from another address or port
  exchange::Endpoint last_foreign{};
};

/// The last R-U-THERE and what answered it: the same question gets the same octets.
struct Acknowledged {
  exchange::Fingerprint question{};
  Outgoing answer;
  unsigned again = 0;
};

/// What changes remember of sendings.
struct Sendings {
  std::map<std::string, Outgoing, std::less<>> kept;  ///< to be sent again later
  std::map<std::size_t, std::int64_t> losses;         ///< by change
};

struct Initiator::Impl {
  Impl(std::shared_ptr<const plan::Plan> with_plan, InitiatorOptions with_options,
       Random& with_random)
      : shared_plan(std::move(with_plan)),
        plan(*shared_plan),
        options(std::move(with_options)),
        random(with_random) {}

  // Main mode, and what both modes share (initiator_phase1.cpp). What returns false or nothing has
  // ended the registration.
  void send_mm1(Time now);
  void on_mm2(AwaitMm2 was, const wire::Tree& tree, Time now);
  void on_mm4(AwaitMm4 was, const wire::Tree& tree, Time now);
  void on_mm6(AwaitMm6 was, const wire::Tree& tree, Time now);
  void send_mm5(IsakmpSa sa, Time now);
  [[nodiscard]] IsakmpSa new_sa();
  void take_responder(IsakmpSa& sa, const exchange::MessageView& message);
  [[nodiscard]] std::optional<crypto::DhKeyPair> new_key_pair(IsakmpSa& sa,
                                                              const plan::Template& message,
                                                              Time now);
  [[nodiscard]] std::optional<Phase1Algorithms> chosen_of(const std::vector<Transform>& offers,
                                                          const wire::Tree& tree, Time now);
  [[nodiscard]] bool take_keys(IsakmpSa& sa, const crypto::DhKeyPair& pair,
                               const exchange::MessageView& message, Time now);
  [[nodiscard]] bool without_initial_contact(wire::Document& document, Time now);
  [[nodiscard]] bool with_identity(wire::Document& document, Time now);
  [[nodiscard]] bool with_proof(const IsakmpSa& sa, wire::Document& document, ByteView idii_b,
                                Time now);
  [[nodiscard]] bool believes(const IsakmpSa& sa, const exchange::MessageView& message, Time now);

  // NATs and long messages (initiator_traversal.cpp)
  void take_announcements(const exchange::MessageView& message);
  [[nodiscard]] Ends ends_of(const IsakmpSa& sa) const;
  [[nodiscard]] bool with_nat_detection(const IsakmpSa& sa, wire::Document& document,
                                        wire::RowId beside, Time now);
  void look_for_nat(const IsakmpSa& sa, const exchange::MessageView& message);
  void push(Outgoing message);
  [[nodiscard]] std::optional<Time> next_keepalive() const;
  void keep_alive(Time now);

  // Aggressive mode (initiator_aggressive.cpp)
  void send_am1(Time now);
  void on_am2(AwaitAm2 was, const wire::Tree& tree, Time now);
  void send_am3(IsakmpSa sa, ByteView idii_b, Time now);

  // PULL (initiator_pull.cpp)
  void send_pull1(IsakmpSa sa, Time now);
  void on_pull2(AwaitPull2 was, const wire::Tree& tree, Time now);
  void on_pull4(AwaitPull4 was, const wire::Tree& tree, Time now);
  [[nodiscard]] bool is_second_pull2(wire::Tree& tree) const;
  void learn(const AwaitPull4& was, const exchange::MessageView& message);

  // What comes in (initiator_receive.cpp)
  void receive(ByteView datagram, Time now);
  void take(ByteView datagram, Time now);
  void dispatch(wire::Tree& tree, Time now);
  void on_duplicate(Waiting& waiting, const exchange::Fingerprint& print, Time now);
  [[nodiscard]] bool is_awaited(const exchange::MessageView& message) const;
  [[nodiscard]] static bool answers_probe(Waiting& waiting, const exchange::MessageView& message);

  // Informational exchanges (initiator_informational.cpp)
  void informational(Waiting& waiting, wire::Tree& tree, const exchange::Fingerprint& print,
                     Time now);
  void on_notify(Waiting& waiting, const exchange::MessageView& message,
                 const exchange::Fingerprint& print, Time now);
  void on_delete(const Waiting& waiting, const exchange::MessageView& message, Time now);
  [[nodiscard]] std::optional<Outgoing> informational_of(IsakmpSa& sa, wire::Part part,
                                                         std::string remark);
  void say_goodbye(IsakmpSa& sa);

  // Silence (initiator_silence.cpp)
  void on_deadline(Time now);
  void silence(Waiting& waiting, Time now);
  [[nodiscard]] bool tells_refusal() const;
  void begin_round(Waiting& waiting, Time now);
  void end_round(Waiting& waiting, Time now);
  [[nodiscard]] bool loss_is_unlikely(const Waiting& waiting) const;
  [[nodiscard]] std::string ignored_text() const;

  // What the user wants otherwise than captured (initiator_changes.cpp)
  [[nodiscard]] bool alter(std::string_view message, wire::Document& document, plan::Stage stage,
                           Time now);
  [[nodiscard]] bool is_altered(std::string_view message) const;
  [[nodiscard]] std::optional<Bytes> finish(std::string_view message, wire::Document& document,
                                            IsakmpSa* seals, Time now);
  Time leave(std::string_view name, const Outgoing& message, unsigned again, Time now);
  [[nodiscard]] bool is_lost(std::string_view name);
  /// How often it was sent but for what a change lost.
  [[nodiscard]] unsigned left(const Flight& flight) const;
  [[nodiscard]] Sendings& remembered();
  void did(std::size_t change, std::string text);
  void send_early_pull1(IsakmpSa& sa, Time now);
  void send_early_pull3(AwaitPull2& next, Time now);
  [[nodiscard]] bool has_early(std::string_view message, std::string_view before);
  void release(Time now);

  // Everywhere (initiator.cpp)
  [[nodiscard]] plan::Live live_of(const IsakmpSa& sa) const;
  [[nodiscard]] std::optional<wire::Document> prepare(const plan::Template& from,
                                                      const plan::Live& live, Time now);
  [[nodiscard]] std::optional<Bytes> seal(IsakmpSa& sa, wire::Document& document, Time now);

  template <typename Next>
  void send(Next next, Bytes datagram, std::uint64_t captured_frame, Time now) {
    state                  = std::move(next);
    auto& waiting          = std::get<Next>(state);
    waiting.probe          = std::nullopt;
    waiting.flight         = {};
    waiting.flight.message = {options.source, options.key_server, std::move(datagram),
                              captured_frame, std::string(step().name)};
    waiting.flight.first   = now;
    waiting.flight.name    = step().short_name;
    transmit(waiting.flight, now);
  }

  void transmit(Flight& flight, Time now);
  void emit(Outgoing message, unsigned again);
  void answered(const Waiting& waiting, ByteView octets);
  void end(Verdict with, Time now);
  void end_invalid(std::string reason, Time now);
  /// The KS's HASH or signature is wrong.
  void end_unproven(std::string reason, Time now);
  void end_locally(std::string reason, Time now);
  void end_unchangeable(std::string reason, Time now);
  void note(std::string name, std::string captured, std::string live);
  void note_nonce(std::string name, std::size_t captured, std::size_t live);
  [[nodiscard]] Waiting* waiting();
  [[nodiscard]] const Waiting* waiting() const;

  [[nodiscard]] const StateRow& state_row() const { return kStates.at(state.index()); }

  /// The message that was sent last.
  [[nodiscard]] const exchange::Step& step() const;
  /// Name of the message that is awaited.
  [[nodiscard]] std::string_view awaited_name() const;

  std::shared_ptr<const plan::Plan> shared_plan;
  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): it stays where it is
  const plan::Plan& plan;
  InitiatorOptions options;
  Random& random;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
  State state;
  std::vector<Outgoing> output;
  std::vector<std::pair<Time, Outgoing>> delayed;  ///< to be sent later
  std::unique_ptr<Sendings> sendings;              ///< nullptr: nothing to remember yet
  Verdict verdict;
  Ignored ignored;
  unsigned steps_answered = 0;
  unsigned steps_sent     = 0;               ///< sendings of the steps that were answered
  std::vector<exchange::Fingerprint> taken;  ///< answers that were taken
  std::optional<Acknowledged> acknowledged;
  std::uint32_t ks_doi = 2;      ///< of the SA that the KS chose
  bool nat_traversal   = false;  ///< both announced it
  bool fragmentation   = false;  ///< both announced it
  bool behind_nat      = false;  ///< so the NAT must not forget us
  Time last_sent       = 0;
  exchange::Fragments fragments;
  std::vector<std::string> phase1_lines;  ///< of the key log
  std::vector<std::string> key_lines;
};

/// Octets of the first field of a row, or nothing: what hangs on a field that may have been changed
/// follows it.
[[nodiscard]] std::optional<Bytes> octets_in(const wire::Document& document, wire::RowId field);

/// The same for a cookie; `otherwise` where there is none.
[[nodiscard]] keys::Cookie cookie_in(const wire::Document& document, wire::RowId field,
                                     const keys::Cookie& otherwise);

/// The transforms that a first message offers.
[[nodiscard]] std::vector<Transform> offers_in(ByteView first);

}  // namespace gdoi::engine
