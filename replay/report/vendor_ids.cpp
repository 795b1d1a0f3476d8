#include "report/vendor_ids.h"

#include "protocol/base/hex.h"
#include "protocol/tables/registry.h"
#include "report/message.h"
#include "report/table.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::report {

namespace {

using exchange::Sender;

std::string_view sender_text(Sender sender) {
  switch (sender) {
    case Sender::kGm:
      return "GM";
    case Sender::kKs:
      return "KS";
    case Sender::kUnknown:
      break;
  }
  return "?";
}

ByteView cookie_of(const wire::Tree& tree, Sender sender) {
  const auto at = tree.find(sender == Sender::kKs ? tables::row("rspi") : tables::row("ispi"));
  return at && sender != Sender::kUnknown ? tree.octets(*at) : ByteView{};
}

bool explains_nothing(const getvpn::VendorIdReading& reading) {
  return reading.name.empty() || reading.masked_cisco_ios;
}

// What two texts of hex digits of one size have in common, octet by octet.
void keep_common(std::string& pattern, std::string_view other) {
  for (std::size_t i = 0; i + 1 < pattern.size(); i += 2) {
    if (pattern.compare(i, 2, other, i, 2) != 0) {
      pattern.replace(i, 2, "..");
    }
  }
}

std::string version_text(const getvpn::VersionMatch& match) {
  return fmt::format("version {} ({:#x}), {}", match.version.text(), match.version.raw,
                     match.synthetic ? "synthetic: " + match.source : match.source);
}

std::vector<Below> below(const VendorIds::Entry& entry) {
  const auto& reading = entry.reading;
  std::vector<Below> lines{
      {to_hex(entry.vendor_id), Colour::kNone}
  };
  if (!reading.unmasked.empty() && explains_nothing(reading)) {
    lines.push_back({"unmasked " + to_hex(reading.unmasked), Colour::kDim});
  }
  if (reading.version) {
    lines.push_back({fmt::format("rule \"{}\": {}", harmless(reading.version->rule),
                                 harmless(version_text(*reading.version))),
                     Colour::kGood});
  }
  for (const auto& candidate : reading.candidates) {
    lines.push_back({"candidate: " + version_text(candidate), Colour::kDoubt});
  }
  return lines;
}

}  // namespace

void VendorIds::add(const exchange::FrameRecord& record, const wire::Tree& tree,
                    const getvpn::VersionRules& rules) {
  if (record.retransmission_of != 0) {
    return;
  }
  const auto nodes = tree.nodes();
  for (wire::NodeId id = 0; id < nodes.size(); ++id) {
    if (nodes[id].row != tables::row("vid_bytes")) {
      continue;
    }
    const auto* step  = exchange::step_of(record.exchange, record.number);
    const auto octets = tree.octets(id);
    Key key{record.sender, step != nullptr ? std::string(step->short_name) : "?", to_bytes(octets)};
    auto found = entries_.find(key);
    if (found == entries_.end()) {
      if (entries_.size() >= kMaxEntries) {
        ++left_out_;
        continue;
      }
      Entry entry{record.sender,    std::get<1>(key),
                  to_bytes(octets), 0,
                  record.frame,     rules.read(octets, cookie_of(tree, record.sender))};
      found = entries_.emplace(std::move(key), std::move(entry)).first;
    }
    ++found->second.count;
  }
}

std::vector<VendorIds::Entry> VendorIds::entries() const {
  std::vector<Entry> all;
  all.reserve(entries_.size());
  for (const auto& [key, entry] : entries_) {
    all.push_back(entry);
  }
  std::ranges::stable_sort(all, [](const Entry& a, const Entry& b) {
    return std::tie(a.sender, a.message, b.count) < std::tie(b.sender, b.message, a.count);
  });
  return all;
}

