#pragma once

#include "anonymise/addresses.h"
#include "anonymise/names.h"
#include "anonymise/notes.h"
#include "anonymise/secrets.h"
#include "protocol/exchange/message.h"
#include "protocol/exchange/packet.h"
#include "protocol/wire/tree.h"

namespace gdoi::anonymise {

/// What becomes of the octets of a field.
enum class Rule : std::uint8_t {
  kKeep,
  kAddress,
  kNetwork,  ///< with the mask behind it
  kRange,    ///< with the end behind it
  kName,
  kKeyId,
  kDer,
  kObjectId,
  kOctets,
  kSecret,
  kKek,
  kPublicKey,
  kCertificate,
  kNatHash,
  kProof,  ///< HASH or SIG: to be made when all else is mapped
  kPadding,
  kFragment,  ///< of a message that is mapped as a whole
  kUnknown,   ///< value of an attribute without a name: a number stays
  kZeros
};

/// The rule of a field. Octets that nobody has looked at become zeros.
[[nodiscard]] Rule rule_of(wire::RowId row);

/// Maps the fields of decoded messages where they stand; none becomes longer or shorter.
class FieldMap {
 public:
  FieldMap(AddressMap& addresses, NameMap& names, SecretMap& secrets, Notes& notes)
      : addresses_(addresses), names_(names), secrets_(secrets), notes_(notes) {}

  /// Notes the addresses that a message names and the KEKs that it brings, before any is mapped.
  void learn(const wire::Tree& tree);

  /// Maps the octets of one buffer of `tree` into `octets`, which is a copy of it. HASH and SIG are
  /// left.
  void map(const exchange::Packet& packet, const wire::Tree& tree, std::size_t buffer,
           Bytes& octets);

 private:
  struct Leaf;

  [[nodiscard]] Bytes mapped(const Leaf& leaf);
  void pair(const Leaf& leaf, Rule rule, Bytes& octets);
  [[nodiscard]] Bytes certificate(const Leaf& leaf);
  [[nodiscard]] Bytes nat_hash(const Leaf& leaf);
  [[nodiscard]] Bytes zeros(const Leaf& leaf);

  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): live as long
  AddressMap& addresses_;
  NameMap& names_;
  SecretMap& secrets_;
  Notes& notes_;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
};

}  // namespace gdoi::anonymise
