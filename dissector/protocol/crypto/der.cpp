#include "protocol/crypto/der.h"

#include "protocol/crypto/openssl_library.h"

#include <openssl/asn1.h>

namespace gdoi::crypto {
namespace {

constexpr std::size_t kDeepest = 16;

bool collect(ByteView der, std::size_t from, std::size_t to, std::size_t depth,
             std::vector<DerLeaf>& leaves) {
  while (from < to) {
    const auto* at             = der.data() + from;
    long length                = 0;
    int tag                    = 0;
    int class_bits             = 0;
    constexpr int kFailed      = 0x80;  // ASN1_get_object(3)
    constexpr int kIndefinite  = 0x01;
    constexpr int kConstructed = V_ASN1_CONSTRUCTED;
    const int form = ASN1_get_object(&at, &length, &tag, &class_bits, static_cast<long>(to - from));
    if ((form & (kFailed | kIndefinite)) != 0 || depth > kDeepest) {
      return false;
    }
    const auto begin = static_cast<std::size_t>(at - der.data());
    const auto size  = static_cast<std::size_t>(length);
    if ((form & kConstructed) == 0) {
      leaves.push_back(
          {static_cast<std::uint32_t>(tag), class_bits == V_ASN1_UNIVERSAL, begin, size});
    } else if (!collect(der, begin, begin + size, depth + 1, leaves)) {
      return false;
    }
    from = begin + size;
  }
  return true;
}

}  // namespace

bool is_der_string(std::uint32_t tag) {
  switch (tag) {
    case V_ASN1_UTF8STRING:
    case V_ASN1_NUMERICSTRING:
    case V_ASN1_PRINTABLESTRING:
    case V_ASN1_T61STRING:
    case V_ASN1_VIDEOTEXSTRING:
    case V_ASN1_IA5STRING:
    case V_ASN1_GRAPHICSTRING:
    case V_ASN1_VISIBLESTRING:
    case V_ASN1_GENERALSTRING:
    case V_ASN1_UNIVERSALSTRING:
    case V_ASN1_BMPSTRING:
      return true;
    default:
      return false;
  }
}

std::optional<std::vector<DerLeaf>> der_leaves(ByteView der) {
  const OpensslErrors errors;
  std::vector<DerLeaf> leaves;
  if (!collect(der, 0, der.size(), 0, leaves)) {
    return std::nullopt;
  }
  return leaves;
}

}  // namespace gdoi::crypto