std::vector<VendorIds::Pattern> VendorIds::patterns() const {
  std::map<std::tuple<Sender, std::string, std::size_t>, Pattern> found;
  for (const auto& [key, entry] : entries_) {
    if (!explains_nothing(entry.reading) || entry.vendor_id.empty()) {
      continue;
    }
    const auto raw      = to_hex(entry.vendor_id);
    const auto unmasked = to_hex(entry.reading.unmasked);
    const auto [place, is_new] =
        found.try_emplace({entry.sender, entry.message, entry.vendor_id.size()});
    auto& pattern = place->second;
    if (is_new) {
      pattern = {entry.sender, entry.message, entry.vendor_id.size(), 0, raw, unmasked};
    } else {
      keep_common(pattern.raw, raw);
      keep_common(pattern.unmasked, unmasked);
    }
    ++pattern.values;
  }
  std::vector<Pattern> all;
  for (auto& [key, pattern] : found) {
    if (pattern.values > 1) {
      all.push_back(std::move(pattern));
    }
  }
  return all;
}

Result<std::string> rule_text(const VendorIds& ids, std::size_t number) {
  const auto entries = ids.entries();
  if (number == 0 || number > entries.size()) {
    return Error{fmt::format("there is no vendor ID {}: the list has {}", number, entries.size())};
  }
  const auto& entry = entries[number - 1];
  if (entry.reading.candidates.empty()) {
    return Error{
        fmt::format("nothing in vendor ID {} reads like a version that no rule knows", number)};
  }
  const auto& match = entry.reading.candidates.front();
  const bool four   = match.rule.starts_with("last four");
  const auto offset = entry.vendor_id.size() - (four ? 4U : 3U);
  auto constant     = to_hex(match.unmasked ? entry.reading.unmasked : entry.vendor_id);
  bool compared     = false;
  for (const auto& pattern : ids.patterns()) {
    if (pattern.sender == entry.sender && pattern.message == entry.message &&
        pattern.size == entry.vendor_id.size()) {
      constant = match.unmasked ? pattern.unmasked : pattern.raw;
      compared = true;
    }
  }
  const auto prefix = constant.substr(0, std::min(constant.find('.'), 2 * offset));
  if (prefix.empty()) {
    return Error{fmt::format(
        "no octet before the version of vendor ID {} is constant: a rule needs such", number)};
  }
  return fmt::format(
      "version-rules:\n"
      "  - name: picked {}\n"
      "    prefix: \"{}\"\n"
      "    offset: {}\n"
      "    encoding: {}\n"
      "    unmask: {}\n"
      "    source: picked from a capture, {} {} frame {}{}\n",
      number, prefix, offset, four ? "u32" : "octets", match.unmasked ? "sender-cookie" : "none",
      sender_text(entry.sender), entry.message, entry.first_frame,
      compared ? "" : "; of one vendor ID only, so the prefix may be too long");
}

std::string vendor_ids_text(const Style& style, const VendorIds& ids) {
  if (ids.empty()) {
    return "  no vendor ID in any message in clear\n";
  }
  Table table({
      {"#", true},
      {"sender"},
      {"message"},
      {"seen", true},
      {"octets", true},
      {"frame", true},
      {"name"}
  });
  std::size_t number = 0;
  for (const auto& entry : ids.entries()) {
    const auto& name = entry.reading.name;
    table.add(
        {
            {fmt::to_string(++number)},
            {std::string(sender_text(entry.sender))},
            {entry.message},
            {fmt::to_string(entry.count)},
            {fmt::to_string(entry.vendor_id.size())},
            {fmt::to_string(entry.first_frame)},
            {name.empty() ? "unknown" : name, name.empty() ? Colour::kDoubt : Colour::kNone}
    },
        below(entry));
  }
  auto out = table.text(style);
  for (const auto& pattern : ids.patterns()) {
    out += fmt::format("  constant in {} vendor IDs of {} octets, {} {}: {}\n", pattern.values,
                       pattern.size, sender_text(pattern.sender), pattern.message, pattern.raw);
    if (!pattern.unmasked.empty() && pattern.unmasked != pattern.raw) {
      out += fmt::format("    unmasked with the sender's cookie: {}\n", pattern.unmasked);
    }
  }
  if (ids.left_out() != 0) {
    out += fmt::format("  {} more were not kept\n", count_of(ids.left_out(), "vendor ID"));
  }
  return out;
}

}  // namespace gdoi::report
