#pragma once

#include "engine/types.h"
#include "keyserver/policy.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gdoi::keyserver {

/// The reference KS: main mode responder with pre-shared keys and GROUPKEY-PULL responder under a
/// policy. Sans-I/O, and a role of its own: it shares codec and cryptography with the initiator,
/// not its decisions.
class KeyServer {
 public:
  KeyServer(Policy policy, exchange::Endpoint listen, engine::Random& random);
  KeyServer(KeyServer&&) noexcept;
  KeyServer& operator=(KeyServer&&) noexcept;
  ~KeyServer();

  /// A datagram that was sent to the address that the KS listens on.
  void on_datagram(const exchange::Endpoint& from, ByteView datagram, engine::Time now);
  /// One that came to `to`, where the KS listens on several addresses: answers leave from there.
  void on_datagram(const exchange::Endpoint& from, const exchange::Endpoint& to, ByteView datagram,
                   engine::Time now);
  void on_deadline(engine::Time now);
  [[nodiscard]] std::optional<engine::Time> deadline() const;
  [[nodiscard]] std::vector<engine::Outgoing> take_output();

  /// Lines for a person, router-like where a router has one
  /// (%GDOI-4-REJECT_GM_VERSION_REGISTER ...), since the last call.
  [[nodiscard]] std::vector<std::string> take_log();

  /// Key log lines since the last call: phase 1s, KEKs, TEKs.
  [[nodiscard]] std::vector<std::string> take_key_log();

  /// The table of `show crypto gdoi feature NAME`: the KS, and the GMs that completed phase 1,
  /// refused ones included (a bounded log).
  /// Empty where there is no such feature.
  [[nodiscard]] std::string feature_table(std::string_view feature) const;

  /// GMs that registered in a group (a bounded number), by its name.
  [[nodiscard]] std::size_t member_count(std::string_view group) const;

  /// Phase 1s that the KS holds, half-open ones included.
  [[nodiscard]] std::size_t phase1_count() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gdoi::keyserver
