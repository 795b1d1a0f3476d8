#include "plan/phase1_messages.h"

#include "engine/isakmp_sa.h"
#include "engine/proposal.h"
#include "keyserver/messages.h"
#include "plan/edits.h"
#include "plan/rebind.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::plan {
namespace {

namespace payload = exchange::payload;
using exchange::Exchange;
using tables::row;
using wire::Document;
using wire::Part;

constexpr std::uint32_t kAuth        = 3;  // RFC 2409 appendix A
constexpr std::uint32_t kDefaultLife = 86'400;
constexpr std::size_t kNonceSize     = 20;
constexpr std::uint8_t kX509[]       = {4, 5};  // encodings (RFC 2408 section 3.9)

std::vector<engine::Transform> offers_of(const Document& first) {
  const auto octets = engine::datagram_of(first);
  wire::Tree tree;
  wire::decode(tables::schema(), octets, {}, tree);
  return engine::transforms_of(exchange::MessageView(tree));
}

bool offers(const CapturedRegistration& captured, std::uint16_t auth_method) {
  const auto all =
      captured.first ? offers_of(captured.first->document) : std::vector<engine::Transform>{};
  return std::ranges::any_of(
      all, [&](const engine::Transform& offer) { return offer.number(kAuth) == auth_method; });
}

/// Subject of the certificate in a captured message; empty where there is none to be read.
std::string captured_certificate(const Template& message) {
  const auto encoding = message.document.find(row("cert.encoding"));
  const auto data     = message.document.find(row("cert.data"));
  if (!encoding || !data ||
      std::ranges::find(kX509, message.document.value(*encoding).number) == std::end(kX509)) {
    return {};
  }
  const auto read = crypto::Certificate::from_der(message.document.value(*data).octets.view());
  return read ? read->subject() : std::string();
}

class Phase1Maker {
 public:
  Phase1Maker(const CapturedRegistration& captured, const Settings& settings,
              std::uint16_t auth_method)
      : captured_(captured),
        settings_(settings),
        credentials_(crypto::is_signature(auth_method) ? settings.credentials.get() : nullptr) {
    made_.mode = captured.aggressive ? Exchange::kAggressive : Exchange::kMain;
  }

  Result<Phase1Messages> run() {
    if (auto status = set_identity(); !status) {
      return status.error();
    }
    for (const auto& step : exchange::script(made_.mode)) {
      if (step.sender != exchange::Sender::kGm) {
        continue;
      }
      auto message = make(step);
      if (!message) {
        return Error{fmt::format("{}: {}", step.name, message.error().text)};
      }
      made_.messages.push_back(std::move(message).value());
    }
    if (!who_.empty()) {
      made_.altered.push_back(std::move(who_));
    }
    return std::move(made_);
  }

 private:
  /// The message that names the GM.
  [[nodiscard]] const std::optional<Template>& with_id() const {
    return captured_.aggressive ? captured_.first : captured_.fifth;
  }

  // The user's certificate says who the GM is; with a pre-shared key it is who it was.
  Status set_identity() {
    const auto captured =
        with_id() ? body_of(with_id()->document, row("payload.id")) : std::nullopt;
    const auto wanted = settings_.id ? id_body(settings_.id->value)
                        : captured   ? *captured
                                     : keyserver::address_identity(captured_.story.gm);
    if (credentials_ == nullptr) {
      identity_ = settings_.id || !captured ? std::optional(wanted) : std::nullopt;
      if (settings_.id) {
        who_ = fmt::format("phase-1 identity {}", settings_.id->text);
      }
      return success();
    }
    identity_ = credentials_->identity(wanted);
    if (!identity_) {
      return Error{
          fmt::format("the certificate {} names nobody: it has neither subject nor "
                      "subjectAltName",
                      credentials_->own().subject())};
    }
    if (settings_.id && *identity_ != wanted) {
      return Error{fmt::format("--set id={}: the certificate {} does not name it",
                               settings_.id->text, credentials_->own().subject())};
    }
    const auto& proof      = captured_.aggressive ? captured_.third : captured_.fifth;
    const auto certificate = proof ? captured_certificate(*proof) : std::string();
    who_                   = fmt::format("phase-1 identity {} and certificate {}{}",
                                         engine::identity_text(*identity_), credentials_->own().subject(),
                       captured || !certificate.empty()
                                             ? fmt::format(", in place of the captured {}{}",
                                         captured ? engine::identity_text(*captured) : "identity",
                                         certificate.empty() ? "" : " and " + certificate)
                                             : std::string());
    return success();
  }

