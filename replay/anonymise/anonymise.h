#pragma once

#include "anonymise/mapped.h"
#include "anonymise/notes.h"
#include "capture/writer.h"
#include "engine/types.h"
#include "protocol/base/result.h"
#include "protocol/keys/key_ring.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gdoi::anonymise {

/// What is asked of a capture.
struct Order {
  std::string input;
  std::string output;
  bool force = false;  ///< an output that exists is replaced
  std::vector<std::uint16_t> ports{848};
  bool scramble  = false;  ///< what cannot be decrypted becomes random octets
  bool only_gdoi = false;  ///< other frames are left out, so that frame numbers change
};

/// What became of it.
struct Outcome {
  std::uint64_t frames   = 0;  ///< of the capture
  std::uint64_t written  = 0;
  std::uint64_t messages = 0;  ///< datagrams that were mapped
  std::uint64_t blanked  = 0;  ///< other frames: nothing but addresses is left of them
  std::vector<std::uint64_t> decrypted;
  std::vector<std::uint64_t> dark;     ///< encrypted, not read
  std::vector<Note> notes;             ///< what else could not be mapped
  std::vector<std::uint64_t> differs;  ///< messages that read otherwise than the real ones
  std::vector<Mapped> map;
  keys::KeyRing keys;   ///< made ones, to read the output with
  std::string problem;  ///< the capture broke off there; what is before it was written
  std::string fault;    ///< why the output could not be written; nothing is left of it then
  std::optional<capture::Writer> file;  ///< the output, which appears when this is closed
};

/// Maps a capture. Keys: whatever decrypts the capture; none of them, nor what follows from them,
/// is in the output or the outcome.
[[nodiscard]] Result<Outcome> anonymise(const Order& order, keys::KeyRing ring,
                                        engine::Random& random);

}  // namespace gdoi::anonymise
