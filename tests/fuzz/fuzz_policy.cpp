// Policies are written by hand and come from anywhere. What is read as one must keep the rules that
// the reader promises, and a KS must be able to live by it.

#include "fuzz/fuzz_require.h"
#include "keyserver/keyserver.h"

#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using gdoi::keyserver::kLeastKekLifetime;
  using gdoi::keyserver::kMostLifetime;
  auto policy = gdoi::keyserver::parse_policy(
      std::string_view(reinterpret_cast<const char*>(data), size), "input");
  if (!policy) {
    gdoi::fuzz::require(policy.error().text.starts_with("input:"));
    return 0;
  }
  for (const auto& group : policy->groups) {
    gdoi::fuzz::require(!group.kek || (group.kek->lifetime >= kLeastKekLifetime &&
                                       group.kek->lifetime <= kMostLifetime));
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
  gdoi::fuzz::require(!ks.feature_table("long-sa-lifetime").empty());
  return 0;
}
