// Reads the hierarchies that an operator put into a folder.
#ifndef MINGA_NODE_HIERARCHY_FILES_H_
#define MINGA_NODE_HIERARCHY_FILES_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "node/exchange/hierarchies.h"

namespace minga {

// The files `<trait>.csv` of `folder` in the place of the built-in ones; other
// files that do not end in ".csv" are not looked at. An empty name stands for
// the built-in ones alone.
//   NOT_FOUND            no such folder, or nothing in it that is a hierarchy:
//                        a folder mistaken for another must not go unnoticed.
//   INVALID_ARGUMENT     "file:line: ..." of Hierarchies::Parse.
//   FAILED_PRECONDITION, PERMISSION_DENIED  of reading a file.
absl::StatusOr<std::shared_ptr<const exchange::Hierarchies>> LoadHierarchies(
    const std::string& folder);

}  // namespace minga

#endif  // MINGA_NODE_HIERARCHY_FILES_H_