  Result<Template> make(const exchange::Step& step) {
    if (step.number == 1) {
      return first(step);
    }
    const bool last = step.hash == exchange::HashRule::kHashI;
    return last ? proving(step) : middle(step);
  }

  Result<Template> compose(const exchange::Step& step, std::vector<Part> parts) {
    keyserver::Header header;
    header.initiator = captured_.story.initiator_cookie;
    header.exchange  = exchange::type_of(step.exchange);
    header.encrypted = step.encrypted;
    auto document    = keyserver::message(header, std::move(parts));
    if (!document) {
      return document.error();
    }
    return Template{std::move(document).value(), 0};
  }

  Result<Template> composed(const exchange::Step& step, std::vector<Part> parts) {
    made_.composed.emplace_back(step.name);
    return compose(step, std::move(parts));
  }

  // The captured message with the suite that was asked for; vendor IDs and order stay.
  Result<Template> with_suite(const exchange::Step& step) {
    made_.altered.push_back(fmt::format("phase-1 proposal {}", settings_.cipher->text()));
    auto sa = engine::sa_of(*settings_.cipher, settings_.lifetime.value_or(kDefaultLife));
    if (!captured_.first) {
      std::vector<Part> parts;
      parts.push_back(std::move(sa));
      if (step.exchange == Exchange::kAggressive) {
        parts.push_back(octets_of(payload::kKe, row("key_exchange.data"), 1));
        parts.push_back(octets_of(payload::kNonce, row("nonce"), kNonceSize));
        parts.push_back(keyserver::payload_of(payload::kId, *identity_));
      }
      return composed(step, std::move(parts));
    }
    auto parts     = payloads_of(captured_.first->document);
    const auto old = std::ranges::find(parts, payload::kSa, &Part::type);
    if (old != parts.end()) {
      *old = std::move(sa);
    } else {
      parts.insert(parts.begin(), std::move(sa));
    }
    auto made = compose(step, std::move(parts));
    if (made) {
      made->captured_frame = captured_.first->captured_frame;
    }
    return made;
  }

  Result<Template> first(const exchange::Step& step) {
    auto made = settings_.cipher ? with_suite(step) : Result<Template>(copy_of(*captured_.first));
    if (!made) {
      return made;
    }
    auto& document = made->document;
    if (step.exchange == Exchange::kAggressive) {
      if (identity_) {
        if (const auto status = replace_id(document, *identity_); !status) {
          return status.error();
        }
      }
      if (const auto status = request_certificate(document); !status) {
        return status.error();
      }
    }
    if (settings_.lifetime) {
      const auto changed = set_lifetime(document, *settings_.lifetime);
      if (!changed || *changed == 0) {
        return changed ? Error{"--set lifetime: there is no life duration in seconds"}
                       : changed.error();
      }
      made_.altered.push_back(fmt::format("phase-1 lifetime {} s", *settings_.lifetime));
    }
    if (settings_.gm_version) {
      const auto status = set_version(document, step);
      if (!status) {
        return status.error();
      }
    }
    return made;
  }

  Status set_version(Document& document, const exchange::Step& step) {
    const auto vendor_id = getvpn::synthetic_vendor_id(*settings_.gm_version);
    const auto replaced  = replace_version(document, vendor_id);
    if (!replaced) {
      return replaced.error();
    }
    made_.altered.push_back(fmt::format(
        "GETVPN version {} as this project's vendor ID, {}", settings_.gm_version->text(),
        *replaced ? "in place of the captured one" : fmt::format("added to {}", step.name)));
    return *replaced ? success()
                     : append_payload(document, keyserver::payload_of(payload::kVid, vendor_id));
  }

