#include "cli/run_policy.h"

#include "protocol/base/text_file.h"

namespace gdoi::cli {

namespace {

constexpr std::size_t kGenericId = 4;  // type, protocol and port (RFC 2407 section 4.6.2)

}  // namespace

Result<PolicyFile> PolicyFile::read(const std::string& path,
                                    const std::map<std::string, std::string>& values) {
  auto text = read_text_file(path);
  if (!text) {
    return text.error();
  }
  PolicyFile made{path, std::move(text).value(), path};
  for (const auto& [name, value] : values) {
    const auto place = "${" + name + "}";
    for (auto at = made.text.find(place); at != std::string::npos; at = made.text.find(place, at)) {
      made.text.replace(at, place.size(), value);
      at += value.size();
    }
  }
  const auto policy = made.parse();
  return policy ? Result(std::move(made)) : Result<PolicyFile>(policy.error());
}

Result<keyserver::Policy> PolicyFile::parse(engine::Calendar calendar) const {
  auto policy = keyserver::parse_policy(text, path);
  if (policy) {
    if (const auto loaded = keyserver::load_credentials(*policy, calendar); !loaded) {
      return loaded.error();
    }
  }
  return policy;
}

Result<std::shared_ptr<engine::Credentials>> read_credentials(
    const engine::CredentialFiles& files) {
  if (!files.any()) {
    return std::shared_ptr<engine::Credentials>();
  }
  if (!files.enough()) {
    return Error{"signatures need --cert, --private-key and --ca"};
  }
  auto loaded = engine::Credentials::load(files, {});
  if (!loaded) {
    return loaded.error();
  }
  return std::make_shared<engine::Credentials>(std::move(loaded).value());
}

bool take_psk(const PolicyFile& file, plan::CapturedRegistration& captured) {
  const auto policy     = file.parse();
  const auto* const psk = policy ? policy->psk_for(captured.story.gm) : nullptr;
  if (psk != nullptr) {
    captured.gm_psk = std::make_shared<const Secret>(psk->secret.clone());
  }
  return psk != nullptr;
}

keyserver::Policy policy_that_fits(const plan::CapturedRegistration& captured,
                                   const plan::Settings& settings, const plan::Plan& plan) {
  const bool of_ks = !settings.psk && captured.ks_psk;
  auto policy      = keyserver::default_policy(of_ks ? captured.ks_psk->clone() : plan.psk.clone());
  for (const auto& suite : {settings.cipher, captured.suite}) {
    if (suite && suite->auth_method == plan.auth_method) {
      const auto known = keyserver::proposal_named(suite->text());
      if (known) {
        policy.proposals.push_back(*known);
      }
    }
  }
  policy.aggressive_mode = plan.mode == exchange::Exchange::kAggressive;
  policy.credentials     = plan.credentials;
  const auto body        = plan::group_body(plan);
  if (body && body->size() > kGenericId) {
    auto& group         = policy.groups.front();
    group.identity.type = body->front();
    group.identity.data = Bytes(body->begin() + kGenericId, body->end());
    group.name          = settings.group         ? settings.group->text
                          : captured.story.group ? captured.story.group->text
                                                 : group.name;
  }
  return policy;
}

}  // namespace gdoi::cli
