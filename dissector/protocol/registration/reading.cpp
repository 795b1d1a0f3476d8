#include "protocol/registration/reading.h"

#include "protocol/registration/phase1_text.h"
#include "protocol/registration/uses.h"
#include "protocol/tables/registry.h"

#include <algorithm>

namespace gdoi::registration {

namespace {

constexpr std::uint16_t kInitialContact = 24'578;  // RFC 2407 section 4.6.3.3

bool says_initial_contact(const wire::Tree& tree) {
  const auto nodes = tree.nodes();
  for (wire::NodeId id = 0; id < nodes.size(); ++id) {
    if (nodes[id].row == tables::row("notify.msgtype") && tree.number(id) == kInitialContact) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool is_readable(const exchange::FrameRecord& record) {
  return record.crypt == exchange::Crypt::kClear || record.crypt == exchange::Crypt::kDecrypted;
}

void read_phase1(Session& session, const exchange::FrameRecord& record, const wire::Tree& tree,
                 const getvpn::VersionRules& rules) {
  if (!is_readable(record) || record.retransmission_of != 0) {
    return;
  }
  if (record.sender == exchange::Sender::kGm) {
    read_version(tree, session.cookie, record.frame, rules, session.version);
    if (record.cut && session.version.source == GmVersion::Source::kNotAnnounced) {
      session.version.source = GmVersion::Source::kUnknown;
    }
    if (record.sides_differ && session.sides_differ == 0) {
      session.sides_differ = record.frame;
    }
    if (session.first_contact == 0 && record.crypt == exchange::Crypt::kDecrypted &&
        says_initial_contact(tree)) {
      session.first_contact = record.frame;
    }
  }
  if (record.number != 1 && record.number != 2) {
    return;
  }
  const auto transforms = transforms_of(tree);
  if (transforms.empty()) {
    return;
  }
  auto& proposal  = session.proposal;
  const bool same = std::ranges::all_of(
      transforms, [&](const auto& one) { return one.auth == transforms.front().auth; });
  if (record.number == 2) {
    proposal.chosen = transforms.front().text;
    proposal.auth   = transforms.front().auth;
  } else if (proposal.offered.empty()) {
    std::ranges::transform(transforms, std::back_inserter(proposal.offered),
                           [](const auto& one) { return one.text; });
    proposal.auth = proposal.auth.empty() && same ? transforms.front().auth : proposal.auth;
  }
}

void read_pull(Pull& pull, const exchange::FrameRecord& record, const wire::Tree& tree) {
  if (!is_readable(record) || record.retransmission_of != 0) {
    return;
  }
  if (record.number == 1) {
    pull.group = group_of(tree);
  } else if (record.number == 2) {
    pull.lifetimes = lifetimes_of(tree);
    pull.uses      = uses_of(tree, record.frame);
    pull.rekey.kek = kek_spi_of(tree);
  } else if (record.number == 4) {
    pull.download         = key_download_of(tree);
    pull.rekey.sequence   = sequence_of(tree);
    pull.rekey.sender_ids = sender_ids_of(tree);
    pull.last_read        = true;
  }
}

}  // namespace gdoi::registration
