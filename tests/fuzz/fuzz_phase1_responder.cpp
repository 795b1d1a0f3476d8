// A GM that lies in phase 1 of any kind: certificates, signatures, proposals, public values. The
// input is that of phase1_trial.h.

#include "fuzz/phase1_trial.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using gdoi::simulation::Phase1Trial;
  Phase1Trial({data, size}, Phase1Trial::Liar::kGm).run();
  return 0;
}
