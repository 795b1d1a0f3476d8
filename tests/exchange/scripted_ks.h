#pragma once

#include "engine/isakmp_sa.h"
#include "exchange/sample_plan.h"
#include "protocol/crypto/diffie_hellman.h"

#include <map>
#include <optional>
#include <set>
#include <string>

/// A key server for tests that does what it is told, right or wrong. It has no policy.
namespace gdoi::simulation {

enum class Fault : std::uint8_t {
  kNone,
  kUnlistedTransform,
  kTwoTransforms,
  kPublicValueSize,
  kHashR,
  kHash2,
  kHash4,
  kNotifyHash,  ///< of an Informational before the answer
  kMalformedSa,
  kMalformedKd,
  kWrongCookie,
  kGarbage
};

/// Messages of the GM are named as in `inspect --json`: mm1, mm3, mm5, pull1, pull3.
struct Script {
  std::string psk       = "a pre-shared key";
  std::size_t transform = 0;  ///< which of the offered ones is chosen
  std::uint64_t doi     = 2;
  Fault fault           = Fault::kNone;
  std::set<std::string> silent_at{};
  std::optional<std::string> notify_at{};
  std::uint16_t notify_type = 18;
  bool notify_clear         = false;
  std::optional<std::string> delete_at{};
  std::optional<std::string> asks_at{};  ///< R-U-THERE (RFC 3706) before the answer
  unsigned asks   = 1;                   ///< how often, with the same octets
  unsigned copies = 1;                   ///< of every answer
  std::optional<unsigned> answers{};     ///< dies after so many
  Offer offered{};                       ///< what message 2 says; must be the chosen transform
};

class ScriptedKs {
 public:
  ScriptedKs(Script script, exchange::Endpoint at, engine::Random& random)
      : script_(std::move(script)), at_(at), random_(random) {}

  void on_datagram(const exchange::Endpoint& from, ByteView datagram, engine::Time now);
  [[nodiscard]] std::vector<engine::Outgoing> take_output();

  /// Bodies that the SA of PULL message 2 and the KD of message 4 have instead of their own.
  void set_policy(Bytes sa_b) { sa_b_ = std::move(sa_b); }

  void set_keys(Bytes kd_b) { kd_b_ = std::move(kd_b); }

  /// How many PULLs came to message 3 with a right HASH(3).
  [[nodiscard]] unsigned registered() const { return registered_; }

  /// DELETEs of phase-1 SAs that came with a right HASH.
  [[nodiscard]] unsigned goodbyes() const { return goodbyes_; }

  /// R-U-THERE-ACKs with a right HASH, SPI and sequence number.
  [[nodiscard]] unsigned acknowledgements() const { return acknowledgements_; }

  /// Hashes of the GM that were wrong.
  [[nodiscard]] unsigned wrong_hashes() const { return wrong_hashes_; }

  /// Messages 5 that held an INITIAL-CONTACT for the live cookies.
  [[nodiscard]] unsigned initial_contacts() const { return initial_contacts_; }

 private:
  struct Session {
    engine::IsakmpSa sa;
    std::optional<crypto::DhKeyPair> key_pair;
    std::uint32_t message_id = 0;
    Bytes ni_b;
    Bytes nr_b;
    std::string last = "none";
    std::map<Bytes, Bytes> answers;  ///< by request, for those that come again, also late
  };

  [[nodiscard]] std::string name_of(const Session& session,
                                    const exchange::MessageView& message) const;
  [[nodiscard]] std::optional<Bytes> answer(Session& session, const std::string& name,
                                            const wire::Tree& tree);
  [[nodiscard]] Bytes mm2(Session& session, const exchange::MessageView& message);
  [[nodiscard]] Bytes mm4(Session& session, const exchange::MessageView& message);
  [[nodiscard]] std::optional<Bytes> mm6(Session& session, const exchange::MessageView& message);
  [[nodiscard]] std::optional<Bytes> pull2(Session& session, const exchange::MessageView& message);
  [[nodiscard]] std::optional<Bytes> pull4(Session& session, const exchange::MessageView& message);
  [[nodiscard]] Bytes sealed(Session& session, std::uint8_t exchange, std::uint32_t message_id,
                             const std::vector<wire::Part>& payloads, const Bytes* ni_b,
                             const Bytes* nr_b, bool spoil);
  [[nodiscard]] Bytes notify(Session& session);
  void on_goodbye(Session& session, const exchange::MessageView& message);
  [[nodiscard]] Bytes octets(std::size_t count);

  Script script_;
  exchange::Endpoint at_;
  engine::Random& random_;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members): the test's
  std::map<keys::Cookie, Session> sessions_;
  std::vector<engine::Outgoing> output_;
  std::optional<Bytes> sa_b_;
  std::optional<Bytes> kd_b_;
  unsigned registered_       = 0;
  unsigned goodbyes_         = 0;
  unsigned acknowledgements_ = 0;
  unsigned wrong_hashes_     = 0;
  unsigned initial_contacts_ = 0;
  unsigned answered_         = 0;
};

}  // namespace gdoi::simulation
