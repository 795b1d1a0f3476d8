#pragma once

#include "net/crew.h"
#include "plan/conversation.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gdoi::cli {

/// All datagrams of one live registration, and the secrets that read them.
struct Tape {
  std::vector<plan::Carried> datagrams;
  std::vector<std::string> key_log;
};

/// Stands before a crew of one GM and keeps what was said, to be compared with the capture. Of more
/// GMs nothing is kept.
class Listener : public net::Crew {
 public:
  explicit Listener(net::Crew& crew) : crew_(crew) {}

  [[nodiscard]] std::size_t size() const override { return crew_.size(); }

  [[nodiscard]] std::unique_ptr<engine::Party> member(std::size_t index,
                                                      const exchange::Endpoint& source) override {
    return crew_.member(index, source);
  }

  void done(std::size_t index, const engine::Party& gm) override;
  [[nodiscard]] Status carried(engine::Time time, const engine::Outgoing& message,
                               net::Way way) override;

  /// The registration as a capture of it would tell; nothing where none was begun.
  [[nodiscard]] std::optional<plan::Heard> heard() const;

  [[nodiscard]] Tape take_tape() { return std::move(tape_); }

 private:
  // NOLINTNEXTLINE(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one run
  net::Crew& crew_;
  Tape tape_;
};

}  // namespace gdoi::cli
