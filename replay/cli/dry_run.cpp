#include "cli/dry_run.h"

#include "plan/rehearse.h"
#include "protocol/exchange/message.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"
#include "protocol/wire/encode.h"

namespace gdoi::cli {

namespace {

constexpr std::size_t kBlockSize = 16;

std::string payloads_of(const wire::Document& document, std::uint8_t number) {
  const auto octets = wire::encode(document);
  wire::Tree tree;
  wire::decode(tables::schema(), octets, {}, tree);
  if (document.plaintext() != wire::kNoRef) {
    wire::decode_plaintext(tables::schema(), Secret(wire::encode(document, document.plaintext())),
                           kBlockSize, tree);
  }
  return exchange::payload_summary(exchange::MessageView(tree), number);
}

}  // namespace

std::vector<PlannedMessage> planned_messages(const plan::Plan& plan, bool addresses) {
  const auto one = [](std::string name, const plan::Template& from, std::uint8_t number) {
    return PlannedMessage{
        std::move(name), from.captured_frame, payloads_of(from.document, number), false, {}};
  };
  std::vector<PlannedMessage> all;
  for (const auto& step : exchange::script(plan.mode)) {
    if (step.sender == exchange::Sender::kGm) {
      all.push_back(one(std::string(step.name), plan.phase1_message(step.number), step.number));
    }
  }
  all.push_back(one("PULL message 1", plan.pull1, 1));
  all.push_back(one("PULL message 3", plan.pull3, 3));
  const auto messages = plan::messages_of(plan);
  for (std::size_t i = 0; addresses && i < messages.size() && i < all.size(); ++i) {
    all[i].addresses = plan::addresses_of(messages[i].first, *messages[i].second);
  }
  return all;
}

}  // namespace gdoi::cli
