#include "protocol/registration/uses.h"

#include "protocol/base/text.h"
#include "protocol/tables/life_types.h"
#include "protocol/tables/registry.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::registration {

namespace {

using tables::row;

// RFC 2407 section 4.6.2.1: address, subnet, range.
bool is_ipv6(std::uint64_t id_type) {
  return id_type == 5 || id_type == 6 || id_type == 8;
}

// RFC 6379 section 3: AES-GCM with a 16-octet ICV, AES-GMAC (RFC 4106, RFC 4543).
bool is_suite_b(std::uint64_t esp_transform) {
  constexpr std::uint64_t kGcm16 = 20;
  constexpr std::uint64_t kGmac  = 23;
  return esp_transform == kGcm16 || esp_transform == kGmac;
}

/// Collects each feature once.
class Collector {
 public:
  Collector(const wire::Tree& tree, std::uint64_t frame) : tree_(tree), frame_(frame) {}

  std::vector<Use> collect() {
    const auto nodes = tree_.nodes();
    for (wire::NodeId id = 0; id < nodes.size(); ++id) {
      take(nodes[id].row, id);
    }
    return std::move(found_);
  }

 private:
  void take(wire::RowId of, wire::NodeId id) {
    switch (of) {
      case row("kek.key_lifetime"):
        lifetime("KEK", id);
        break;
      case row("ipsec.attr.life_type"):
        in_seconds_ = tree_.number(id) == tables::kLifeTypeSeconds;
        break;
      case row("ipsec.attr.life_duration"):
        if (in_seconds_) {
          lifetime("TEK", id);
        }
        break;
      case row("iec61850.remaining_lifetime"):
        lifetime("TEK", id);
        break;
      case row("sat.esp_transform"):
        if (is_suite_b(tree_.number(id))) {
          const auto* names = tables::kRows[of].names;
          use("suite-b", fmt::format("TEKs are for {}", wire::name_of(names, tree_.number(id))));
        }
        break;
      case row("sat.src.id_type"):
      case row("sat.dst.id_type"):
        if (is_ipv6(tree_.number(id))) {
          use("ipv6 crypto path", "TEKs protect IPv6");
        }
        break;
      case row("kek.ack_requested"):
        use("gdoi-interop-ack", "PUSHes are to be acknowledged");
        break;
      default:
        break;
    }
  }

  void lifetime(std::string_view key, wire::NodeId id) {
    if (getvpn::is_long_lifetime(tree_.number(id))) {
      use("long-sa-lifetime", fmt::format("{} lifetime is {} s", key, grouped(tree_.number(id))));
    }
  }

  void use(std::string_view feature, std::string text) {
    if (std::ranges::find(found_, feature, &Use::feature) == found_.end()) {
      found_.push_back({feature, std::move(text), frame_});
    }
  }

  const wire::Tree& tree_;
  std::uint64_t frame_;
  bool in_seconds_ = true;
  std::vector<Use> found_;
};

}  // namespace

std::vector<Use> uses_of(const wire::Tree& tree, std::uint64_t frame) {
  return Collector(tree, frame).collect();
}

}  // namespace gdoi::registration
