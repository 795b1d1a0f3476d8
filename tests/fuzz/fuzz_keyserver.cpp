// A KS under datagrams from anyone: each input is a run of (octet of peer and time, length in two
// octets, datagram). It must stay within its bounds, answer nobody with more than a datagram each,
// and never take anyone for a member who has not proved the PSK. Peers speak about real phase 1s
// too: zero responder cookies stand for whatever the KS answered last.

#include "fuzz/fuzz_require.h"
#include "keyserver/keyserver.h"

#include <algorithm>

namespace {

using gdoi::Bytes;
using gdoi::ByteView;

constexpr std::size_t kHead      = 3;
constexpr std::size_t kMostTurns = 64;
constexpr std::size_t kCookieAt  = 8;
constexpr std::size_t kCookie    = 8;
constexpr std::size_t kFlagsAt   = 19;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gdoi::engine::SeededRandom random(1);
  auto policy = gdoi::keyserver::default_policy(gdoi::Secret(gdoi::bytes_of("a key")));
  policy.proposals.resize(std::min<std::size_t>(policy.proposals.size(), 8));
  policy.half_open_limit = 4;
  policy.unknown_cookie  = gdoi::keyserver::UnknownCookie::kNotify;
  policy.refusal         = gdoi::keyserver::Refusal::kNotify;
  gdoi::keyserver::KeyServer ks(std::move(policy),
                                {
                                    4, {10, 80, 127, 20},
                                     848
  },
                                random);
  ByteView rest(data, size);
  gdoi::engine::Time now = gdoi::engine::kSecond;
  Bytes last_cookie(kCookie);
  for (std::size_t turn = 0; turn < kMostTurns && rest.size() >= kHead; ++turn) {
    const auto who = rest[0];
    const auto length =
        std::min<std::size_t>(gdoi::to_uint(rest.subspan(1, 2)), rest.size() - kHead);
    auto datagram = gdoi::to_bytes(rest.subspan(kHead, length));
    rest          = rest.subspan(kHead + length);
    // The first message of a peer keeps its zero cookie; flag bit 7 asks for the last one instead.
    if (datagram.size() > kFlagsAt && (who & 0x80U) != 0) {
      std::copy(last_cookie.begin(), last_cookie.end(),
                datagram.begin() + static_cast<std::ptrdiff_t>(kCookieAt));
    }
    now += gdoi::engine::kSecond * (who >> 4U & 7U);
    ks.on_datagram(
        {
            4, {10, 40, 10, static_cast<std::uint8_t>(who & 3U)},
             848
    },
        datagram, now);
    const auto output = ks.take_output();
    gdoi::fuzz::require(output.size() <= 1);
    if (!output.empty() && output[0].datagram.size() >= kCookieAt + kCookie) {
      std::copy_n(output[0].datagram.begin() + static_cast<std::ptrdiff_t>(kCookieAt), kCookie,
                  last_cookie.begin());
    }
    gdoi::fuzz::require(ks.phase1_count() <= 4);
    gdoi::fuzz::require(ks.member_count("group-1") == 0);
  }
  while (ks.deadline()) {
    now = std::max(now, *ks.deadline());
    ks.on_deadline(now);
    (void)ks.take_output();
  }
  gdoi::fuzz::require(ks.phase1_count() == 0);
  return 0;
}
