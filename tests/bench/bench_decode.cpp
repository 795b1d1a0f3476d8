#include "protocol/crypto/suite.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"
#include "unit/tables/samples.h"

#include <openssl/evp.h>

#include <benchmark/benchmark.h>
#include <chrono>

/// Decoding, and decrypting with decoding, of the messages of a GROUPKEY-PULL (vector set C). The
/// peer of the second is what cannot be avoided: EVP init with key and IV, one update, the decoder.
namespace gdoi {
namespace {

constexpr std::size_t kPullMessages = 4;

struct Pull {
  std::vector<Bytes> datagrams;
  std::vector<Bytes> plaintexts;
};

const Pull& pull() {
  static const Pull all = [] {
    Pull result;
    for (auto& sample : samples::vectors()) {
      if (sample.origin.starts_with("C_") && !sample.plaintext.empty() &&
          result.datagrams.size() < kPullMessages) {
        result.datagrams.push_back(std::move(sample.datagram));
        result.plaintexts.push_back(std::move(sample.plaintext));
      }
    }
    return result;
  }();
  return all;
}

void decode_clear(benchmark::State& state) {
  wire::Tree tree;
  std::size_t octets = 0;
  for (auto _ : state) {
    for (const auto& datagram : pull().datagrams) {
      wire::decode(tables::schema(), datagram, {}, tree);
      octets += datagram.size();
      benchmark::DoNotOptimize(tree.nodes().data());
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(pull().datagrams.size()));
  state.SetBytesProcessed(static_cast<std::int64_t>(octets));
}

BENCHMARK(decode_clear);

void decode_to_the_last_field(benchmark::State& state) {
  wire::Tree tree;
  std::size_t octets = 0;
  std::size_t nodes  = 0;
  for (auto _ : state) {
    for (std::size_t i = 0; i < pull().datagrams.size(); ++i) {
      wire::decode(tables::schema(), pull().datagrams[i], {}, tree);
      wire::decode_plaintext(tables::schema(), Secret(ByteView(pull().plaintexts[i])),
                             crypto::kMaxBlockSize, tree);
      octets += pull().datagrams[i].size();
      nodes += tree.nodes().size();
      benchmark::DoNotOptimize(tree.nodes().data());
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(pull().datagrams.size()));
  state.SetBytesProcessed(static_cast<std::int64_t>(octets));
  state.counters["fields"] =
      benchmark::Counter(static_cast<double>(nodes), benchmark::Counter::kIsRate);
}

BENCHMARK(decode_to_the_last_field);

using Clock = std::chrono::steady_clock;

double seconds(Clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

// Both sides in turn in one loop, so that a machine that changes its speed changes it for both.
void decrypt_and_decode_against_evp(benchmark::State& state) {
  const auto cipher = crypto::Cipher::kAes128Cbc;
  const Bytes key(crypto::key_size(cipher), 0x5a);
  const Bytes iv(crypto::block_size(cipher), 0xa5);
  const auto& suite = crypto::openssl_suite();
  auto* context     = EVP_CIPHER_CTX_new();
  auto* algorithm   = EVP_CIPHER_fetch(nullptr, "AES-128-CBC", nullptr);
  Bytes buffer(2'048);
  wire::Tree tree;
  Clock::duration ours{};
  Clock::duration peers{};

  // Encrypted once with this key, so that what is decrypted is a message.
  std::vector<Bytes> ciphertexts;
  for (auto plaintext : pull().plaintexts) {
    plaintext.resize((plaintext.size() + iv.size() - 1) / iv.size() * iv.size());
    ciphertexts.push_back(suite.encrypt(cipher, key, iv, plaintext).value());
  }
  for (auto _ : state) {
    auto start = Clock::now();
    for (std::size_t i = 0; i < ciphertexts.size(); ++i) {
      wire::decode(tables::schema(), pull().datagrams[i], {}, tree);
      auto plaintext = suite.decrypt(cipher, key, iv, ciphertexts[i]);
      wire::decode_plaintext(tables::schema(), Secret(std::move(plaintext).value()), iv.size(),
                             tree);
      benchmark::DoNotOptimize(tree.nodes().data());
    }
    ours += Clock::now() - start;

    start = Clock::now();
    for (std::size_t i = 0; i < ciphertexts.size(); ++i) {
      wire::decode(tables::schema(), pull().datagrams[i], {}, tree);
      int size = 0;
      EVP_DecryptInit_ex2(context, algorithm, key.data(), iv.data(), nullptr);
      EVP_CIPHER_CTX_set_padding(context, 0);
      EVP_DecryptUpdate(context, buffer.data(), &size, ciphertexts[i].data(),
                        static_cast<int>(ciphertexts[i].size()));
      wire::decode_plaintext(tables::schema(),
                             Secret(ByteView(buffer).first(static_cast<std::size_t>(size))),
                             iv.size(), tree);
      benchmark::DoNotOptimize(tree.nodes().data());
    }
    peers += Clock::now() - start;
  }
  EVP_CIPHER_free(algorithm);
  EVP_CIPHER_CTX_free(context);
  state.counters["ratio"] = seconds(ours) / seconds(peers);
  state.SetItemsProcessed(state.iterations() * 2 * static_cast<std::int64_t>(ciphertexts.size()));
}

BENCHMARK(decrypt_and_decode_against_evp);

}  // namespace
}  // namespace gdoi
