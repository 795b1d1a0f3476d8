#pragma once

#include "engine/credentials.h"
#include "engine/types.h"
#include "protocol/wire/compose.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

/// What the reference KS can be told to do wrong, so that whatever talks to it can be tested.
namespace gdoi::keyserver {

/// One thing that a KS does wrong (example-policy.yaml says what each is).
enum class Misdeed : std::uint8_t {
  kNone,
  // In phase 1
  kWrongHashR,
  kForeignCertificate,
  kNoProposalChosen,
  // With every datagram
  kLate,
  kSilentAt,
  kDuplicated,
  kCorrupted,
  kWrongCookies,
  kAnotherPort,
  // In the PULL
  kWrongHash2,
  kWrongHash4,
  kWrongMessageId,
  kSaWithoutKeys,
  kKdWithoutTek,
  kKdWithForeignTek,
  kNoSeq,
  kReplayedAsNew,
  kForgetsMembers,
  // In its decisions
  kAcceptsWhatItShouldRefuse
};

/// A misdeed with what it needs to know.
struct Misbehaviour {
  Misdeed misdeed   = Misdeed::kNone;
  engine::Time late = 0;         ///< kLate: by how much
  std::string_view silent_at{};  ///< kSilentAt: the name of the message (exchange/script.h)
};

/// Does it. A KS that behaves is left as it is.
class Misconduct {
 public:
  Misconduct(const Misbehaviour& what, engine::Random& random) : what_(what), random_(&random) {}

  [[nodiscard]] bool is(Misdeed one) const { return what_.misdeed == one; }

  /// Whether the message of this name is not to be sent.
  [[nodiscard]] bool withholds(std::string_view name) const {
    return is(Misdeed::kSilentAt) && what_.silent_at == name;
  }

  /// A HASH or signature, made wrong where `when` is what the KS does.
  [[nodiscard]] Bytes proof(Misdeed when, Bytes value) const;

  /// The SA of PULL message 2.
  [[nodiscard]] wire::Part announced(wire::Part sa) const;

  /// SEQ and KD of PULL message 4.
  [[nodiscard]] std::vector<wire::Part> delivered(std::vector<wire::Part> parts) const;

  /// What leaves of finished datagrams: now, and of earlier ones.
  [[nodiscard]] std::vector<engine::Outgoing> sent(std::vector<engine::Outgoing> output,
                                                   engine::Time now);

  /// When the next of those leaves that are held back.
  [[nodiscard]] std::optional<engine::Time> deadline() const;

 private:
  void spoil(engine::Outgoing& message) const;

  Misbehaviour what_;
  engine::Random* random_;
  std::deque<std::pair<engine::Time, engine::Outgoing>> held_;  ///< in the order of their times
};

/// The same trust, but a new key of the same kind and a certificate of its own making for it, with
/// the same subject and alternative names: what somebody has who only pretends. Not repeatable: the
/// key is OpenSSL's. Error where OpenSSL makes none.
[[nodiscard]] Result<engine::Credentials> foreign_credentials(const engine::Credentials& own);

}  // namespace gdoi::keyserver
