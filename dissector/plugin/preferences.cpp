#include "plugin/preferences.h"

#include "protocol/keys/key_log.h"

#include <algorithm>
#include <string>

namespace gdoi::plugin {
namespace {

/// A row of the table. Its first two columns are those of Wireshark's ikev1_decryption_table.
struct TableRow {
  TableOctet* cookie   = nullptr;
  guint cookie_len     = 0;
  TableOctet* key      = nullptr;
  guint key_len        = 0;
  TableOctet* skeyid_a = nullptr;
  guint skeyid_a_len   = 0;
  TableOctet* skeyid   = nullptr;
  guint skeyid_len     = 0;
};

const char* key_log_file = nullptr;
TableRow* table          = nullptr;
guint table_size         = 0;

UAT_BUFFER_CB_DEF(gdoi_keys, cookie, TableRow, cookie, cookie_len)
UAT_BUFFER_CB_DEF(gdoi_keys, key, TableRow, key, key_len)
UAT_BUFFER_CB_DEF(gdoi_keys, skeyid_a, TableRow, skeyid_a, skeyid_a_len)
UAT_BUFFER_CB_DEF(gdoi_keys, skeyid, TableRow, skeyid, skeyid_len)

uat_field_t table_columns[] = {
    UAT_FLD_BUFFER(gdoi_keys, cookie, "Initiator's COOKIE",
                   "Initiator cookie of the phase 1: 16 hex digits"),
    UAT_FLD_BUFFER(gdoi_keys, key, "Encryption key",
                   "Key of the phase-1 cipher, as Wireshark's IKEv1 decryption table has it"),
    UAT_FLD_BUFFER(gdoi_keys, skeyid_a, "SKEYID_a",
                   "To check HASH(1) to HASH(4) and informational messages; may be empty"),
    UAT_FLD_BUFFER(gdoi_keys, skeyid, "SKEYID",
                   "To check HASH_I, HASH_R and phase-1 signatures; may be empty"),
    UAT_END_FIELDS};

// Rows with two columns only are rows of Wireshark's own table.
const char* column_defaults[] = {nullptr, nullptr, "", "", nullptr};

TableOctet* copy_of(const TableOctet* octets, guint length) {
  return length == 0 ? nullptr : static_cast<TableOctet*>(g_memdup2(octets, length));
}

void* copy_row(void* to, const void* from, size_t) {
  auto* copy         = static_cast<TableRow*>(to);
  const auto& source = *static_cast<const TableRow*>(from);
  *copy              = source;
  copy->cookie       = copy_of(source.cookie, source.cookie_len);
  copy->key          = copy_of(source.key, source.key_len);
  copy->skeyid_a     = copy_of(source.skeyid_a, source.skeyid_a_len);
  copy->skeyid       = copy_of(source.skeyid, source.skeyid_len);
  return to;
}

void free_row(void* row) {
  auto& gone = *static_cast<TableRow*>(row);
  g_free(gone.cookie);
  g_free(gone.key);
  g_free(gone.skeyid_a);
  g_free(gone.skeyid);
}

bool is_prf_size(guint octets) {
  static constexpr std::array<guint, 6> kSizes = {0, 16, 20, 32, 48, 64};
  return std::find(kSizes.begin(), kSizes.end(), octets) != kSizes.end();
}

Flag check_row(void* row, char** error) {
  const auto& checked = *static_cast<const TableRow*>(row);
  *error              = nullptr;
  if (checked.cookie_len != keys::Cookie{}.size()) {
    *error = g_strdup("The initiator cookie must have 8 octets (16 hex digits)");
  } else if (checked.key_len == 0 || checked.key_len > 32) {
    *error = g_strdup("The encryption key must have 1 to 32 octets");
  } else if (!is_prf_size(checked.skeyid_a_len) || !is_prf_size(checked.skeyid_len)) {
    *error = g_strdup("SKEYID and SKEYID_a have 16, 20, 32, 48 or 64 octets");
  }
  return *error == nullptr;
}

ByteView octets_of(const TableOctet* octets, guint length) {
  return {reinterpret_cast<const std::uint8_t*>(octets), length};
}

void add_secret(std::vector<keys::SidedSecret>& list, const TableOctet* octets, guint length) {
  if (length > 0) {
    (void)keys::add_unique(list, {keys::Side::kBoth, Secret(octets_of(octets, length))});
  }
}

}  // namespace

void register_preferences(int protocol) {
  auto* module = prefs_register_protocol(protocol, nullptr);
  prefs_register_filename_preference(
      module, "key_log_file", "Key log file",
      "A file of secrets, one a line: PHASE1_KEY, SKEYID, SKEYID_A, KEK, TEK and others, as "
      "gdoi-replay writes it. A file of Wireshark's IKEv1 decryption table is read too.",
      &key_log_file, FALSE);
  auto* keys = uat_new("GDOI phase-1 keys", sizeof(TableRow), "gdoi_phase1_keys", TRUE, &table,
                       &table_size, UAT_AFFECTS_DISSECTION, nullptr, copy_row, check_row, free_row,
                       nullptr, nullptr, table_columns);
  uat_set_default_values(keys, column_defaults);
  prefs_register_uat_preference(module, "phase1_keys", "Phase-1 keys",
                                "Keys of the ISAKMP SAs under which groups are joined", keys);
}

keys::KeyRing keys_of_preferences() {
  keys::KeyRing ring;
  if (key_log_file != nullptr && *key_log_file != '\0') {
    auto read = keys::read_key_file(key_log_file);
    if (read) {
      ring = std::move(read.value().ring);
      for (const auto& note : read.value().notes) {
        report_warning("GDOI: %s", note.c_str());
      }
    } else {
      report_failure("GDOI: %s", read.error().text.c_str());
    }
  }
  for (guint i = 0; i < table_size; ++i) {
    const auto& row = table[i];
    if (row.cookie_len != keys::Cookie{}.size()) {
      continue;
    }
    keys::Cookie cookie{};
    std::copy_n(octets_of(row.cookie, row.cookie_len).begin(), cookie.size(), cookie.begin());
    auto& phase1 = ring.phase1(cookie);
    keys::Phase1Key key;
    key.key = Secret(octets_of(row.key, row.key_len));
    (void)keys::add_unique(phase1.keys, std::move(key));
    add_secret(phase1.skeyid_a, row.skeyid_a, row.skeyid_a_len);
    add_secret(phase1.skeyid, row.skeyid, row.skeyid_len);
  }
  return ring;
}

}  // namespace gdoi::plugin
