#pragma once

#include <cstdint>
#include <string>

/// Maps what a capture says of people, places and secrets to made values, so that it can be shared.
/// Naming law: *real* and *made*, always this pair.
namespace gdoi::anonymise {

enum class Kind : std::uint8_t { kAddress, kNetwork, kEthernet, kName, kGroup, kOctets };

/// A real value and what stands for it. For the user's eyes alone.
struct Mapped {
  Kind kind = Kind::kOctets;
  std::string real;
  std::string made;
};

}  // namespace gdoi::anonymise
