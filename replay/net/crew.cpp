#include "net/crew.h"

namespace gdoi::net {
namespace {

constexpr std::size_t kFirstOrdinary = 1'024;
constexpr std::size_t kPorts         = 65'536;

}  // namespace

// Behind the highest port come the lowest that are not privileged.
exchange::Endpoint place_of(const exchange::Endpoint& first, std::size_t index) {
  auto place = first;
  if (first.port != 0) {
    const auto straight = first.port + index;
    place.port          = static_cast<std::uint16_t>(
        straight < kPorts ? straight
                                   : kFirstOrdinary + (straight - kPorts) % (kPorts - kFirstOrdinary));
  }
  return place;
}

}  // namespace gdoi::net
