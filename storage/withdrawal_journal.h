// WithdrawalJournal remembers, apart from the database and all its backups,
// what was taken back: so that nothing of it comes back with an older copy. It
// lies with the persons' keys: where they are, it is; where they are lost,
// nobody's profile can be read.
//
// An entry is a keyed hash of what it is about: the journal leads to no record
// and no person. It is durable before the commit of the transaction that notes
// it; if that commit fails, it is one too many, and what it is about may be
// taken back once more.
#ifndef MINGA_STORAGE_WITHDRAWAL_JOURNAL_H_
#define MINGA_STORAGE_WITHDRAWAL_JOURNAL_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/base/ids.h"

namespace minga::storage {

// Numbers are stored.
enum class Withdrawal : std::uint8_t {
  kRecord = 1,   // an own record was erased, or taken from a peer by a change
  kConsent = 2,  // the consent of the person of this profile was changed
  kLaw = 3,      // policy, agreement or peers were changed; key: none
};

// A backup older than this is not expected to be put back: entries are
// forgotten then.
inline constexpr int kJournalDays = 400;

class WithdrawalJournal {
 public:
  virtual ~WithdrawalJournal() = default;

  virtual absl::Status Note(Withdrawal what, const RecordKey& key,
                            absl::Time at) = 0;

  // True from an opening that found entries which this state of the database
  // does not know - it is an older copy, or the machine crashed just before a
  // commit - until CaughtUp.
  virtual bool IsAhead() const = 0;
  // Whether one of those entries is about `key`.
  virtual absl::StatusOr<bool> IsAhead(Withdrawal what,
                                       const RecordKey& key) const = 0;
  // All of it has been taken back again; holds from the commit on.
  virtual void CaughtUp() = 0;
};

}  // namespace minga::storage

#endif  // MINGA_STORAGE_WITHDRAWAL_JOURNAL_H_
