// Keys of the rows of the audit logs. Internal to the audit store.
#ifndef MINGA_STORAGE_SQLITE_AUDIT_KEYS_H_
#define MINGA_STORAGE_SQLITE_AUDIT_KEYS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "storage/audit_chain.h"

namespace minga::storage::sqlite {

// 2^48 tiles of level 0 are 2^56 entries: no log gets there.
inline constexpr int kTileIndexBits = 48;
// Levels of a log of 2^56 entries.
inline constexpr int kLevelsMax = 7;
// Levels have 3 bits, and what is left of 63 is the number of the log.
inline constexpr int kLogNumberShift = kTileIndexBits + 3;
static_assert(kLogsMax <= std::int64_t{1} << (63 - kLogNumberShift));

inline absl::Status NoTile(absl::string_view what, std::uint64_t index) {
  return absl::OutOfRangeError(
      absl::StrCat("audit log: there is no ", what, " ", index));
}

inline std::int64_t KeyOf(std::int64_t number, int level, std::uint64_t index) {
  return (number << kLogNumberShift) |
         (static_cast<std::int64_t>(level) << kTileIndexBits) |
         static_cast<std::int64_t>(index);
}
inline std::int64_t BundleKey(std::int64_t number, std::uint64_t bundle) {
  return KeyOf(number, 0, bundle);
}

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_AUDIT_KEYS_H_
