#include "protocol/base/hex.h"
#include "protocol/crypto/suite.h"
#include "protocol/keys/key_log.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace gdoi::keys {
namespace {

constexpr std::size_t kSumLength = 64;

std::filesystem::path folder() {
  return GDOI_CAPTURES_DIR;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The lines "SUM  FILE" of captures/README.md.
std::map<std::string, std::string> listed_sums() {
  std::map<std::string, std::string> sums;
  std::istringstream lines(contents(folder() / "README.md"));
  for (std::string line; std::getline(lines, line);) {
    if (line.size() > kSumLength + 2 && line.substr(kSumLength, 2) == "  " &&
        from_hex(line.substr(0, kSumLength))) {
      sums[line.substr(kSumLength + 2)] = line.substr(0, kSumLength);
    }
  }
  return sums;
}

/// The fourteen recordings of others must never change by accident.
TEST(Captures, AreOctetForOctetWhatTheReadmeLists) {
  const auto sums = listed_sums();
  EXPECT_EQ(sums.size(), 28U);
  for (const auto& [name, sum] : sums) {
    const auto digest = crypto::openssl_suite().digest(crypto::Hash::kSha256,
                                                       {bytes_of(contents(folder() / name))});
    EXPECT_EQ(to_hex(digest), sum) << name;
  }
}

/// The example of the format's description is read as it stands.
TEST(Captures, ExampleOfTheReadmeIsAKeyLog) {
  const auto readme = contents(folder() / "README.md");
  const auto begin  = readme.find("# made by hand");
  ASSERT_NE(begin, std::string::npos);
  const auto example = readme.substr(begin, readme.find("```", begin) - begin);
  const auto log     = parse_key_log(example, "README.md");
  ASSERT_TRUE(log.ok()) << log.error().text;
  EXPECT_TRUE(log->notes.empty());
  EXPECT_EQ(log->ring.phase1_entries().size(), 1U);
  EXPECT_EQ(log->ring.kek_entries().size(), 1U);
  EXPECT_EQ(log->ring.teks().size(), 1U);
}

}  // namespace
}  // namespace gdoi::keys
