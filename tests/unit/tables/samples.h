#pragma once

#include "protocol/base/hex.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

/// Real messages for tests: the captures that others recorded and the published vectors.
namespace gdoi::samples {

struct Sample {
  std::string origin;
  Bytes datagram;
  Bytes plaintext{};  ///< empty where it is not known
};

inline Bytes hex(const std::string& digits) {
  return from_hex(digits).value();
}

// Classic pcap over Ethernet, as all files here are; fragments are left out.
inline std::vector<Bytes> udp_payloads(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const Bytes all{std::istreambuf_iterator<char>(in), {}};
  std::vector<Bytes> payloads;
  const auto little = [&](std::size_t at) {
    return std::size_t{all[at]} | std::size_t{all[at + 1]} << 8U | std::size_t{all[at + 2]} << 16U |
           std::size_t{all[at + 3]} << 24U;
  };
  for (std::size_t at = 24; at + 16 <= all.size();) {
    const auto size = little(at + 8);
    const ByteView frame(all.data() + at + 16, size);
    at += 16 + size;
    if (size < 42 || frame[12] != 8 || frame[13] != 0 || frame[23] != 17 ||
        (to_uint(frame.subspan(20, 2)) & 0x3fffU) != 0) {
      continue;
    }
    const auto udp = 14 + std::size_t{frame[14] & 0x0fU} * 4;
    payloads.push_back(to_bytes(
        frame.subspan(udp + 8, static_cast<std::size_t>(to_uint(frame.subspan(udp + 4, 2))) - 8)));
  }
  return payloads;
}

inline std::vector<Sample> captured() {
  std::vector<Sample> samples;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(GDOI_CAPTURES_DIR)) {
    if (entry.path().extension() == ".pcap") {
      for (auto& payload : udp_payloads(entry.path())) {
        samples.push_back({entry.path().filename().string(), std::move(payload)});
      }
    }
  }
  return samples;
}

inline std::vector<Sample> vectors() {
  std::ifstream in(std::string(GDOI_VECTORS_DIR) + "/gdoi-vectors.json");
  const auto sets = nlohmann::json::parse(in);
  std::vector<Sample> samples;
  for (const auto& [name, set] : sets.items()) {
    if (!set.contains("messages")) {
      continue;
    }
    const auto& messages = set["messages"];
    const auto& pull     = set["pull_plain"];
    for (std::size_t i = 0; i < messages.size(); ++i) {
      Sample sample{name + " message " + std::to_string(i + 1), hex(messages[i])};
      if (i + pull.size() >= messages.size()) {
        sample.plaintext = hex(pull[i + pull.size() - messages.size()]);
      }
      samples.push_back(std::move(sample));
    }
    if (set.contains("push")) {
      const auto pushes =
          set["push"].is_array() ? set["push"] : nlohmann::json::array({set["push"]});
      const auto plain = set["push_plain"].is_array() ? set["push_plain"]
                                                      : nlohmann::json::array({set["push_plain"]});
      for (std::size_t i = 0; i < pushes.size(); ++i) {
        samples.push_back({name + " push", hex(pushes[i]), hex(plain[i])});
      }
    }
  }
  return samples;
}

/// All of them.
inline std::vector<Sample> all() {
  auto samples = captured();
  for (auto& sample : vectors()) {
    samples.push_back(std::move(sample));
  }
  return samples;
}

/// Decodes a sample with its plaintext, if there is one.
inline void decode(const Sample& sample, wire::Tree& tree) {
  wire::decode(tables::schema(), sample.datagram, {}, tree);
  if (!sample.plaintext.empty()) {
    wire::decode_plaintext(tables::schema(), Secret(ByteView(sample.plaintext)), 16, tree);
  }
}

/// The vector set `name`, message `index` from 1.
inline Sample vector(std::string_view name, std::size_t index) {
  const auto wanted = std::string(name) + " message " + std::to_string(index);
  for (auto& sample : vectors()) {
    if (sample.origin == wanted) {
      return sample;
    }
  }
  return {};
}

}  // namespace gdoi::samples
