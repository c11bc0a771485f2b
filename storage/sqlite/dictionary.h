#ifndef MINGA_STORAGE_SQLITE_DICTIONARY_H_
#define MINGA_STORAGE_SQLITE_DICTIONARY_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/sqlite/connection.h"

namespace minga::storage::sqlite {

// Table `reason`: reason code, explanation and basis as one small number. A few
// hundred of them explain millions of feed rows. A number never changes its
// meaning once committed, so what was looked up stays in memory.
// Threads: its connection's.
class Dictionary {
 public:
  struct Reason {
    std::string code;
    std::string explanation;
    std::string basis;
  };

  absl::Status Prepare(Connection& connection);

  // The number of the three, made if they are new.
  absl::StatusOr<std::int64_t> Number(absl::string_view code,
                                      absl::string_view explanation,
                                      absl::string_view basis);
  // DATA_LOSS for an unknown number. The reference lives until the next call.
  absl::StatusOr<const Reason*> Find(std::int64_t number) const;

  // Forgets what is in memory: a rollback may have taken numbers back.
  void Forget();

 private:
  Statement find_;
  Statement insert_;
  Statement get_;
  // Of code, a NUL, explanation, a NUL and basis.
  absl::flat_hash_map<std::string, std::int64_t> numbers_;
  mutable absl::flat_hash_map<std::int64_t, Reason> reasons_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_DICTIONARY_H_
