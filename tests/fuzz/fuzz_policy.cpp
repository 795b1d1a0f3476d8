// Policies are written by hand and come from anywhere. What is read as one must keep the rules that
// the reader promises, and a KS must be able to live by it.

#include "keyserver/keyserver.h"

#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using gdoi::keyserver::kLeastKekLifetime;
  using gdoi::keyserver::kMostLifetime;
  auto policy = gdoi::keyserver::parse_policy(
      std::string_view(reinterpret_cast<const char*>(data), size), "input");
  if (!policy) {
    if (!policy.error().text.starts_with("input:")) {
      std::abort();
    }
    return 0;
  }
  for (const auto& group : policy->groups) {
    if (group.kek &&
        (group.kek->lifetime < kLeastKekLifetime || group.kek->lifetime > kMostLifetime)) {
      std::abort();
    }
  }
  constexpr std::size_t kEnough = 8;
  if (policy->groups.size() > kEnough) {
    return 0;
  }
  gdoi::engine::SeededRandom random(1);
  const gdoi::keyserver::KeyServer ks(std::move(policy).value(),
                                      {
                                          4, {10, 80, 127, 20},
                                           848
  },
                                      random);
  if (ks.feature_table("long-sa-lifetime").empty()) {
    std::abort();
  }
  return 0;
}
