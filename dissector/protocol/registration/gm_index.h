#pragma once

#include "protocol/registration/context.h"
#include "protocol/registration/ledger.h"

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace gdoi::registration {

/// The registrations of each GM, for who asks while the capture goes on.
class GmIndex {
 public:
  /// Earlier registrations of a GM that are looked at.
  static constexpr std::size_t kMaxLookedBack = 64;

  /// Takes in what has come since the last call.
  void update(const Ledger& all);

  /// What the GM's registrations in the same group before this one were.
  [[nodiscard]] Before before(const Ledger& all, const Registration& one) const;

  /// The number of the GM's last registration before that one, in whatever group; 0: none.
  [[nodiscard]] std::uint32_t last_before(const Registration& one) const;

  void clear();

 private:
  struct Hash {
    std::size_t operator()(const std::array<std::uint8_t, 16>& address) const noexcept;
  };

  std::unordered_map<std::array<std::uint8_t, 16>, std::vector<std::uint32_t>, Hash> numbers_;
  std::size_t known_ = 0;
};

}  // namespace gdoi::registration
