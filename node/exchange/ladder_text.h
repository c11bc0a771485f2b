// Ladders as files: text format of v1.Ladder, written by hand or by
// `minga anonymity plan`.
#ifndef MINGA_NODE_EXCHANGE_LADDER_TEXT_H_
#define MINGA_NODE_EXCHANGE_LADDER_TEXT_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "minga/v1/anonymity.pb.h"

namespace minga::exchange {

// Sixteen rungs that name every field, ten times over for comments.
inline constexpr std::size_t kLadderBytesMax = std::size_t{256} << 10;

// INVALID_ARGUMENT "name:line:column: ..." with all mistakes of the form, or
// the first of LadderOf.
absl::StatusOr<v1::Ladder> ParseLadder(const std::string& name,
                                       absl::string_view text);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_LADDER_TEXT_H_
