#pragma once

#include "protocol/exchange/packet.h"
#include "protocol/keys/key_ring.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// What PUSHes that could be read prove of rekeys (RFC 6407 section 4).
namespace gdoi::registration {

/// The SEQs of one KEK's PUSHes that the capture has, as runs without a gap.
class Sequence {
 public:
  /// Of more the two lowest become one: a gap of long ago is forgotten.
  static constexpr std::size_t kMaxRuns = 64;

  struct Run {
    std::uint32_t first       = 0;
    std::uint32_t last        = 0;
    std::uint64_t first_frame = 0;
    std::uint64_t last_frame  = 0;
  };

  /// False where it was there already.
  bool add(std::uint32_t number, std::uint64_t frame);

  /// The lowest first.
  [[nodiscard]] std::span<const Run> runs() const { return runs_; }

 private:
  std::vector<Run> runs_;
};

/// SEQs that no PUSH of the capture has.
struct MissingPush {
  std::uint32_t first  = 0;
  std::uint32_t last   = 0;
  std::uint64_t after  = 0;  ///< frame of the PUSH or PULL message 4 with the SEQ before them
  std::uint64_t before = 0;  ///< frame of the PUSH with the SEQ behind them
};

/// Everything under one KEK.
struct RekeySa {
  /// A PUSH under this KEK that brings another.
  struct Successor {
    keys::KekSpi spi{};
    std::uint64_t frame    = 0;
    std::uint32_t sequence = 0;
  };

  keys::KekSpi spi{};
  /// Key of the group and its KS; empty: not known. Of a KEK that nothing brings it is the only
  /// group whose PUSHes go from that KS to the same multicast address.
  std::string group;
  std::uint64_t shown_frame = 0;  ///< the first message that has it in its SA
  std::vector<Successor> next;
  Sequence sequence;
  bool unread = false;  ///< a PUSH under it could not be read
};

/// The KEKs that PULLs and PUSHes showed. Only messages that could be read, and whose signature is
/// not bad, get here. Bounded: of more the oldest is forgotten, and nothing is told about it.
class Rekeys {
 public:
  static constexpr std::size_t kMaxKeks        = 4'096;
  static constexpr std::size_t kMaxKeksOfGroup = 64;
  static constexpr std::size_t kMaxSuccessors  = 8;

  /// A PULL message 2 shows a KEK; `group` is a key of its group and the KS, `path` of the KS and
  /// the multicast address that PUSHes go to, empty where there is none.
  void on_pull(const keys::KekSpi& spi, const std::string& group, const std::string& path,
               std::uint64_t frame);

  /// A PUSH under `spi` on that path; `shown` is the KEK in its SA.
  void on_push(const keys::KekSpi& spi, std::optional<std::uint32_t> sequence,
               const std::optional<keys::KekSpi>& shown, const std::string& path,
               std::uint64_t frame);

  /// A PUSH that cannot be read: what it brings is not known.
  void on_unread(const keys::KekSpi& spi);

  [[nodiscard]] bool empty() const { return all_.empty(); }

  [[nodiscard]] const RekeySa* find(const keys::KekSpi& spi) const;

  /// The first PUSHes that a GM which got KEK `spi` and `sequence` in `frame` should have been sent
  /// before frame `until` and that the capture does not have, under that KEK or those that PUSHes
  /// brought after it.
  [[nodiscard]] std::optional<MissingPush> missing(const keys::KekSpi& spi, std::uint32_t sequence,
                                                   std::uint64_t frame, std::uint64_t until) const;

  /// A KEK of the same group and KS that first showed between the two frames, and that no PUSH in
  /// the capture brings to who got `spi` in `frame`.
  [[nodiscard]] const RekeySa* unseen(const keys::KekSpi& spi, std::uint64_t frame,
                                      std::uint64_t until) const;

 private:
  RekeySa& at(const keys::KekSpi& spi);
  void learn_path(const std::string& path, const std::string& group);
  void show(const keys::KekSpi& spi, const std::string& group, std::uint64_t frame);

  std::map<keys::KekSpi, RekeySa> all_;
  std::vector<keys::KekSpi> order_;                            ///< oldest first
  std::map<std::string, std::vector<keys::KekSpi>> of_group_;  ///< oldest first
  std::map<std::string, std::string> of_path_;  ///< the group; empty: there are several
};

/// "SEQ 2", "SEQ 2 to 4".
[[nodiscard]] std::string sequence_text(std::uint32_t first, std::uint32_t last);

/// The first octets of a KEK's SPI: "3cf611c9030a122f".
[[nodiscard]] std::string kek_name(const keys::KekSpi& spi);

/// SEQs between the runs: what is missing between PUSHes that the capture has.
[[nodiscard]] std::vector<MissingPush> gaps_of(const Sequence& sequence);

}  // namespace gdoi::registration
