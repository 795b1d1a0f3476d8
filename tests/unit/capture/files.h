#pragma once

#include "capture/reader.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace gdoi::capture::test {

/// What the reader handed out, with octets of its own.
struct Seen {
  UdpDatagram datagram;
  Bytes payload;

  [[nodiscard]] std::string text() const { return {payload.begin(), payload.end()}; }
};

struct Reading {
  std::vector<Seen> datagrams;
  std::string error;  ///< of opening or of the last next()
  ReaderCounts counts;
};

inline Reading read_all(Result<Reader> reader) {
  Reading reading;
  if (!reader) {
    reading.error = reader.error().text;
    return reading;
  }
  for (;;) {
    auto next = reader->next();
    if (!next) {
      reading.error = next.error().text;
      auto after    = reader->next();
      EXPECT_TRUE(after.ok() && !after->has_value()) << "an error is told once";
      break;
    }
    if (!next->has_value()) {
      break;
    }
    reading.datagrams.push_back({**next, to_bytes((*next)->payload)});
  }
  reading.counts = reader->counts();
  return reading;
}

inline Reading read_file(const std::string& path, ReaderOptions options = {}) {
  return read_all(Reader::open_file(path, std::move(options)));
}

inline std::string vector_file(const std::string& name) {
  return std::string(GDOI_VECTORS_DIR) + "/captures/" + name;
}

inline Reading read_vector(const std::string& name, ReaderOptions options = {}) {
  return read_file(vector_file(name), std::move(options));
}

inline std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A folder that goes with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "gdoi-capture-XXXXXX").string();
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    path_ = pattern;
  }

  TemporaryFolder(const TemporaryFolder&)            = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }

  [[nodiscard]] std::string with(const std::string& name, const std::string& octets) const {
    std::ofstream(file(name), std::ios::binary) << octets;
    return file(name);
  }

  [[nodiscard]] std::size_t entries() const {
    const std::filesystem::directory_iterator all(path_);
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }

 private:
  std::filesystem::path path_;
};

/// What a program printed, error output left out.
inline std::string output_of(const std::string& command) {
  std::string text;
  std::FILE* pipe = popen((command + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) {
    return text;
  }
  std::array<char, 4096> chunk{};
  while (const auto size = std::fread(chunk.data(), 1, chunk.size(), pipe)) {
    text.append(chunk.data(), size);
  }
  pclose(pipe);
  return text;
}

inline std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> all;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    all.push_back(line);
  }
  return all;
}

}  // namespace gdoi::capture::test
