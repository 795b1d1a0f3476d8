#pragma once

#include "protocol/tables/gdoi_sa.h"
#include "protocol/tables/identification.h"
#include "protocol/tables/iec61850.h"
#include "protocol/tables/isakmp.h"
#include "protocol/tables/key_download.h"
#include "protocol/tables/phase1.h"

#include <algorithm>
#include <array>

/// All tables as one: the array of rows with a dense index, the layouts, selectors and chains.
namespace gdoi::tables {

namespace detail {

struct Source {
  L layout;
  std::string_view name;
  std::span<const Row> rows;
};

#define GDOI_LAYOUT(name)            \
  Source {                           \
    L::k##name, #name, k##name##Rows \
  }

inline constexpr std::span<const Row> kNoRows{};
inline constexpr std::span<const Row> kEmptyRows = kNoRows;

inline constexpr std::array kSources = {
    GDOI_LAYOUT(Message),
    GDOI_LAYOUT(Marked),
    GDOI_LAYOUT(Keepalive),
    GDOI_LAYOUT(Plaintext),
    GDOI_LAYOUT(NextPayload),
    GDOI_LAYOUT(Generic),
    GDOI_LAYOUT(Reserved1),
    GDOI_LAYOUT(Reserved2),
    GDOI_LAYOUT(SpiSize),
    GDOI_LAYOUT(Spi),
    GDOI_LAYOUT(Empty),
    GDOI_LAYOUT(Body),
    GDOI_LAYOUT(Ikev2Body),
    GDOI_LAYOUT(OtherVersion),
    GDOI_LAYOUT(Ciphertext),
    GDOI_LAYOUT(Clear),
    GDOI_LAYOUT(Unknown),
    GDOI_LAYOUT(Sa),
    GDOI_LAYOUT(Proposals),
    GDOI_LAYOUT(SituationLabels),
    GDOI_LAYOUT(Secrecy),
    GDOI_LAYOUT(Integrity),
    GDOI_LAYOUT(SecrecyAndIntegrity),
    GDOI_LAYOUT(Proposal),
    GDOI_LAYOUT(Transform),
    GDOI_LAYOUT(TransformIke),
    GDOI_LAYOUT(TransformEsp),
    GDOI_LAYOUT(TransformAh),
    GDOI_LAYOUT(TransformOther),
    GDOI_LAYOUT(IkeAttributeList),
    GDOI_LAYOUT(IpsecAttributeList),
    GDOI_LAYOUT(OpaqueAttributes),
    GDOI_LAYOUT(Ke),
    GDOI_LAYOUT(Cert),
    GDOI_LAYOUT(CertReq),
    GDOI_LAYOUT(Hash),
    GDOI_LAYOUT(Sig),
    GDOI_LAYOUT(Nonce),
    GDOI_LAYOUT(Notify),
    GDOI_LAYOUT(NotifyOctets),
    GDOI_LAYOUT(NotifyReplay),
    GDOI_LAYOUT(NotifyLifetime),
    GDOI_LAYOUT(NotifyDpd),
    GDOI_LAYOUT(Delete),
    GDOI_LAYOUT(DeleteProtocol),
    GDOI_LAYOUT(DeleteGdoiProtocol),
    GDOI_LAYOUT(Vid),
    GDOI_LAYOUT(NatHash),
    GDOI_LAYOUT(NatD),
    GDOI_LAYOUT(NatDDraft),
    GDOI_LAYOUT(NatDPrivate),
    GDOI_LAYOUT(NatOa),
    GDOI_LAYOUT(NatOaDraft),
    GDOI_LAYOUT(NatOaPrivate),
    GDOI_LAYOUT(NatOaBody),
    GDOI_LAYOUT(Fragment),
    GDOI_LAYOUT(Config),
    GDOI_LAYOUT(Pop),
    GDOI_LAYOUT(Seq),
    GDOI_LAYOUT(Special),
    GDOI_LAYOUT(IkeAttributes),
    GDOI_LAYOUT(IpsecAttributes),
    GDOI_LAYOUT(Id),
    GDOI_LAYOUT(IdIpv4),
    GDOI_LAYOUT(IdFqdn),
    GDOI_LAYOUT(IdUserFqdn),
    GDOI_LAYOUT(IdIpv4Subnet),
    GDOI_LAYOUT(IdIpv6),
    GDOI_LAYOUT(IdIpv6Subnet),
    GDOI_LAYOUT(IdIpv4Range),
    GDOI_LAYOUT(IdIpv6Range),
    GDOI_LAYOUT(IdDn),
    GDOI_LAYOUT(IdGn),
    GDOI_LAYOUT(IdKeyId),
    GDOI_LAYOUT(IdList),
    GDOI_LAYOUT(IdOid),
    GDOI_LAYOUT(IdOctets),
    GDOI_LAYOUT(SaByDoi),
    GDOI_LAYOUT(GdoiSa),
    GDOI_LAYOUT(Sak),
    GDOI_LAYOUT(SakSource),
    GDOI_LAYOUT(SakDestination),
    GDOI_LAYOUT(KekAttributes),
    GDOI_LAYOUT(Gap),
    GDOI_LAYOUT(GapAttributes),
    GDOI_LAYOUT(Sat),
    GDOI_LAYOUT(SatEsp),
    GDOI_LAYOUT(SatAh),
    GDOI_LAYOUT(SatOther),
    GDOI_LAYOUT(SatSelectors),
    GDOI_LAYOUT(SatSource),
    GDOI_LAYOUT(SatDestination),
    GDOI_LAYOUT(SatTail),
    GDOI_LAYOUT(SatIec61850),
    GDOI_LAYOUT(SaDataAttributes),
    GDOI_LAYOUT(Kd),
    GDOI_LAYOUT(KeyPacket),
    GDOI_LAYOUT(KdTek),
    GDOI_LAYOUT(KdKek),
    GDOI_LAYOUT(KdLkh),
    GDOI_LAYOUT(KdSid),
    GDOI_LAYOUT(KdOther),
    GDOI_LAYOUT(TekKeyAttributes),
    GDOI_LAYOUT(KekKeyAttributes),
    GDOI_LAYOUT(LkhAttributes),
    GDOI_LAYOUT(SidAttributes),
    GDOI_LAYOUT(LkhDownload),
    GDOI_LAYOUT(LkhUpdate),
    GDOI_LAYOUT(LkhHead),
    GDOI_LAYOUT(LkhKey),
    GDOI_LAYOUT(LkhDesKey),
    GDOI_LAYOUT(Lkh3desKey),
    GDOI_LAYOUT(LkhOtherKey),
};

#undef GDOI_LAYOUT

static_assert(kSources.size() == static_cast<std::size_t>(L::kCount), "every layout has a source");

constexpr std::size_t row_count() {
  std::size_t count = 0;
  for (const auto& source : kSources) {
    count += source.rows.size();
  }
  return count;
}

}  // namespace detail

inline constexpr std::size_t kRowCount    = detail::row_count();
inline constexpr std::size_t kLayoutCount = detail::kSources.size();

/// Every row of the protocol; RowId is the index.
inline constexpr auto kRows = [] {
  std::array<wire::Field, kRowCount> rows{};
  std::size_t next = 0;
  for (const auto& source : detail::kSources) {
    for (const auto& row : source.rows) {
      rows[next++] = row;
    }
  }
  return rows;
}();

inline constexpr auto kLayouts = [] {
  std::array<wire::Layout, kLayoutCount> layouts{};
  std::size_t first = 0;
  for (const auto& source : detail::kSources) {
    layouts[static_cast<std::size_t>(source.layout)] = {
        source.name, static_cast<wire::RowId>(first),
        static_cast<std::uint16_t>(source.rows.size())};
    first += source.rows.size();
  }
  return layouts;
}();

/// The row with a filter name (behind "gdoi."); a name that no row has does not compile.
consteval wire::RowId row(std::string_view filter) {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (kRows[i].filter == filter) {
      return static_cast<wire::RowId>(i);
    }
  }
  throw "no row has this filter name";
}

namespace detail {

constexpr std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 14'695'981'039'346'656'037U;  // FNV-1a
  for (const char c : text) {
    hash = (hash ^ static_cast<std::uint8_t>(c)) * 1'099'511'628'211U;
  }
  return hash;
}

// Sorted hashes: comparing all pairs of names would exceed the compilers' limits.
constexpr bool filters_are_unique() {
  std::array<std::uint64_t, kRowCount> hashes{};
  std::size_t count = 0;
  for (const auto& row : kRows) {
    if (!row.filter.empty()) {
      hashes[count++] = hash_of(row.filter);
    }
  }
  std::sort(hashes.begin(), hashes.begin() + static_cast<std::ptrdiff_t>(count));
  return std::adjacent_find(hashes.begin(), hashes.begin() + static_cast<std::ptrdiff_t>(count)) ==
         hashes.begin() + static_cast<std::ptrdiff_t>(count);
}

static_assert(filters_are_unique(), "two rows have one filter name");

}  // namespace detail

/// What the wire engines need: rows, layouts, selectors, chains.
[[nodiscard]] const wire::Schema& schema();

}  // namespace gdoi::tables
