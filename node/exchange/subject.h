// How records are kept in the store, and what of them a view is made from.
//
//   own vacancy, rights notice   the message
//   own profile                  the message sealed under the person's key, the
//                                record's key ("CO/profile/7") as context
//   received record              16 bytes, big-endian: a bit that says that it
//                                must not be passed on, a bit that is set, the
//                                last day it may be kept (days since 1970, 0 =
//                                no limit; 30 bits), the epoch of the feed that
//                                brought it (64 bits), the day on which its
//                                stay began (days since 1970; 32 bits); then
//                                the message. Written before stays were noted:
//                                the second bit is not set, the day of the stay
//                                is not there
#ifndef MINGA_NODE_EXCHANGE_SUBJECT_H_
#define MINGA_NODE_EXCHANGE_SUBJECT_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "node/base/crypto/hash.h"
#include "node/base/ids.h"
#include "node/base/random.h"
#include "node/exchange/content.h"
#include "node/exchange/obligations.h"
#include "storage/document_store.h"
#include "storage/person_store.h"
#include "storage/record_store.h"

namespace minga::v1 {
class Consent;
}  // namespace minga::v1

namespace minga::exchange {

// An own record as a view is made from it. Points; owns nothing.
struct Subject {
  RecordKey key;
  Revision revision = 0;
  Content content;
  const v1::Consent* consent = nullptr;  // of a profile's person, if given
  absl::string_view person_key;          // of a profile
  // SubjectOf the person (audit_entries.h), if the caller has it at hand.
  const Digest* commitment = nullptr;
  // Where releases of held records are (holds.h); null: nothing is released.
  const storage::DocumentReader* documents = nullptr;
};

// The same with what it points at.
struct LoadedSubject {
  LoadedSubject();
  LoadedSubject(LoadedSubject&&) noexcept;
  LoadedSubject& operator=(LoadedSubject&&) noexcept;
  ~LoadedSubject();

  RecordKey key;
  Revision revision = 0;
  OwnedContent content;
  std::unique_ptr<v1::Consent> consent;
  std::string person_key;
  const storage::DocumentReader* documents = nullptr;

  Subject view() const;
};

// Opens an own record. DATA_LOSS if its bytes or its person's key are not what
// they were. `documents`, in which its releases are looked for, outlives it.
absl::StatusOr<LoadedSubject> LoadSubject(
    const storage::PersonReader& people, const storage::StoredRecord& record,
    const storage::DocumentReader* documents = nullptr);

// The person's consent; null if none holds (never given, or withdrawn).
absl::StatusOr<std::unique_ptr<v1::Consent>> LoadConsent(
    const storage::PersonReader& people, absl::string_view person);

absl::StatusOr<std::string> SealProfile(const RecordKey& key,
                                        absl::string_view person_key,
                                        absl::string_view message,
                                        Random& random);

struct ReceivedBody {
  // From 1970-01-02 on.
  std::optional<absl::CivilDay> keep_until;
  bool no_onward_transfer = false;
  Epoch epoch = 0;
  // The day on which its stay here began (retention.h), from 1970 on. Nullopt
  // if that was not noted: the day of its last change then.
  std::optional<absl::CivilDay> since;
  absl::string_view message;
};

std::string EncodeReceived(const ReceivedBody& body);
// DATA_LOSS if it is too short. The result points into `stored`.
absl::StatusOr<ReceivedBody> DecodeReceived(absl::string_view stored);

// The digest of what a peer sees: SHA-256 of the projected bytes and, if there
// are any, of the terms that go with them, so that stricter terms are sent as a
// change.
Digest DigestOfShown(absl::string_view body, const Terms& terms);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_SUBJECT_H_
