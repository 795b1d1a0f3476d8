#include "engine/types.h"

#include "protocol/crypto/suite.h"

#include <algorithm>
#include <cmath>

namespace gdoi::engine {

SeededRandom::SeededRandom(std::uint64_t seed) {
  append_uint(seed_, seed, sizeof(seed));
}

void SeededRandom::fill(std::span<std::uint8_t> octets) {
  while (!octets.empty()) {
    if (pool_.empty()) {
      Bytes count;
      append_uint(count, counter_++, sizeof(counter_));
      pool_ = crypto::openssl_suite().hmac(crypto::Hash::kSha256, seed_, {count});
    }
    const auto count = std::min(octets.size(), pool_.size());
    std::copy_n(pool_.begin(), count, octets.begin());
    pool_.erase(pool_.begin(), pool_.begin() + static_cast<std::ptrdiff_t>(count));
    octets = octets.subspan(count);
  }
}

Time Retransmission::interval(unsigned sent) const {
  const auto longest = static_cast<double>(kLongestInterval);
  const auto wanted =
      static_cast<double>(first) * std::pow(factor, sent > 0 ? static_cast<double>(sent - 1) : 0.0);
  return std::isfinite(wanted) && wanted < longest ? std::max<Time>(static_cast<Time>(wanted), 1)
                                                   : kLongestInterval;
}

std::string Phase1Algorithms::text() const {
  std::string name(crypto::name_of(cipher));
  if (const auto mode = name.find("-cbc"); mode != std::string::npos) {
    name.erase(mode);
  }
  name += "-" + std::string(crypto::name_of(hash)) + "-" + std::string(crypto::name_of(group));
  if (auth_method != crypto::kAuthPsk) {
    const auto auth = crypto::name_of_auth(auth_method);
    name += "-" + (auth.empty() ? "auth-" + std::to_string(auth_method) : std::string(auth));
  }
  return name;
}

}  // namespace gdoi::engine
