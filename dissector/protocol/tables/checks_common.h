#pragma once

#include "protocol/tables/registry.h"
#include "protocol/wire/tree.h"

#include <optional>

/// What the parts of checks.cpp share.
namespace gdoi::tables::checks {

inline constexpr std::uint8_t kMainMode      = 2;
inline constexpr std::uint8_t kAggressive    = 4;
inline constexpr std::uint8_t kInformational = 5;
inline constexpr std::uint8_t kPull          = 32;
inline constexpr std::uint8_t kPush          = 33;
inline constexpr std::uint8_t kPushAck       = 35;

/// Reports `code` on a node; `needed` and `had` as the code means them.
inline void report(wire::Tree& tree, wire::Code code, wire::NodeId node, std::uint64_t needed = 0,
                   std::uint64_t had = 0) {
  const auto& at = tree.node(node);
  tree.report({code, at.buffer, node, at.offset, needed, had});
}

/// Calls `visit(NodeId)` for each node of a row inside `within`, `within` itself left out.
template <typename Visit>
void each(const wire::Tree& tree, wire::NodeId within, wire::RowId row_id, Visit visit) {
  for (wire::NodeId id = within + 1; id < tree.node(within).end; ++id) {
    if (tree.node(id).row == row_id) {
      visit(id);
    }
  }
}

/// Calls `visit(NodeId)` for each direct child.
template <typename Visit>
void children(const wire::Tree& tree, wire::NodeId parent, Visit visit) {
  for (wire::NodeId id = parent + 1; id < tree.node(parent).end; id = tree.node(id).end) {
    visit(id);
  }
}

inline std::size_t count_of(const wire::Tree& tree, wire::NodeId within, wire::RowId row_id) {
  std::size_t count = 0;
  each(tree, within, row_id, [&](wire::NodeId) { ++count; });
  return count;
}

struct Message {
  wire::NodeId root;      ///< of the clear message
  wire::NodeId payloads;  ///< the node whose children are the payloads
  std::uint8_t exchange;
  std::uint8_t flags;
  bool readable;  ///< the payloads are in clear or decrypted
};

void check_header(wire::Tree& tree, const Message& message);
void check_payload_set(wire::Tree& tree, const Message& message);
void check_values(wire::Tree& tree);
/// Attributes of the set whose group row is `group`: Life Types and Durations come in pairs (RFC
/// 2407 section 4.5), other classes stand once. 0 where the set has no such class.
void check_attributes(wire::Tree& tree, wire::NodeId parent, wire::RowId group,
                      std::uint32_t life_type, std::uint32_t life_duration);
void check_phase1_sa(wire::Tree& tree, wire::NodeId sa);
void check_identity(wire::Tree& tree, wire::NodeId id, std::uint8_t exchange);
void check_notify(wire::Tree& tree, wire::NodeId notify);
void check_delete(wire::Tree& tree, wire::NodeId payload, std::uint8_t exchange);
void check_gdoi_sa(wire::Tree& tree, wire::NodeId sa, std::uint8_t exchange);
void check_key_download(wire::Tree& tree, const Message& message, wire::NodeId kd);

}  // namespace gdoi::tables::checks
