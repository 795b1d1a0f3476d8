#pragma once

#include "protocol/base/secret.h"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace gdoi::exchange {

/// The keys that decrypted something, by an index that stays valid: frames are read again by it.
class KeyStore {
 public:
  /// The index of a key, which is added where it is new.
  [[nodiscard]] std::uint32_t add(ByteView key);

  /// The octets of a key; empty where there is none with this index.
  [[nodiscard]] ByteView get(std::uint32_t index) const;

 private:
  std::vector<Secret> keys_;
  std::unordered_multimap<std::uint64_t, std::uint32_t> index_;  ///< fingerprint -> place
};

}  // namespace gdoi::exchange