  // A captured CERTREQ names the authority that is believed now. Where the captured phase 1 had no
  // certificates there is none, and one is needed.
  Status request_certificate(Document& document) {
    if (credentials_ == nullptr) {
      return success();
    }
    const auto replaced = replace_certificate_requests(document, *credentials_);
    if (!replaced) {
      return replaced.error();
    }
    const bool had_certificates =
        captured_.suite && crypto::is_signature(captured_.suite->auth_method);
    return *replaced > 0 || had_certificates
               ? success()
               : append_payload(document, certificate_request(*credentials_));
  }

  // HDR, KE, Ni of main mode.
  Result<Template> middle(const exchange::Step& step) {
    auto made = has(captured_.third, row("key_exchange.data")) && has(captured_.third, row("nonce"))
                    ? Result<Template>(copy_of(*captured_.third))
                    : composed(step, {octets_of(payload::kKe, row("key_exchange.data"), 1),
                                      octets_of(payload::kNonce, row("nonce"), kNonceSize)});
    if (made) {
      if (const auto status = request_certificate(made->document); !status) {
        return status.error();
      }
    }
    return made;
  }

  // The last one: in main mode with the identity, in both with HASH or certificate and signature.
  Result<Template> proving(const exchange::Step& step) {
    const bool main   = step.exchange == Exchange::kMain;
    const auto& whole = main ? captured_.fifth : captured_.third;
    const bool usable =
        main ? has(whole, row("payload.id")) : has(whole, row("hash")) || has(whole, row("sig"));
    std::vector<Part> parts;
    if (!usable) {
      if (main) {
        parts.push_back(keyserver::payload_of(payload::kId, *identity_));
      }
      parts.push_back(octets_of(payload::kHash, row("hash"), 1));
    }
    auto made = usable ? Result<Template>(copy_of(*whole)) : composed(step, std::move(parts));
    if (!made) {
      return made;
    }
    if (main && identity_) {
      if (const auto status = replace_id(made->document, *identity_); !status) {
        return status.error();
      }
    }
    const auto& document = made->document;
    const bool as_it_is =
        credentials_ == nullptr && document.find(row("hash")) && !document.find(row("sig"));
    if (!as_it_is) {
      if (const auto status = set_up_proof(made->document, credentials_); !status) {
        return status.error();
      }
    }
    return made;
  }

  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
  const CapturedRegistration& captured_;
  const Settings& settings_;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
  const engine::Credentials* credentials_;
  std::optional<Bytes> identity_;  ///< body of the ID payload; none: as captured
  std::string who_;                ///< for the report, where it is not who it was
  Phase1Messages made_;
};

}  // namespace

std::uint16_t auth_method_of(const CapturedRegistration& captured, const Settings& settings) {
  if (settings.cipher) {
    return settings.cipher->auth_method;
  }
  if (settings.psk && !settings.credentials && offers(captured, crypto::kAuthPsk)) {
    return crypto::kAuthPsk;
  }
  if (captured.suite) {
    return captured.suite->auth_method;
  }
  const auto all =
      captured.first ? offers_of(captured.first->document) : std::vector<engine::Transform>{};
  return all.empty() ? crypto::kAuthPsk
                     : static_cast<std::uint16_t>(all.front().number(kAuth).value_or(0));
}

bool has_offer(const CapturedRegistration& captured) {
  return captured.first && captured.first->document.find(row("payload.sa"));
}

bool has(const std::optional<Template>& message, wire::RowId field) {
  return message && message->document.find(field).has_value();
}

Template copy_of(const Template& from) {
  return {from.document.clone(), from.captured_frame};
}

Result<Phase1Messages> make_phase1(const CapturedRegistration& captured, const Settings& settings,
                                   std::uint16_t auth_method) {
  return Phase1Maker(captured, settings, auth_method).run();
}

}  // namespace gdoi::plan
