#include "protocol/base/hex.h"
#include "protocol/getvpn/decimal.h"
#include "protocol/getvpn/version.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

namespace gdoi::getvpn {

namespace {

constexpr std::array<std::string_view, 1> kFileKeys{"version-rules"};
constexpr std::array<std::string_view, 6> kRuleKeys{"name",     "prefix", "offset",
                                                    "encoding", "unmask", "source"};

constexpr std::array<std::pair<std::string_view, Encoding>, 3> kEncodings{
    {{"u32", Encoding::kU32BigEndian},
     {"octets", Encoding::kThreeOctets},
     {"ascii", Encoding::kAscii}}
};
constexpr std::array<std::pair<std::string_view, Unmask>, 2> kUnmasks{
    {{"none", Unmask::kNone}, {"sender-cookie", Unmask::kXorSenderCookie}}
};

// The length field of a payload has 16 bits and counts the 4 octets of the generic header (RFC 2408
// section 3.2): no vendor ID is longer.
constexpr std::uint32_t kMaxVendorIdSize = 0xffff - 4;

// A hundred times what a rules file can sensibly be; keeps the YAML parser's memory in bounds.
constexpr std::size_t kMaxFileSize = 1U << 20U;

using Keys   = std::span<const std::string_view>;
using Fields = std::map<std::string, YAML::Node, std::less<>>;

/// Notes where a document begins and nothing else.
class DocumentStart : public YAML::EventHandler {
 public:
  [[nodiscard]] const YAML::Mark& mark() const { return mark_; }

  void OnDocumentStart(const YAML::Mark& mark) override { mark_ = mark; }

  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}

  void OnAlias(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}

  void OnScalar(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& /*value*/) override {}

  void OnSequenceStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/,
                       YAML::anchor_t /*anchor*/, YAML::EmitterStyle::value /*style*/) override {}

  void OnSequenceEnd() override {}

  void OnMapStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {}

  void OnMapEnd() override {}

 private:
  YAML::Mark mark_;
};

/// Where a second document begins. YAML::LoadAll would never return from some malformed texts
/// (yaml-cpp 0.7: a token that begins no document is not consumed), YAML::Load reads the first
/// only.
std::optional<YAML::Mark> second_document(const std::string& text) {
  std::istringstream in(text);
  YAML::Parser parser(in);
  DocumentStart handler;
  if (parser.HandleNextDocument(handler) && parser.HandleNextDocument(handler)) {
    return handler.mark();
  }
  return std::nullopt;
}

class RulesFile {
 public:
  explicit RulesFile(std::string_view name) : name_(name) {}

  Result<std::vector<VersionRule>> read(std::string_view text) const {
    if (text.size() > kMaxFileSize) {
      return error(YAML::Mark(), fmt::format("larger than {} octets", kMaxFileSize));
    }
    try {
      const std::string owned(text);
      if (const auto second = second_document(owned)) {
        return error(*second, "a second YAML document; a rules file has one");
      }
      return rules(YAML::Load(owned));
    } catch (const YAML::Exception& failure) {
      return error(failure.mark, failure.msg);
    }
  }

 private:
  [[nodiscard]] Error error(const YAML::Mark& mark, std::string_view what) const {
    const bool known = !mark.is_null();
    return {fmt::format("{}:{}:{}: {}", name_, known ? mark.line + 1 : 1,
                        known ? mark.column + 1 : 1, what)};
  }

  Result<std::vector<VersionRule>> rules(const YAML::Node& top) const {
    const auto fields = map(top, kFileKeys, "the file");
    if (!fields) {
      return fields.error();
    }
    const auto& list = fields->at("version-rules");
    if (!list.IsSequence()) {
      return error(list.Mark(), "version-rules must be a list of rules");
    }
    std::vector<VersionRule> out;
    for (const auto& node : list) {
      auto one = rule(node, out);
      if (!one) {
        return one.error();
      }
      out.push_back(std::move(one.value()));
    }
    return out;
  }

  Result<VersionRule> rule(const YAML::Node& node, const std::vector<VersionRule>& before) const {
    const auto fields = map(node, kRuleKeys, "a rule");
    if (!fields) {
      return fields.error();
    }
    const auto name     = unique_name(fields->at("name"), before);
    const auto prefix   = octets(fields->at("prefix"));
    const auto offset   = number(fields->at("offset"));
    const auto encoding = choice(fields->at("encoding"), "encoding", kEncodings);
    const auto unmask   = choice(fields->at("unmask"), "unmask", kUnmasks);
    const auto source   = text(fields->at("source"), "source");
    for (const Error* const wrong :
         {first_error(name), first_error(prefix), first_error(offset), first_error(encoding),
          first_error(unmask), first_error(source)}) {
      if (wrong != nullptr) {
        return *wrong;
      }
    }
    return VersionRule{.name      = *name,
                       .prefix    = *prefix,
                       .offset    = *offset,
                       .encoding  = *encoding,
                       .unmask    = *unmask,
                       .source    = *source,
                       .synthetic = false};
  }

