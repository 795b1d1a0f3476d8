#pragma once

#include "engine/isakmp_sa.h"
#include "engine/party.h"
#include "plan/plan.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gdoi::engine {

/// How an initiator behaves.
struct InitiatorOptions {
  exchange::Endpoint source;
  exchange::Endpoint key_server;
  Retransmission retransmission;
  bool initial_contact = false;  ///< send a captured INITIAL-CONTACT too
  bool say_goodbye     = true;   ///< a DELETE after a registration that was accepted
  bool keep_map        = true;   ///< captured and live values in the verdict
  Bytes identity{};  ///< body of IDii instead of the plan's: one of many clones; empty: the plan's
  /// Ask a KS that has fallen silent whether it is alive, to tell refusal from loss. Without that
  /// (no router asks) the end is `kAborted`: no answer, for an unknown reason.
  bool probe = true;
};

/// Replays one registration: main or aggressive mode with a pre-shared key or signatures, then a
/// PULL. Sans-I/O.
class Initiator final : public Party {
 public:
  /// Many may share a plan.
  Initiator(std::shared_ptr<const plan::Plan> plan, InitiatorOptions options, Random& random);
  Initiator(const Initiator&)            = delete;
  Initiator& operator=(const Initiator&) = delete;
  Initiator(Initiator&&) noexcept;
  Initiator& operator=(Initiator&&) noexcept;
  ~Initiator() override;

  void start(Time now) override;
  void on_datagram(ByteView datagram, Time now) override;
  void on_foreign(const exchange::Endpoint& from) override;
  void on_deadline(Time now) override;
  void on_unreachable(std::string_view what, Time now) override;
  void abort(std::string reason, Time now) override;

  [[nodiscard]] std::optional<Time> deadline() const override;
  [[nodiscard]] std::vector<Outgoing> take_output() override;
  [[nodiscard]] const exchange::Endpoint& key_server() const override;

  [[nodiscard]] bool finished() const override;
  [[nodiscard]] const Verdict& verdict() const override;

  /// Key log lines so far: phase 1 and what the KD taught.
  [[nodiscard]] std::vector<std::string> key_log() const override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gdoi::engine
