// The one place where what Z3 throws becomes a status. Internal to this room.
#ifndef MINGA_POLICY_PROOF_Z3_GUARD_H_
#define MINGA_POLICY_PROOF_Z3_GUARD_H_

#include <z3++.h>

#include <exception>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "policy/proof/proof.h"

namespace minga::policy::proof {

// Calls `run`, which returns a Status or a StatusOr. Searches of the process
// that need more than kProofMegabytesMax together end undecided.
//   INTERNAL  Z3 failed; the message says how.
template <typename Run>
auto Guarded(Run run) -> decltype(run()) {
  // Not memory_max_size: in Z3 4.8.12 its exception ends the process.
  static const bool bounded = [] {
    z3::set_param("memory_high_watermark", kProofMegabytesMax << 20);
    return true;
  }();
  (void)bounded;
  try {
    return run();
  } catch (const z3::exception& error) {
    return absl::InternalError(absl::StrCat("z3: ", error.msg()));
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("z3: ", error.what()));
  } catch (...) {
    return absl::InternalError("z3: failed without a reason");
  }
}

}  // namespace minga::policy::proof

#endif  // MINGA_POLICY_PROOF_Z3_GUARD_H_
