#pragma once

#include "protocol/base/bytes.h"
#include "protocol/base/hex.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// SA payloads octet by octet, right and wrong (RFC 2408 sections 3.4 to 3.6).
namespace gdoi::simulation {

// Attributes in hexadecimal: AES-CBC, SHA2-256, PSK, MODP-2048, 128 bits.
inline const std::string kGoodAttributes = "8001000780020004800300018004000e800e0080";
// The same with DES (1), no key length.
inline const std::string kDesAttributes = "8001000180020004800300018004000e";

inline Bytes raw_transform(std::uint8_t next, std::uint8_t number, const std::string& attributes,
                           std::uint8_t id = 1) {
  const auto values = from_hex(attributes).value();
  Bytes out{next, 0};
  append_uint(out, 8 + values.size(), 2);
  append(out, Bytes{number, id, 0, 0});
  append(out, values);
  return out;
}

inline Bytes raw_proposal(std::uint8_t next, std::uint8_t number, std::uint8_t protocol,
                          std::uint8_t count, const std::vector<Bytes>& transforms,
                          const Bytes& spi = {}) {
  Bytes inside = spi;
  for (const auto& one : transforms) {
    append(inside, one);
  }
  Bytes out{next, 0};
  append_uint(out, 8 + inside.size(), 2);
  append(out, Bytes{number, protocol, static_cast<std::uint8_t>(spi.size()), count});
  append(out, inside);
  return out;
}

/// Body of an SA payload: DOI and situation of GDOI, then these.
inline Bytes raw_sa(const std::vector<Bytes>& proposals,
                    std::string_view doi_and_situation = "0000000200000000") {
  auto body = from_hex(doi_and_situation).value();
  for (const auto& one : proposals) {
    append(body, one);
  }
  return body;
}

/// An SA payload that nests or lies, and what comes of it.
struct OfferLie {
  std::string what;
  Bytes body;
  std::uint16_t notify = 0;  ///< what the RFC has for it as an offer (RFC 2408 section 3.14.1)
  std::string verdict{};     ///< what a GM says of it as a choice
};

inline std::vector<OfferLie> offer_lies() {
  constexpr std::uint16_t kDoiNotSupported        = 2;
  constexpr std::uint16_t kSituationNotSupported  = 3;
  constexpr std::uint16_t kAttributesNotSupported = 13;
  constexpr std::uint16_t kNoProposalChosen       = 14;
  constexpr std::uint16_t kBadProposalSyntax      = 15;
  constexpr std::uint16_t kMalformed              = 16;
  const auto good                                 = raw_transform(0, 1, kGoodAttributes);
  const auto one_of                               = [](const Bytes& transform) {
    return raw_sa({raw_proposal(0, 1, 1, 1, {transform})});
  };
  const auto changed = [](Bytes octets, std::size_t at, std::uint8_t to) {
    octets.at(at) = to;
    return octets;
  };
  const auto proposal = raw_proposal(0, 1, 1, 1, {good});
  auto cut            = raw_sa({proposal});
  cut.pop_back();
  return {
      {"no octets", {}, kMalformed, "malformed"},
      {"half a situation", from_hex("000000020000").value(), kMalformed, "malformed"},
      {"no proposal", raw_sa({}), kNoProposalChosen, "0 transforms"},
      {"another DOI", raw_sa({proposal}, "0000000300000000"), kDoiNotSupported, "DOI"},
      {"a situation of IPsec", raw_sa({proposal}, "0000000200000002"), kSituationNotSupported,
       "situation"},
      {"no transform", raw_sa({raw_proposal(0, 1, 1, 0, {})}), kNoProposalChosen, "0 transforms"},
      {"no transform, one promised", raw_sa({raw_proposal(0, 1, 1, 1, {})}), kMalformed,
       "malformed"},
      {"nine transforms promised", raw_sa({raw_proposal(0, 1, 1, 9, {good})}), kMalformed,
       "malformed"},
      {"no transform promised", raw_sa({raw_proposal(0, 1, 1, 0, {good})}), kMalformed,
       "0 transforms"},
      {"another proposal promised", raw_sa({raw_proposal(2, 1, 1, 1, {good})}), kMalformed,
       "malformed"},
      {"another transform promised", one_of(changed(good, 0, 3)), kMalformed, "malformed"},
      {"a proposal behind a transform", one_of(changed(good, 0, 2)), kMalformed, "malformed"},
      {"a payload of no such type next", one_of(changed(good, 0, 99)), kMalformed, "malformed"},
      {"a transform longer than all", one_of(changed(good, 2, 0xf0)), kMalformed, "malformed"},
      {"a transform shorter than its header", one_of(changed(good, 3, 3)), kMalformed, "malformed"},
      {"a proposal longer than all", raw_sa({changed(proposal, 2, 0xf0)}), kMalformed, "malformed"},
      {"a proposal shorter than its header", raw_sa({changed(proposal, 3, 7)}), kMalformed,
       "malformed"},
      {"a proposal of length zero", raw_sa({changed(proposal, 3, 0)}), kMalformed, "malformed"},
      {"cut by an octet", cut, kMalformed, "malformed"},
      {"an SPI longer than the proposal", raw_sa({changed(proposal, 6, 255)}), kMalformed,
       "malformed"},
      {"an SPI in the transform's place", raw_sa({changed(proposal, 6, 8)}), kMalformed,
       "malformed"},
      {"an SA in the place of a transform", one_of(raw_sa({proposal})), kMalformed, "malformed"},
      {"a transform in the place of a proposal", raw_sa({good}), kMalformed, "0 transforms"},
      {"an attribute longer than all", one_of(raw_transform(0, 1, "000c7fff")), kMalformed,
       "malformed"},
      {"half an attribute", one_of(raw_transform(0, 1, kGoodAttributes + "8001")), kMalformed,
       "malformed"},
      {"no attributes", one_of(raw_transform(0, 1, "")), kNoProposalChosen, "not offered"},
      {"all attributes twice", one_of(raw_transform(0, 1, kGoodAttributes + kGoodAttributes)),
       kNoProposalChosen, "twice"},
      {"an unknown attribute", one_of(raw_transform(0, 1, kGoodAttributes + "80630001")),
       kNoProposalChosen, "not offered"},
      {"an algorithm in nine octets",
       one_of(raw_transform(0, 1, "00010009010000000000000007" + kGoodAttributes.substr(8))),
       kAttributesNotSupported, "not offered"},
      {"a transform that is not KEY_IKE", one_of(raw_transform(0, 1, kGoodAttributes, 2)),
       kNoProposalChosen, "KEY_IKE"},
      {"a proposal of ESP", raw_sa({raw_proposal(0, 1, 3, 1, {good}, Bytes(4, 1))}),
       kBadProposalSyntax, "protocol"},
      {"DES, which nobody asked for", one_of(raw_transform(0, 1, kDesAttributes)),
       kNoProposalChosen, "not offered"},
  };
}

}  // namespace gdoi::simulation
