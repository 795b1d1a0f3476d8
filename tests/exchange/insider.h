#pragma once

#include "protocol/base/bytes.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace gdoi::simulation {

/// A payload as it stands on the wire, without its generic header (RFC 2408 section 3.2).
struct RawPayload {
  std::uint8_t type = 0;
  Bytes body;
};

/// The payloads of a message, or nothing where their lengths do not add up; what follows the last
/// is left out.
[[nodiscard]] std::optional<std::vector<RawPayload>> raw_payloads(std::uint8_t first,
                                                                  ByteView octets);

/// Somebody between the ends of one phase 1 who has the keys of one of them: changes payloads also
/// where they are encrypted, so that a lie gets behind the decryption. Needs to see every message
/// once, in its order and as it goes on.
class Insider {
 public:
  using Change = std::function<void(std::vector<RawPayload>&)>;

  /// Takes what the IVs of later messages depend on (RFC 2409 appendix B).
  void see(ByteView datagram);

  /// Changes the payloads of a main or aggressive mode message; false, and nothing changed, where
  /// it is none or cannot be opened. `key_log`: that of the engine which has the keys.
  bool change(Bytes& datagram, const std::vector<std::string>& key_log, const Change& change) const;

 private:
  std::vector<Bytes> public_values_;
  Bytes last_block_;
};

}  // namespace gdoi::simulation
