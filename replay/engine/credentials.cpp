#include "engine/credentials.h"

#include "protocol/base/hex.h"
#include "protocol/base/text_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

namespace gdoi::engine {
namespace {

constexpr std::size_t kIdFixed = 4;  // type, protocol, port (RFC 2407 section 4.6.2)

Result<Secret> read_file(const std::string& path, std::string_view what) {
  if (const auto may = may_be_read(path); !may) {
    return may.error();
  }
  std::ifstream file(path, std::ios::binary);
  Bytes octets(crypto::kMaxPemSize + 1);
  file.read(reinterpret_cast<char*>(octets.data()), static_cast<std::streamsize>(octets.size()));
  octets.resize(static_cast<std::size_t>(file.gcount()));
  Secret text(std::move(octets));
  if (file.bad()) {
    return Error{fmt::format("{}: the {} cannot be read", path, what)};
  }
  if (text.size() > crypto::kMaxPemSize) {
    return Error{
        fmt::format("{}: the {} has more than {} octets", path, what, crypto::kMaxPemSize)};
  }
  return text;
}

Result<std::vector<crypto::Certificate>> read_certificates(const std::string& path,
                                                           std::string_view what) {
  const auto text = read_file(path, what);
  return text ? crypto::Certificate::from_pem(text->view(), path)
              : Result<std::vector<crypto::Certificate>>(text.error());
}

Bytes body_of(const crypto::Identity& identity) {
  Bytes body{identity.type, 0, 0, 0};
  append(body, identity.data);
  return body;
}

}  // namespace

Result<Credentials> Credentials::load(const CredentialFiles& files, Calendar calendar) {
  auto chain = read_certificates(files.certificate, "certificate");
  if (!chain) {
    return chain.error();
  }
  if (chain->size() > crypto::kMaxChain) {
    return Error{
        fmt::format("{}: holds {} certificates; the own one and at most {} authorities "
                    "are sent",
                    files.certificate, chain->size(), crypto::kMaxChain - 1)};
  }
  const auto key_text = read_file(files.private_key, "private key");
  if (!key_text) {
    return key_text.error();
  }
  auto key = crypto::PrivateKey::from_pem(*key_text, files.private_key);
  if (!key) {
    return key.error();
  }
  if (!key->belongs_to(chain->front())) {
    return Error{
        fmt::format("{}: the private key ({}) is not that of the first certificate in {} "
                    "({}); the end's own certificate comes first",
                    files.private_key, key->text(), files.certificate, chain->front().subject())};
  }
  auto authorities = read_certificates(files.authorities, "certificate of the authority");
  if (!authorities) {
    return authorities.error();
  }
  std::vector<crypto::Crl> revocations;
  if (!files.revocations.empty()) {
    const auto text = read_file(files.revocations, "revocation list");
    auto read       = text ? crypto::Crl::from_pem(text->view(), files.revocations)
                           : Result<std::vector<crypto::Crl>>(text.error());
    if (!read) {
      return read.error();
    }
    revocations = std::move(read).value();
  }
  auto trust = crypto::TrustStore::of(std::move(authorities).value(), revocations);
  if (!trust) {
    return Error{files.authorities + ": " + trust.error().text};
  }
  return Credentials{std::move(chain).value(), std::move(key).value(), std::move(trust).value(),
                     calendar};
}

std::optional<Bytes> Credentials::identity(ByteView wanted) const {
  if (confirms(own(), wanted)) {
    return to_bytes(wanted);
  }
  auto found = wanted.empty() ? std::nullopt : own().identity_of_type(wanted.front());
  if (!found) {
    found = own().first_identity();
  }
  return found ? std::optional(body_of(*found)) : std::nullopt;
}

bool confirms(const crypto::Certificate& certificate, ByteView id_body) {
  return id_body.size() > kIdFixed &&
         certificate.confirms(id_body.front(), id_body.subspan(kIdFixed));
}

std::string identity_text(ByteView id_body) {
  if (id_body.size() <= kIdFixed) {
    return "no identity";
  }
  const auto type = id_body.front();
  const auto data = id_body.subspan(kIdFixed);
  std::string text;
  exchange::Endpoint endpoint;
  if ((type == crypto::kIdIpv4 && data.size() == 4) ||
      (type == crypto::kIdIpv6 && data.size() == 16)) {
    endpoint.family = type == crypto::kIdIpv4 ? 4 : 6;
    std::ranges::copy(data, endpoint.address.begin());
    return exchange::address_text(endpoint);
  }
  if (type == crypto::kIdFqdn || type == crypto::kIdUserFqdn) {
    text.assign(data.begin(), data.end());
  } else if (type == crypto::kIdDn) {
    text = crypto::dn_text(data);
  }
  if (text.empty()) {
    constexpr std::size_t kMostShown = 32;
    return fmt::format("ID type {} 0x{}", type,
                       to_hex(data.first(std::min(data.size(), kMostShown))));
  }
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  return text;
}

}  // namespace gdoi::engine
