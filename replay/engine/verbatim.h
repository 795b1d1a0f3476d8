#pragma once

#include "engine/party.h"
#include "plan/plan.h"
#include "protocol/exchange/fragments.h"
#include "protocol/exchange/history.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// Captured datagrams as they are: cookies, nonces and keys in them are stale, and no key server
/// may take them for more than a stranger's first message.
namespace gdoi::engine {

/// Remark of a captured datagram that is sent as it is.
inline constexpr std::string_view kAsCaptured = "as captured";

/// A datagram that the GM sent, without a non-ESP marker.
struct CapturedDatagram {
  std::uint64_t frame = 0;
  Time time           = 0;  ///< since the first one
  Bytes octets;
};

/// One registration as it stood on the wire.
struct VerbatimScript {
  plan::Captured captured;
  std::vector<CapturedDatagram> sent;          ///< by the GM, in order; at least one
  std::vector<exchange::Fingerprint> answers;  ///< what the KS sent then
  std::optional<plan::Template> first;         ///< phase-1 message 1, to ask whether it is alive
};

struct VerbatimOptions {
  exchange::Endpoint source;
  exchange::Endpoint key_server;
  double speed  = 1;       ///< times as fast as captured; 0: all at once
  Time interval = 0;       ///< between two datagrams, instead of the captured times; 0: none
  Retransmission probe{};  ///< of the question whether the KS is alive
};

/// Sends them and judges what comes back. What may: nothing; a new message 2 to a message 1, whose
/// only cookie is the initiator's own (RFC 2408 section 2.5.3); a NOTIFY, INVALID-COOKIE first of
/// all (RFC 2408 section 5.2); the very octets of the captured answer, from a KS that still holds
/// the SA and takes the message for a retransmission (RFC 2408 section 5.1). Everything else is an
/// exchange that goes on: the KS was fooled. Silence counts only of a KS that is alive afterwards.
class VerbatimReplay final : public Party {
 public:
  VerbatimReplay(std::shared_ptr<const VerbatimScript> script, const VerbatimOptions& options,
                 Random& random);

  void start(Time now) override;
  void on_datagram(ByteView datagram, Time now) override;
  void on_foreign(const exchange::Endpoint& from) override;
  void on_deadline(Time now) override;
  void on_unreachable(std::string_view what, Time now) override;
  void abort(std::string reason, Time now) override;

  [[nodiscard]] std::optional<Time> deadline() const override;
  [[nodiscard]] std::vector<Outgoing> take_output() override;

  [[nodiscard]] const exchange::Endpoint& key_server() const override {
    return options_.key_server;
  }

  [[nodiscard]] bool finished() const override { return over_; }

  [[nodiscard]] const Verdict& verdict() const override { return verdict_; }

  [[nodiscard]] std::vector<std::string> key_log() const override { return {}; }

 private:
  [[nodiscard]] Time due(std::size_t index) const;
  void send_due(Time now);
  void ask(Time now);
  void judge(ByteView datagram, Time now);
  void judge_exchange(ByteView datagram);
  void came(const std::string& what);
  void fooled(std::string_view step, const std::string& what);
  [[nodiscard]] std::string answers_text() const;
  void end(Ending ending, std::string reason, Time now);
  void end_asked(Time now);

  std::shared_ptr<const VerbatimScript> script_;
  VerbatimOptions options_;
  Random* random_;
  std::vector<Outgoing> output_;
  Verdict verdict_;
  std::size_t next_ = 0;  ///< of the script
  std::optional<Bytes> probe_;
  keys::Cookie probe_cookie_{};
  unsigned asked_   = 0;
  bool alive_       = false;  ///< it answered the question
  Time wake_        = 0;
  bool over_        = false;
  unsigned foreign_ = 0;
  std::vector<exchange::Fingerprint> seen_;  ///< answers, a bounded number
  exchange::Fragments fragments_;
  unsigned pulls_ = 0;  ///< answers in a PULL
  std::map<std::string, unsigned> answers_;
  std::string fooled_step_;
  std::string fooled_by_;
};

}  // namespace gdoi::engine
