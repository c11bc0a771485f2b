// Ladders, rungs and checks in words, for people.
#ifndef MINGA_NODE_CLI_ANONYMITY_WORDS_H_
#define MINGA_NODE_CLI_ANONYMITY_WORDS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "minga/v1/anonymity.pb.h"

namespace minga::cli {

// What a rung shows more coarsely than the policy permits: "occupation: 2
// digits; not shown: experience, region", or "nothing".
std::string RungText(const v1::Rung& rung);

// A table of rungs and who stands on them, and who on none: `hidden`.
std::string LadderTable(
    const v1::Ladder& ladder,
    const google::protobuf::RepeatedPtrField<v1::RungCount>& counts,
    bool with_loss);

std::string PlanText(const v1::PlanLadderResponse& plan,
                     absl::string_view peer);
std::string ShowText(const v1::ShowLadderResponse& shown,
                     absl::string_view peer);
std::string VerifyText(const v1::VerifyAnonymityResponse& check,
                       absl::string_view peer);

// The file that `anonymity activate` reads, with what was planned as comments.
std::string LadderFile(const v1::PlanLadderResponse& plan,
                       absl::string_view peer);

}  // namespace minga::cli

#endif  // MINGA_NODE_CLI_ANONYMITY_WORDS_H_
