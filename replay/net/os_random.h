#pragma once

#include "engine/types.h"

namespace gdoi::net {

/// The operating system's random source (getrandom(2)); for keys, so nothing less will do. Throws
/// std::system_error where there is none.
class OsRandom : public engine::Random {
 public:
  void fill(std::span<std::uint8_t> octets) override;
};

}  // namespace gdoi::net
