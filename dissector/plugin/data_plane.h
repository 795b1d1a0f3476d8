#pragma once

#include "plugin/epan.h"
#include "protocol/keys/key_ring.h"

#include <array>
#include <span>
#include <vector>

/// TEKs for Wireshark's ESP dissector, so that the traffic that the group protects decrypts too.
namespace gdoi::plugin {

/// How many keys Wireshark's ESP dissector takes from others in one file; one more would be a bug
/// of ours for it.
inline constexpr std::size_t kMaxEspKeys = 16;

/// A key as esp_sa_record_add_from_dissector takes it; the texts end with a zero octet.
struct EspKey {
  std::uint8_t encryption     = 0;
  std::uint8_t authentication = 0;
  std::array<char, 11> spi{};  ///< "0x12345678"
  Secret key;                  ///< "0x..."; empty: none
  Secret authentication_key;
};

/// The keys of one file: each once, what ESP cannot use left out.
class DataPlane {
 public:
  /// False where the key is new and there is no room for it.
  [[nodiscard]] bool offer(const keys::Tek& tek);

  /// Those that were not handed on yet. They stay where they are until the file ends.
  [[nodiscard]] std::span<const EspKey> take();

 private:
  std::vector<EspKey> keys_ = [] {
    std::vector<EspKey> room;
    room.reserve(kMaxEspKeys);
    return room;
  }();
  std::size_t taken_ = 0;
};

/// Hands keys on, for whatever addresses: the SPI of a group is the same everywhere. Wireshark may
/// leave by longjmp here, so nothing on the stack may need a destructor.
void hand_to_esp(std::span<const EspKey> keys, bool ipv6);

}  // namespace gdoi::plugin
