#include "unit/crypto/vectors.h"

#include "protocol/base/hex.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace gdoi::test {

using nlohmann::json;

struct Vectors::Document {
  json content;

  [[nodiscard]] const json& at(const std::string& pointer) const {
    static const json kNothing;
    const json::json_pointer place(pointer);
    if (!content.contains(place)) {
      ADD_FAILURE() << "no vector at " << pointer;
      return kNothing;
    }
    return content.at(place);
  }
};

Vectors::Vectors(const std::string& file) : document_(std::make_unique<Document>()) {
  std::ifstream in(std::string(GDOI_VECTORS_DIR "/") + file);
  document_->content = json::parse(in, nullptr, false);
  EXPECT_FALSE(document_->content.is_discarded()) << file;
}

Vectors::~Vectors() = default;

std::size_t Vectors::count(const std::string& pointer) const {
  return document_->at(pointer).size();
}

bool Vectors::has(const std::string& pointer) const {
  return document_->content.contains(json::json_pointer(pointer));
}

std::string Vectors::text(const std::string& pointer) const {
  const auto& value = document_->at(pointer);
  return value.is_string() ? value.get<std::string>() : std::string();
}

unsigned Vectors::number(const std::string& pointer) const {
  const auto& value = document_->at(pointer);
  return value.is_number() ? value.get<unsigned>() : 0;
}

Bytes Vectors::octets(const std::string& pointer) const {
  const auto octets = from_hex(text(pointer));
  EXPECT_TRUE(octets.has_value()) << "no hex at " << pointer;
  return octets.value_or(Bytes{});
}

const Vectors& crypto_vectors() {
  static const Vectors vectors("crypto-vectors.json");
  return vectors;
}

const Vectors& gdoi_vectors() {
  static const Vectors vectors("gdoi-vectors.json");
  return vectors;
}

std::string output_of(const std::string& command) {
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) {
    ADD_FAILURE() << "cannot run " << command;
    return output;
  }
  std::array<char, 4096> part{};
  for (std::size_t size = 0; (size = fread(part.data(), 1, part.size(), pipe)) > 0;) {
    output.append(part.data(), size);
  }
  EXPECT_EQ(pclose(pipe), 0) << command;
  return output;
}

std::string scratch_folder() {
  struct Folder {
    std::filesystem::path path =
        std::filesystem::path(testing::TempDir()) / ("gdoi-crypto-" + std::to_string(getpid()));

    Folder() { std::filesystem::create_directories(path); }

    Folder(const Folder&)            = delete;
    Folder& operator=(const Folder&) = delete;
    Folder(Folder&&)                 = delete;
    Folder& operator=(Folder&&)      = delete;

    ~Folder() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
  };

  static const Folder folder;
  return folder.path.string() + "/";
}

void write_file(const std::string& path, ByteView octets) {
  std::ofstream out(path, std::ios::binary);
  std::copy(octets.begin(), octets.end(), std::ostreambuf_iterator<char>(out));
}

Bytes read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace gdoi::test
