// The one place where what Z3 throws becomes a status. Internal to this room.
#ifndef MINGA_POLICY_PROOF_Z3_GUARD_H_
#define MINGA_POLICY_PROOF_Z3_GUARD_H_

#include <z3++.h>

#include <exception>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace minga::policy::proof {

// All proofs of the process together may take so much: the machines planned
// for have 2 GB, and a pack needs some 50 MB.
inline constexpr int kProofMegabytesMax = 512;

// Calls `run`, which returns a Status or a StatusOr, with Z3's memory bounded.
//   RESOURCE_EXHAUSTED  Z3 needed more than kProofMegabytesMax.
//   INTERNAL            Z3 failed otherwise; the message says how.
template <typename Run>
auto Guarded(Run run) -> decltype(run()) {
  static const bool bounded = [] {
    z3::set_param("memory_max_size", kProofMegabytesMax);
    return true;
  }();
  (void)bounded;
  try {
    return run();
  } catch (const z3::exception& error) {
    if (absl::string_view(error.msg()).find("memory") !=
        absl::string_view::npos) {
      return absl::ResourceExhaustedError(
          absl::StrCat("the proof needs more than ", kProofMegabytesMax,
                       " MB: ", error.msg()));
    }
    return absl::InternalError(absl::StrCat("z3: ", error.msg()));
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("z3: ", error.what()));
  }
}

}  // namespace minga::policy::proof

#endif  // MINGA_POLICY_PROOF_Z3_GUARD_H_
