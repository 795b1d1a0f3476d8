#include "report/manifest.h"

#include "protocol/base/text_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace gdoi::report {

namespace {

using Json = nlohmann::ordered_json;

// In the order in which differences are told. What a manifest says beyond these would go unchecked,
// so it is an error.
constexpr std::array<std::string_view, 18> kRegistrationKeys = {
    "gm",           "ks",          "initiator_cookie",
    "message_id",   "first_frame", "group",
    "group_octets", "outcome",     "how",
    "notify",       "step",        "gm_version",
    "phase1",       "attempt",     "lifetimes",
    "decrypted",    "cause",       "grade"};

constexpr std::array<std::string_view, 10> kCountKeys = {
    "messages", "retransmissions", "phase1_clear", "phase1_encrypted", "pull",
    "push",     "informational",   "hash_good",    "phase1_auth_good", "push_sig_good"};

std::string text_of(const Json& value) {
  if (value.is_null()) {
    return "none";
  }
  if (value.is_string()) {
    return value.get<std::string>();
  }
  if (value.is_array()) {
    std::string text;
    for (const auto& each : value) {
      text += (text.empty() ? "" : " ") + text_of(each);
    }
    return text;
  }
  return value.dump();
}

std::string notify_text(const Json& value) {
  return value.is_null()
             ? "none"
             : fmt::format("{} {}", text_of(value.at("number")), text_of(value.at("name")));
}

std::string lifetimes_text(const Json& value) {
  if (value.is_null() || (value.at("kek").is_null() && value.at("teks").empty())) {
    return "none";
  }
  const auto teks = text_of(value.at("teks"));
  return fmt::format("KEK {}, TEKs {}", text_of(value.at("kek")), teks.empty() ? "none" : teks);
}

Fact fact_of(const std::string& name, const Json& value) {
  if (name == "notify") {
    return {name, notify_text(value)};
  }
  if (name == "lifetimes") {
    return {name, lifetimes_text(value)};
  }
  return {name, text_of(value)};
}

/// All of `keys` that the object has, in their order; an error where it has others.
template <std::size_t N>
Result<Facts> facts_of(const Json& object, const std::array<std::string_view, N>& keys) {
  for (const auto& [name, value] : object.items()) {
    if (std::ranges::find(keys, name) == keys.end()) {
      return Error{fmt::format("\"{}\" is not known here", name)};
    }
  }
  Facts facts;
  for (const auto key : keys) {
    const auto found = object.find(std::string(key));
    if (found != object.end()) {
      facts.push_back(fact_of(std::string(key), *found));
    }
  }
  return facts;
}

Result<std::vector<Facts>> registrations_of(const Json& list) {
  std::vector<Facts> all;
  for (const auto& each : list) {
    auto facts = facts_of(each, kRegistrationKeys);
    if (!facts) {
      return facts.error();
    }
    all.push_back(std::move(facts).value());
  }
  return all;
}

Result<ManifestCapture> capture_of(const Json& entry, const std::filesystem::path& folder) {
  ManifestCapture capture;
  capture.file       = folder / entry.at("file").get<std::string>();
  const auto key_log = entry.find("key_log");
  if (key_log != entry.end() && !key_log->is_null()) {
    capture.key_log = folder / key_log->get<std::string>();
  }
  const auto policy = entry.find("policy");
  if (policy != entry.end() && !policy->is_null()) {
    capture.policy = folder / policy->get<std::string>();
  }
  capture.generated = entry.value("generated", false);
  if (const auto counts = entry.find("counts"); counts != entry.end()) {
    auto facts = facts_of(*counts, kCountKeys);
    if (!facts) {
      return facts.error();
    }
    capture.counts = std::move(facts).value();
  }
  const auto& registrations = entry.at("registrations");
  auto with                 = registrations_of(registrations.at("with_keys"));
  auto without              = registrations_of(registrations.at("without_keys"));
  if (!with || !without) {
    return with ? without.error() : with.error();
  }
  capture.with_keys    = std::move(with).value();
  capture.without_keys = std::move(without).value();
  return capture;
}

Result<Manifest> manifest_of(const Json& json, const std::filesystem::path& path) {
  Manifest manifest{path, {}};
  if (json.at("schema") != 1) {
    return Error{
        fmt::format("{}: \"schema\" is not 1: this manifest is of another version", path.string())};
  }
  for (const auto& entry : json.at("captures")) {
    auto capture = capture_of(entry, path.parent_path());
    if (!capture) {
      return Error{fmt::format("{}: {}: {}", path.string(), entry.at("file").get<std::string>(),
                               capture.error().text)};
    }
    manifest.captures.push_back(std::move(capture).value());
  }
  return manifest;
}

}  // namespace

std::string_view fact(const Facts& facts, std::string_view name) {
  const auto found = std::ranges::find(facts, name, &Fact::name);
  return found != facts.end() ? std::string_view(found->text) : std::string_view{};
}

Result<Manifest> read_manifest(const std::filesystem::path& path) {
  const auto text = read_text_file(path.string());
  if (!text) {
    return text.error();
  }
  try {
    return manifest_of(Json::parse(*text), path);
  } catch (const Json::exception& problem) {
    return Error{fmt::format("{}: no manifest of captures: {}", path.string(), problem.what())};
  }
}

}  // namespace gdoi::report
