// One registration in memory, both sides: main mode with a pre-shared key, PULL, DELETE; beside the
// public-key operations that it cannot do without, two a side. And what a session holds, by stage.
// registration_ratio runs this beside `openssl speed` and prints the ratios.

#include "engine/initiator.h"
#include "exchange/sample_plan.h"
#include "keyserver/keyserver.h"
#include "net/os_random.h"
#include "protocol/crypto/openssl_library.h"
#include "protocol/getvpn/version.h"

#include <openssl/dh.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <benchmark/benchmark.h>
#include <cstring>
#include <ctime>
#include <malloc.h>
#include <memory>
#include <string>
#include <vector>

namespace {

using gdoi::Bytes;
using gdoi::crypto::openssl_context;
using gdoi::crypto::OpensslOwned;
using gdoi::engine::Ending;
using gdoi::engine::Initiator;
using gdoi::engine::kSecond;
using gdoi::engine::Outgoing;
using gdoi::engine::Time;
using gdoi::exchange::Endpoint;
using gdoi::keyserver::KeyServer;

constexpr std::string_view kPsk = "a pre-shared key";

struct Group {
  std::string name;
  std::uint64_t number;  // RFC 3526, RFC 5903
  std::size_t ke_octets;
  const char* key_type;
  const char* openssl_name;
};

const Group kModp2048{"modp2048", 14, 256, "DH", "modp_2048"};
const Group kEcp256{"ecp256", 19, 64, "EC", "P-256"};

Endpoint address_of(std::size_t index) {
  Endpoint at;
  at.family  = 4;
  at.address = {10, 40, static_cast<std::uint8_t>(index / 250),
                static_cast<std::uint8_t>(index % 250 + 1)};
  at.port    = 848;
  return at;
}

const Endpoint kKsAt = address_of(60'000);

std::shared_ptr<const gdoi::plan::Plan> plan_for(const Group& group) {
  gdoi::simulation::Captured captured;
  captured.offers = {
      {7, 128, 4, group.number}
  };
  captured.psk        = std::string(kPsk);
  captured.ke_octets  = group.ke_octets;
  captured.vendor_ids = {
      gdoi::getvpn::synthetic_vendor_id(gdoi::getvpn::Version::parse("1.0.17").value())};
  return std::make_shared<const gdoi::plan::Plan>(gdoi::simulation::sample_plan(captured));
}

gdoi::keyserver::Policy policy() {
  // The group that the sample plan asks for, with what a group commonly has.
  auto parsed = gdoi::keyserver::parse_policy(
      "psks:\n  - {peer: any, psk: " + std::string(kPsk) +
          "}\n"
          "half-open-limit: 2000\n"
          "groups:\n"
          "  - name: MYGETVPN\n"
          "    number: 1234\n"
          "    kek: {cipher: aes128-cbc, lifetime: 604800}\n"
          "    teks:\n"
          "      - {esp: aes256-cbc, authentication: hmac-sha2-256, lifetime: 3600,\n"
          "         destination: 10.0.0.0/8}\n",
      "policy");
  return std::move(parsed).value();
}

gdoi::engine::InitiatorOptions options_at(const Endpoint& source) {
  gdoi::engine::InitiatorOptions options;
  options.source     = source;
  options.key_server = kKsAt;
  return options;
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// What any implementation has to do: a key pair and a derivation on either side, with the contexts
// for making pairs kept and without a validation that the range or curve check makes needless.
class PublicKeyOperations {
 public:
  explicit PublicKeyOperations(const Group& group)
      : modp_(group.number == kModp2048.number),
        making_(EVP_PKEY_CTX_new_from_name(openssl_context(), group.key_type, nullptr)) {
    good_ = EVP_PKEY_keygen_init(making_.get()) == 1 &&
            EVP_PKEY_CTX_set_group_name(making_.get(), group.openssl_name) == 1;
  }

  [[nodiscard]] bool run() {
    const auto gm        = make();
    const auto ks        = make();
    const auto gm_secret = derive(gm.get(), ks.get());
    const auto ks_secret = derive(ks.get(), gm.get());
    return good_ && !gm_secret.empty() && gm_secret == ks_secret;
  }

 private:
  using Key     = OpensslOwned<EVP_PKEY, EVP_PKEY_free>;
  using Context = OpensslOwned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;

  Key make() {
    EVP_PKEY* key = nullptr;
    good_         = good_ && EVP_PKEY_generate(making_.get(), &key) == 1;
    return Key(key);
  }

  Bytes derive(EVP_PKEY* own, EVP_PKEY* peer) {
    const Context context(EVP_PKEY_CTX_new_from_pkey(openssl_context(), own, nullptr));
    Bytes secret(512);
    auto size = secret.size();
    good_     = good_ && EVP_PKEY_derive_init(context.get()) == 1 &&
            (!modp_ || EVP_PKEY_CTX_set_dh_pad(context.get(), 1) == 1) &&
            EVP_PKEY_derive_set_peer_ex(context.get(), peer, 0) == 1 &&
            EVP_PKEY_derive(context.get(), secret.data(), &size) == 1;
    secret.resize(good_ ? size : 0);
    return secret;
  }

  bool modp_;
  Context making_;
  bool good_ = false;
};

void register_once(benchmark::State& state, const std::shared_ptr<const gdoi::plan::Plan>& plan,
                   KeyServer& ks, gdoi::engine::Random& random, std::size_t index) {
  const auto at  = address_of(index % 50'000);
  const auto now = static_cast<Time>(index + 1) * kSecond;
  Initiator gm(plan, options_at(at), random);
  gm.start(now);
  for (auto sent = gm.take_output(); !sent.empty(); sent = gm.take_output()) {
    for (const auto& message : sent) {
      ks.on_datagram(at, message.datagram, now);
    }
    for (const auto& message : ks.take_output()) {
      gm.on_datagram(message.datagram, now);
    }
  }
  benchmark::DoNotOptimize(ks.take_log());
  benchmark::DoNotOptimize(ks.take_key_log());
  benchmark::DoNotOptimize(gm.key_log());
  if (gm.verdict().ending != Ending::kAccepted) {
    state.SkipWithError(gm.verdict().reason.c_str());
  }
}

/// Time: CPU of one registration, both sides. Each is followed by its operations alone, so that
/// whatever else the machine does falls on both; counters are medians.
void registration(benchmark::State& state, const Group& group) {
  gdoi::net::OsRandom random;
  const auto plan = plan_for(group);
  KeyServer ks(policy(), kKsAt, random);
  PublicKeyOperations operations(group);
  std::vector<double> whole;
  std::vector<double> alone;
  for (auto _ : state) {
    const auto begin = cpu_seconds();
    register_once(state, plan, ks, random, whole.size());
    const auto middle = cpu_seconds();
    if (!operations.run()) {
      state.SkipWithError("OpenSSL cannot do the operations alone");
    }
    const auto end = cpu_seconds();
    state.SetIterationTime(middle - begin);
    whole.push_back(middle - begin);
    alone.push_back(end - middle);
  }
  state.counters["registration_us"] = median(whole) * 1e6;
  state.counters["operations_us"]   = median(alone) * 1e6;
  state.counters["ratio"]           = median(whole) / median(alone);
}

// ---- memory -------------------------------------------------------------------------------------

constexpr std::size_t kSessions = 1'000;

std::size_t heap_in_use() {
  return mallinfo2().uordblks;
}

/// Datagrams on the way, in memory that was there before anything was measured.
class Wire {
 public:
  Wire() : octets_(kSessions * kSlot), sizes_(kSessions) {}

  void put(std::size_t slot, std::vector<Outgoing> sent) {
    sizes_[slot] = 0;
    if (!sent.empty() && sent.front().datagram.size() <= kSlot) {
      sizes_[slot] = sent.front().datagram.size();
      std::memcpy(&octets_[slot * kSlot], sent.front().datagram.data(), sizes_[slot]);
    }
  }

  [[nodiscard]] gdoi::ByteView at(std::size_t slot) const {
    return {&octets_[slot * kSlot], sizes_[slot]};
  }

 private:
  static constexpr std::size_t kSlot = 2'048;
  Bytes octets_;
  std::vector<std::size_t> sizes_;
};

/// Counters: octets of heap that one GM and one session of the KS hold once this message has been
/// taken (mallinfo2, so with what malloc adds), the plan and the policy not counted.
void session_memory(benchmark::State& state, const Group& group) {
  constexpr std::array<std::string_view, 5> kSteps{"mm1", "mm3", "mm5", "pull1", "pull3"};
  gdoi::net::OsRandom random;
  const auto plan = plan_for(group);
  register_once(state, plan, *std::make_unique<KeyServer>(policy(), kKsAt, random), random, 0);
  for (auto _ : state) {
    KeyServer ks(policy(), kKsAt, random);
    Wire wire;
    std::vector<std::unique_ptr<Initiator>> gms(kSessions);
    double of_gms  = 0;
    double of_kses = 0;
    const auto add = [](double& sum, const auto& work) {
      const auto before = heap_in_use();
      work();
      sum += static_cast<double>(heap_in_use()) - static_cast<double>(before);
    };
    for (const auto step : kSteps) {
      add(of_gms, [&] {
        for (std::size_t i = 0; i < kSessions; ++i) {
          auto& gm = gms[i];
          if (gm == nullptr) {
            gm = std::make_unique<Initiator>(plan, options_at(address_of(i)), random);
            gm->start(kSecond);
          } else {
            gm->on_datagram(wire.at(i), kSecond);
          }
          wire.put(i, gm->take_output());
        }
      });
      state.counters["gm_" + std::string(step)] = of_gms / kSessions;
      add(of_kses, [&] {
        for (std::size_t i = 0; i < kSessions; ++i) {
          ks.on_datagram(address_of(i), wire.at(i), kSecond);
          wire.put(i, ks.take_output());
          (void)ks.take_log();
          (void)ks.take_key_log();
        }
      });
      state.counters["ks_" + std::string(step)] = of_kses / kSessions;
    }
    add(of_gms, [&] {
      for (std::size_t i = 0; i < kSessions; ++i) {
        gms[i]->on_datagram(wire.at(i), kSecond);
        (void)gms[i]->take_output();
        if (gms[i]->verdict().ending != Ending::kAccepted) {
          state.SkipWithError(gms[i]->verdict().reason.c_str());
        }
      }
    });
    state.counters["gm_done"] = of_gms / kSessions;
  }
}

BENCHMARK_CAPTURE(registration, modp2048, kModp2048)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(registration, ecp256, kEcp256)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(session_memory, modp2048, kModp2048)->Iterations(1);
BENCHMARK_CAPTURE(session_memory, ecp256, kEcp256)->Iterations(1);

}  // namespace
