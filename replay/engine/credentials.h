#pragma once

#include "engine/types.h"
#include "protocol/base/result.h"
#include "protocol/crypto/certificate.h"
#include "protocol/crypto/trust.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gdoi::engine {

/// PEM files that make an end able to sign in phase 1; empty: not named.
struct CredentialFiles {
  std::string certificate;  ///< the end's own first, then those of authorities to send with it
  std::string private_key;
  std::string authorities;
  std::string revocations;

  [[nodiscard]] bool any() const {
    return !certificate.empty() || !private_key.empty() || !authorities.empty() ||
           !revocations.empty();
  }

  [[nodiscard]] bool enough() const {
    return !certificate.empty() && !private_key.empty() && !authorities.empty();
  }
};

/// The files by their names in YAML.
inline constexpr std::array<std::pair<std::string_view, std::string CredentialFiles::*>, 4>
    kCredentialFiles{
        {{"certificate", &CredentialFiles::certificate},
         {"private-key", &CredentialFiles::private_key},
         {"ca", &CredentialFiles::authorities},
         {"crl", &CredentialFiles::revocations}}
};

/// The two clocks at one moment: certificates are valid by the calendar.
struct Calendar {
  Time at                   = 0;
  std::int64_t unix_seconds = 0;  ///< since 1970, UTC

  [[nodiscard]] std::int64_t unix_time(Time now) const {
    return unix_seconds + (now - at) / kSecond;
  }
};

/// Who one end is, and whom it believes.
struct Credentials {
  std::vector<crypto::Certificate> chain;  ///< its own first
  crypto::PrivateKey key;
  crypto::TrustStore trust;
  Calendar calendar;

  /// Reads the files. Errors name the file, what is wrong with it and what to do; also where the
  /// key is not that of the certificate.
  [[nodiscard]] static Result<Credentials> load(const CredentialFiles& files, Calendar calendar);

  [[nodiscard]] const crypto::Certificate& own() const { return chain.front(); }

  /// The body of an ID payload for this certificate: `wanted` where it confirms that, else an
  /// identity of the same type, else its subject or first alternative name. Nothing where the
  /// certificate names nobody.
  [[nodiscard]] std::optional<Bytes> identity(ByteView wanted) const;
};

/// Whether a certificate confirms the body of an ID payload.
[[nodiscard]] bool confirms(const crypto::Certificate& certificate, ByteView id_body);

/// "10.0.224.37", "gm.example", "CN=gm,O=Example"; other types as a number with their octets.
[[nodiscard]] std::string identity_text(ByteView id_body);

}  // namespace gdoi::engine
