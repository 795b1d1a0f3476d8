#include "protocol/getvpn/strict_yaml.h"

#include "protocol/base/hex.h"
#include "protocol/getvpn/decimal.h"

#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <sstream>
#include <vector>

namespace gdoi::getvpn {

namespace {

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

bool contains(YamlKeys keys, std::string_view key) {
  return std::ranges::find(keys, key) != keys.end();
}

std::string names_of(YamlKeys required, YamlKeys optional) {
  std::vector<std::string_view> all(required.begin(), required.end());
  all.insert(all.end(), optional.begin(), optional.end());
  return fmt::format("{}", fmt::join(all, ", "));
}

}  // namespace

Status StrictYaml::read(std::string_view text, const std::function<void(const YAML::Node&)>& use) {
  error_.reset();
  if (text.size() > kMaxYamlSize) {
    fail(YAML::Mark(), fmt::format("larger than {} octets", kMaxYamlSize));
    return *error_;
  }
  try {
    const std::string owned(text);
    if (const auto second = second_document(owned)) {
      fail(*second, "a second YAML document; such a file has one");
    } else {
      use(YAML::Load(owned));
    }
  } catch (const YAML::Exception& failure) {
    fail(failure.mark, failure.msg);
  }
  return error_ ? Status(*error_) : success();
}

void StrictYaml::fail(const YAML::Mark& mark, std::string_view what) {
  if (!error_) {
    const bool known = !mark.is_null();
    error_           = Error{fmt::format("{}:{}:{}: {}", name_, known ? mark.line + 1 : 1,
                               known ? mark.column + 1 : 1, what)};
  }
}

YamlMap StrictYaml::map(const YAML::Node& node, std::string_view what, YamlKeys required,
                        YamlKeys optional) {
  YamlMap out;
  if (!node.IsMap()) {
    fail(node,
         fmt::format("{} must be a map with the keys {}", what, names_of(required, optional)));
    return out;
  }
  for (const auto& entry : node) {
    const auto& key = entry.first;
    if (!key.IsScalar() ||
        (!contains(required, key.Scalar()) && !contains(optional, key.Scalar()))) {
      fail(key,
           fmt::format("unknown key{}; {} has {}", key.IsScalar() ? " '" + key.Scalar() + "'" : "",
                       what, names_of(required, optional)));
    } else if (entry.second.IsNull()) {
      fail(key, fmt::format("'{}' has no value", key.Scalar()));
    } else if (!out.values_.emplace(key.Scalar(), entry.second).second) {
      fail(key, fmt::format("'{}' stands twice", key.Scalar()));
    }
    if (failed()) {
      return out;
    }
  }
  for (const auto key : required) {
    if (!out.values_.contains(key)) {
      fail(node, fmt::format("{} lacks '{}'", what, key));
    }
  }
  return out;
}

void StrictYaml::list(const YAML::Node& node, std::string_view what, std::size_t limit,
                      const std::function<void(const YAML::Node&)>& each) {
  if (!node.IsSequence()) {
    fail(node, fmt::format("{} must be a list", what));
    return;
  }
  if (node.size() > limit) {
    fail(node, fmt::format("{} has more than {} members", what, limit));
    return;
  }
  for (const auto& member : node) {
    if (failed()) {
      return;
    }
    each(member);
  }
}

std::string StrictYaml::text(const YAML::Node& node, std::string_view key) {
  if (!node.IsScalar() || node.Scalar().empty()) {
    fail(node, fmt::format("'{}' must be a text that is not empty", key));
    return {};
  }
  if (std::ranges::any_of(node.Scalar(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
      })) {
    fail(node, fmt::format("'{}' holds a control character", key));
    return {};
  }
  return node.Scalar();
}

Bytes StrictYaml::octets(const YAML::Node& node, std::string_view key, std::size_t least,
                         std::size_t most, bool secret) {
  const auto digits = text(node, key);
  auto found        = from_hex(digits);
  if (!found) {
    fail(node, fmt::format("'{}' must be pairs of hex digits and nothing else{}", key,
                           secret ? "" : fmt::format(", not '{}'", digits)));
    return {};
  }
  if (found->size() < least || found->size() > most) {
    fail(node, fmt::format("'{}' has {} octets, not {} to {}", key, found->size(), least, most));
  }
  return std::move(*found);
}

std::uint32_t StrictYaml::number(const YAML::Node& node, std::string_view key, std::uint32_t least,
                                 std::uint32_t most) {
  const auto digits = text(node, key);
  const auto value  = strict_decimal(digits, most);
  if (!value || *value < least) {
    fail(node, fmt::format("'{}' must be a decimal number from {} to {} without leading zeros, "
                           "not '{}'",
                           key, least, most, digits));
    return least;
  }
  return *value;
}

bool StrictYaml::yes_or_no(const YAML::Node& node, std::string_view key) {
  constexpr std::array<std::pair<std::string_view, bool>, 2> kAnswers{
      {{"yes", true}, {"no", false}}
  };
  return choice(node, key, kAnswers);
}

}  // namespace gdoi::getvpn
