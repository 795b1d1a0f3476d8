#include "plan/synthetic.h"

#include "keyserver/policy_reader.h"
#include "plan/rebind.h"
#include "plan/rehearse.h"
#include "protocol/getvpn/strict_yaml.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

namespace gdoi::plan {
namespace {

using getvpn::StrictYaml;
using getvpn::YamlMap;
using Node = YAML::Node;

constexpr std::array<std::string_view, 2> kKeys{"suite", "group"};
constexpr std::array<std::string_view, 12> kOptions{
    "mode",        "identity", "address", "psk",      "psk-hex", "certificate",
    "private-key", "ca",       "crl",     "lifetime", "version", "vendor-ids"};
constexpr std::array<std::pair<std::string_view, bool>, 2> kModes{
    {{"main", false}, {"aggressive", true}}
};
constexpr std::uint16_t kGdoiPort = 848;                        // RFC 6407 section 8
constexpr keys::Cookie kNobodysCookie{1, 1, 1, 1, 1, 1, 1, 1};  // rebound to a live one
constexpr std::uint8_t kIpv4 = 4;

class GmFile : keyserver::PolicyReader {
 public:
  GmFile(StrictYaml& yaml, std::string_view name)
      : PolicyReader(yaml), folder_(std::filesystem::path(name).parent_path()) {}

  SyntheticGm gm(const Node& top) {
    const auto map = yaml().map(top, "a GM", kKeys, kOptions);
    SyntheticGm out;
    auto& story            = out.registration.story;
    story.number           = 1;
    story.initiator_cookie = kNobodysCookie;
    story.gm               = {
        kIpv4, {127, 0, 0, 1},
         kGdoiPort
    };
    story.ks = {
        kIpv4, {127, 0, 0, 2},
         kGdoiPort
    };
    if (const auto* mode = map.find("mode")) {
      out.registration.aggressive = yaml().choice(*mode, "mode", kModes);
    }
    if (const auto* address = map.find("address")) {
      const auto prefix = host(*address, "address");
      const auto octets = prefix.address_octets();
      story.gm.family   = prefix.family;
      story.gm.address  = {};
      std::ranges::copy(octets, story.gm.address.begin());
      out.has_address = true;
    }
    for (const auto& [key, name] : {
             std::pair{"suite",    "cipher"    },
             {"group",    "group"     },
             {"identity", "id"        },
             {"version",  "gm-version"}
    }) {
      if (const auto* value = map.find(key)) {
        take(*value, key, name, out.settings);
      }
    }
    if (const auto* lifetime = map.find("lifetime")) {
      out.settings.lifetime = yaml().number(*lifetime, "lifetime", 1, 0xffff'ffff);
    }
    secrets(top, map, out);
    if (const auto* list = map.find("vendor-ids")) {
      yaml().list(*list, "vendor-ids", kMaxVendorIds, [&](const Node& node) {
        out.vendor_ids.push_back(yaml().octets(node, "vendor-ids", 1, kMaxVendorIdSize));
      });
    }
    return out;
  }

 private:
  /// As `--set` takes it, so that a file and the command line mean the same.
  void take(const Node& node, std::string_view key, std::string_view name, Settings& settings) {
    const auto text   = yaml().text(node, key);
    const auto status = set(settings, fmt::format("{}={}", name, text));
    if (!yaml().failed() && !status) {
      const auto& why  = status.error().text;
      const auto colon = why.find(": ");
      yaml().fail(node, fmt::format("'{}' is {}: {}", key, text,
                                    colon == std::string::npos ? why : why.substr(colon + 2)));
    }
  }

  void secrets(const Node& top, const YamlMap& map, SyntheticGm& out) {
    const auto* const words = map.find("psk");
    const auto* const hex   = map.find("psk-hex");
    if (words != nullptr && hex != nullptr) {
      yaml().fail(*hex, "a GM has either 'psk' or 'psk-hex'");
    } else if (hex != nullptr) {
      out.settings.psk = Secret(yaml().octets(*hex, "psk-hex", 1, keyserver::kMaxPskSize, true));
    } else if (words != nullptr) {
      out.settings.psk = Secret(bytes_of(yaml().text(*words, "psk")));
    }
    auto& files = out.credentials;
    for (const auto& [key, path] : engine::kCredentialFiles) {
      if (const auto* node = map.find(key)) {
        const auto file = std::filesystem::path(yaml().text(*node, key));
        files.*path     = (file.is_absolute() ? file : folder_ / file).string();
      }
    }
    if (yaml().failed() || !out.settings.cipher) {
      return;
    }
    const bool signs = crypto::is_signature(out.settings.cipher->auth_method);
    if (signs && !files.enough()) {
      yaml().fail(map.at("suite"), "this suite needs 'certificate', 'private-key' and 'ca'");
    } else if (!signs && !out.settings.psk) {
      yaml().fail(map.at("suite"), "this suite needs 'psk' or 'psk-hex'");
    } else if (!signs && files.any()) {
      yaml().fail(top, "a suite with a pre-shared key takes no certificate");
    }
  }

  std::filesystem::path folder_;
};

}  // namespace

Result<SyntheticGm> parse_gm(std::string_view text, std::string_view name) {
  StrictYaml yaml(name);
  SyntheticGm gm;
  const auto status = yaml.read(text, [&](const Node& top) { gm = GmFile(yaml, name).gm(top); });
  if (!status) {
    return status.error();
  }
  return gm;
}

Result<Plan> make_plan(const SyntheticGm& gm, Settings& settings) {
  // Changes may be of the vendor IDs, which stand in the message only then.
  auto changes     = std::exchange(settings.changes, {});
  auto made        = make_plan(gm.registration, settings, CapturePlan{});
  settings.changes = std::move(changes);
  if (!made) {
    return made;
  }
  for (const auto& one : gm.vendor_ids) {
    if (const auto status = append_vendor_id(made->phase1.front().document, one); !status) {
      return status.error();
    }
  }
  made->altered.clear();
  made->changes = settings.changes;
  if (const auto status = check_changes(*made); !status) {
    return status.error();
  }
  return made;
}

}  // namespace gdoi::plan
