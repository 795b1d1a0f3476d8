#pragma once

#include "engine/types.h"
#include "plan/changes.h"
#include "protocol/keys/key_ring.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Makes changes in messages.
namespace gdoi::plan {

/// When, in the making of a message, a change is made.
enum class Stage : std::uint8_t {
  kBeforeProof,  ///< HASH, signature and encryption follow from it
  kBehindProof,  ///< only the encryption follows
  kHeader        ///< nothing does: fields of the header, once the payloads are encrypted
};

/// What a change may need beside the message.
struct AlterContext {
  keys::Cookie captured_initiator{};
  // NOLINTNEXTLINE(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one message
  engine::Random& random;
};

/// Makes all changes of a stage in a message, in their order. Where one cannot be made the error
/// says why, and which addresses there are. Changes of the ISAKMP header, but for cookies and
/// message ID, belong to `kHeader`; those of the octets of HASH and SIG to `kBehindProof`.
[[nodiscard]] Status alter(wire::Document& document, std::string_view message,
                           std::span<const Change> changes, Stage stage,
                           const AlterContext& context, std::vector<Altered>& altered);

/// Changes of the finished datagram: clear, cut, trail, flip. `document` is the message with its
/// plaintext.
[[nodiscard]] Status alter_datagram(Bytes& datagram, const wire::Document& document,
                                    std::string_view message, std::span<const Change> changes,
                                    std::vector<Altered>& altered);

/// Whether there is any change of a message.
[[nodiscard]] bool concerns(std::span<const Change> changes, std::string_view message);

}  // namespace gdoi::plan
