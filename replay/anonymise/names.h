#pragma once

#include "anonymise/addresses.h"
#include "anonymise/mapped.h"
#include "protocol/base/bytes.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gdoi::anonymise {

/// Maps names, group numbers and other identities, the same one always to the same and none to
/// another length, so that nothing moves in a message.
class NameMap {
 public:
  explicit NameMap(AddressMap& addresses);

  /// Data of an ID_KEY_ID: no made group number will be equal to it. Before the first map.
  void know(ByteView key_id);

  /// A domain name, user@name, or any other text; case does not count. Hosts of one domain stay in
  /// one domain, and where there is room that ends in .test (RFC 6761).
  [[nodiscard]] Bytes map_name(ByteView text);

  /// Data of an ID_KEY_ID: a group number of four octets stays a number, in the byte order in which
  /// it is the smaller one (gdoid's GMs send theirs little-endian); text stays text.
  [[nodiscard]] Bytes map_key_id(ByteView octets);

  /// A DER Name or GeneralName: its texts and addresses. Zeros where it is none.
  [[nodiscard]] Bytes map_der(ByteView der);

  /// A DER object identifier, the arcs behind the first.
  [[nodiscard]] Bytes map_object_id(ByteView octets);

  /// Octets that may be an identity.
  [[nodiscard]] Bytes map_octets(ByteView octets);

  /// In the order in which they came.
  [[nodiscard]] const std::vector<Mapped>& all() const { return all_; }

 private:
  [[nodiscard]] std::string word(char prefix, std::string_view real, std::size_t size);

  [[nodiscard]] std::string word(char prefix, std::string_view real) {
    return word(prefix, real, real.size());
  }

  [[nodiscard]] std::string domain(std::string_view real);
  [[nodiscard]] Bytes number(ByteView octets);
  const Bytes& keep(Kind kind, ByteView real, const Bytes& made, bool text);

  // NOLINTNEXTLINE(cppcoreguidelines-avoid-const-or-ref-data-members): lives as long
  AddressMap& addresses_;
  std::map<std::pair<char, std::string>, std::string> words_;
  std::map<std::pair<char, std::size_t>, std::uint64_t> counters_;  ///< by prefix and length
  std::map<std::uint32_t, std::uint32_t> numbers_;
  std::set<std::uint32_t> known_numbers_;
  std::uint32_t last_number_;
  std::map<std::pair<Kind, Bytes>, Bytes> made_;
  std::vector<Mapped> all_;
};

}  // namespace gdoi::anonymise
