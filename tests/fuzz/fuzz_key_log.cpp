// Key logs, Wireshark's table and the secrets of others come from files that nobody checked. Beyond
// staying alive: what was read must come back the same after it is written.

#include "fuzz/fuzz_require.h"
#include "protocol/keys/convert.h"
#include "protocol/keys/key_log.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace {

void check_round_trip(const gdoi::keys::KeyRing& ring) {
  const auto text  = gdoi::keys::write_key_log(ring);
  const auto again = gdoi::keys::parse_key_log(text, "written");
  gdoi::fuzz::require(again && again->notes.empty() &&
                      gdoi::keys::write_key_log(again->ring) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& log : {&gdoi::keys::parse_key_log, &gdoi::keys::parse_isakmp_table,
                          &gdoi::keys::convert_secrets}) {
    if (const auto result = log(text, "input")) {
      check_round_trip(result->ring);
    }
  }
  return 0;
}
