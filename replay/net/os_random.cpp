#include "net/os_random.h"

#include <cerrno>
#include <sys/random.h>
#include <system_error>

namespace gdoi::net {

void OsRandom::fill(std::span<std::uint8_t> octets) {
  while (!octets.empty()) {
    const auto got = getrandom(octets.data(), octets.size(), 0);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      throw std::system_error(errno, std::generic_category(),
                              "the system's random source cannot be read");
    }
    octets = octets.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace gdoi::net