  template <typename T>
  static const Error* first_error(const Result<T>& result) {
    return result ? nullptr : &result.error();
  }

  /// The values of a map that has exactly these keys, each once.
  Result<Fields> map(const YAML::Node& node, Keys keys, std::string_view what) const {
    if (!node.IsMap()) {
      return error(node.Mark(),
                   fmt::format("{} must be a map with the keys {}", what, fmt::join(keys, ", ")));
    }
    Fields fields;
    for (const auto& entry : node) {
      const auto& key = entry.first;
      if (!key.IsScalar() || std::ranges::find(keys, key.Scalar()) == keys.end()) {
        return error(key.Mark(), fmt::format("unknown key{}; {} has {}",
                                             key.IsScalar() ? " '" + key.Scalar() + "'" : "", what,
                                             fmt::join(keys, ", ")));
      }
      if (entry.second.IsNull()) {
        return error(key.Mark(), fmt::format("'{}' has no value", key.Scalar()));
      }
      if (!fields.emplace(key.Scalar(), entry.second).second) {
        return error(key.Mark(), fmt::format("'{}' stands twice", key.Scalar()));
      }
    }
    for (const auto key : keys) {
      if (!fields.contains(key)) {
        return error(node.Mark(), fmt::format("{} lacks '{}'", what, key));
      }
    }
    return fields;
  }

  Result<std::string> text(const YAML::Node& node, std::string_view key) const {
    if (!node.IsScalar() || node.Scalar().empty()) {
      return error(node.Mark(), fmt::format("'{}' must be a text that is not empty", key));
    }
    if (std::ranges::any_of(node.Scalar(), [](char c) {
          return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
        })) {
      return error(node.Mark(), fmt::format("'{}' holds a control character", key));
    }
    return node.Scalar();
  }

  Result<std::string> unique_name(const YAML::Node& node,
                                  const std::vector<VersionRule>& before) const {
    auto name = text(node, "name");
    if (!name) {
      return name;
    }
    const auto same = [&](const VersionRule& rule) { return rule.name == *name; };
    if (std::ranges::any_of(before, same)) {
      return error(node.Mark(), fmt::format("a second rule with the name '{}'", *name));
    }
    if (std::ranges::any_of(VersionRules().rules(), same)) {
      return error(node.Mark(), fmt::format("'{}' is the name of a built-in rule", *name));
    }
    return name;
  }

  Result<Bytes> octets(const YAML::Node& node) const {
    const auto digits = text(node, "prefix");
    if (!digits) {
      return digits.error();
    }
    auto found = from_hex(*digits);
    if (!found) {
      return error(
          node.Mark(),
          fmt::format("'prefix' must be pairs of hex digits and nothing else, not '{}'", *digits));
    }
    if (found->size() > kMaxVendorIdSize) {
      return error(node.Mark(), "'prefix' is longer than a vendor ID can be");
    }
    return std::move(*found);
  }

  Result<std::size_t> number(const YAML::Node& node) const {
    const auto digits = text(node, "offset");
    if (!digits) {
      return digits.error();
    }
    const auto value = strict_decimal(*digits, kMaxVendorIdSize);
    if (!value) {
      return error(node.Mark(),
                   fmt::format("'offset' must be a decimal number from 0 to {} without "
                               "leading zeros, not '{}'",
                               kMaxVendorIdSize, *digits));
    }
    return std::size_t{*value};
  }

  template <typename T, std::size_t N>
  Result<T> choice(const YAML::Node& node, std::string_view key,
                   const std::array<std::pair<std::string_view, T>, N>& choices) const {
    std::array<std::string_view, N> names;
    for (std::size_t i = 0; i < N; ++i) {
      if (node.IsScalar() && node.Scalar() == choices[i].first) {
        return choices[i].second;
      }
      names[i] = choices[i].first;
    }
    return error(node.Mark(), fmt::format("'{}' must be one of {}", key, fmt::join(names, ", ")));
  }

  std::string_view name_;
};

}  // namespace

Result<std::vector<VersionRule>> parse_version_rules(std::string_view text, std::string_view name) {
  return RulesFile(name).read(text);
}

}  // namespace gdoi::getvpn
