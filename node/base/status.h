// Status helpers: nothing of ours throws, so every call that can fail says so
// in its type and these macros keep the failing path to one line.
#ifndef MINGA_NODE_BASE_STATUS_H_
#define MINGA_NODE_BASE_STATUS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace minga {

// Returns `status` with "`place`: " before its message; OK stays OK.
absl::Status At(absl::string_view place, const absl::Status& status);

}  // namespace minga

#define MINGA_STATUS_CONCAT_INNER(a, b) a##b
#define MINGA_STATUS_CONCAT(a, b) MINGA_STATUS_CONCAT_INNER(a, b)

#define MINGA_RETURN_IF_ERROR(expression)                               \
  do {                                                                  \
    if (absl::Status minga_status_ = (expression); !minga_status_.ok()) \
      return minga_status_;                                             \
  } while (false)

#define MINGA_ASSIGN_OR_RETURN(target, expression)                          \
  MINGA_ASSIGN_OR_RETURN_INNER(MINGA_STATUS_CONCAT(minga_or_, __COUNTER__), \
                               target, expression)
#define MINGA_ASSIGN_OR_RETURN_INNER(holder, target, expression) \
  auto holder = (expression);                                    \
  if (!holder.ok()) return holder.status();                      \
  target = *std::move(holder)

#endif  // MINGA_NODE_BASE_STATUS_H_
