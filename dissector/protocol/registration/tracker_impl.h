#pragma once

#include "protocol/registration/contents.h"
#include "protocol/registration/context.h"
#include "protocol/registration/gm_index.h"
#include "protocol/registration/group_book.h"
#include "protocol/registration/session_table.h"
#include "protocol/registration/tracker.h"

#include <optional>
#include <utility>
#include <vector>

namespace gdoi::registration {

struct Tracker::Impl {
  Impl(getvpn::VersionRules with, std::size_t limit) : rules(std::move(with)), sessions(limit) {}

  // tracker.cpp: messages as they come
  void take_piece(const exchange::Packet& packet, const wire::Tree& tree);
  std::uint32_t take(const exchange::Packet& packet, const exchange::FrameRecord& record,
                     const wire::Tree& tree);
  void late(const exchange::LateMessage& message);

  Session& open(std::uint64_t key, const Header& header, const exchange::Packet& packet,
                const exchange::FrameRecord& record, const wire::Tree& tree);
  /// The phase 1 that a message stands under; opened where the message can open one.
  Session* session_of(const Header& header, const exchange::Packet& packet,
                      const exchange::FrameRecord& record, const wire::Tree& tree);
  Pull& pull_of(Session& session, const Header& header, const exchange::FrameRecord& record);
  /// An error NOTIFY or DELETE that a message holds.
  void take_notices(Session* at, const exchange::Packet& packet,
                    const exchange::FrameRecord& record, const wire::Tree& tree, bool deletes_too);
  void take_step(Session& session, Conversation& conversation, const exchange::Packet& packet,
                 const exchange::FrameRecord& record, const wire::Tree& tree);
  void take_phase1(Session& session, const Header* header, const exchange::FrameRecord& record,
                   const wire::Tree& tree);
  void take_pull(const Session& session, Pull& pull, const exchange::FrameRecord& record,
                 const wire::Tree& tree);
  void take_rekey(const exchange::Packet& packet, const exchange::FrameRecord& record,
                  const wire::Tree& tree, bool late);
  std::uint32_t informational(Session* session, const exchange::Packet& packet,
                              const exchange::FrameRecord& record, const wire::Tree& tree);
  std::uint32_t begin_registration();
  /// A probe gets no number, unless it goes on as no probe does.
  void begin_unless_probe(Session& session);

  // tracker_end.cpp: what has become of them
  void mark(Session& session);
  void store(const Session& session, const Pull* pull);
  void refresh(Session& session);
  /// While the capture goes on; in the end conclude() tells it of all in one go.
  void tell_so_far(std::uint32_t number);
  /// Returns the keys of the phase 1s that have changed.
  std::vector<std::uint64_t> refresh_dirty();
  void refresh_all(const std::vector<std::uint64_t>& keys);
  void drop(const Session& session);
  void close_oldest();
  /// Notes what has ended under a phase 1 and was not told yet; `over`: nothing more can come.
  void note_ended(Session& session, bool over);
  void note_ended(Conversation& conversation, std::uint32_t number, bool over);
  std::vector<Registration> ended(std::int64_t now_ns);
  void finish();
  Ledger as_if_finished();

  getvpn::VersionRules rules;
  SessionTable sessions;
  Context context;
  Counts counts;
  Ledger all;
  std::optional<GroupBook> groups;  ///< where they are to be collected
  std::vector<std::uint64_t> dirty;
  std::vector<std::uint32_t> dropped;
  std::int64_t end_ns    = 0;
  bool finished          = false;
  bool live              = false;  ///< somebody asks while the capture goes on
  bool tells_ended       = false;  ///< somebody asks for what has ended
  std::int64_t looked_ns = 0;      ///< when ended() last looked for those that are silent
  std::vector<Registration> told;  ///< that ended() gives next
  GmIndex of_gm;
};

}  // namespace gdoi::registration
