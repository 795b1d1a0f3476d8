#include "protocol/base/secret.h"

namespace gdoi {

void wipe(std::span<std::uint8_t> octets) {
  // A volatile pointer keeps the stores: the compiler cannot prove that nobody looks.
  volatile std::uint8_t* octet = octets.data();
  for (std::size_t i = 0; i < octets.size(); ++i) {
    octet[i] = 0;
  }
}

bool equal_constant_time(ByteView a, ByteView b) {
  if (a.size() != b.size()) {
    return false;
  }
  std::uint8_t difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<std::uint8_t>(difference | (a[i] ^ b[i]));
  }
  return difference == 0;
}

}  // namespace gdoi
