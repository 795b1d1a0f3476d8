#include "protocol/registration/diagnose.h"

#include <fmt/format.h>

namespace gdoi::registration {

std::vector<RekeyFinding> rekey_facts(const Registration& one, const Rekeys& rekeys,
                                      const Before& before) {
  std::vector<RekeyFinding> found;
  if (!before.rekey.kek) {
    return found;
  }
  const auto& kek = *before.rekey.kek;
  if (before.rekey.sequence) {
    if (const auto missing =
            rekeys.missing(kek, *before.rekey.sequence, before.served_frame, one.first_frame)) {
      found.push_back({
          Fact::kPushMissing,
          fmt::format("the PUSH with {} is not in the capture (between frames {} and {})",
                      sequence_text(missing->first, missing->last), missing->after,
                      missing->before),
          {missing->after, missing->before}
      });
    }
  }
  // What its own PULL shows counts too.
  if (const auto* other = rekeys.unseen(kek, before.served_frame, one.signs.frame)) {
    found.push_back(
        {Fact::kKekUnseen,
         fmt::format("the KS has KEK {} since frame {}, and no PUSH of the capture brings it to "
                     "who had KEK {}",
                     kek_name(other->spi), other->shown_frame, kek_name(kek)),
         {other->shown_frame}});
  }
  return found;
}

}  // namespace gdoi::registration
