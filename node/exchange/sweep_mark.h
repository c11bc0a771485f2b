// SweepMark says where a sweep stands. It is kept in the document kDocSweep,
// written together with what the sweep changes, so that a crash costs at most
// the looking at a few records again. Internal to this room.
#ifndef MINGA_NODE_EXCHANGE_SWEEP_MARK_H_
#define MINGA_NODE_EXCHANGE_SWEEP_MARK_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "node/base/crypto/hash.h"
#include "node/base/ids.h"
#include "node/exchange/sweep_progress.h"
#include "storage/document_store.h"

namespace minga::exchange {

struct Core;
struct Scene;

struct SweepMark {
  // Hash of what the sweep applies: under another policy, by another program or
  // with other hierarchies it starts over.
  Digest policy{};
  // The day on which it began.
  absl::CivilDay day;
  // The one peer it is for; nullopt: all.
  std::optional<PeerId> only;
  // The last record looked at: pass, whose, kind and id. Pass 0: none.
  Country country;
  RecordKind kind = RecordKind::kUnspecified;
  std::string id;
  SweepProgress progress;
};

std::string EncodeMark(const SweepMark& mark);
// nullopt for a text that is no mark, such as that of a sweep which has not
// begun.
std::optional<SweepMark> DecodeMark(absl::string_view text);

// All that a view follows from but the record and the day.
Digest SweptUnder(const Core& core, const Scene& scene);

// The mark of the sweep under way, if what was done under it is still right; if
// not, that of one to begin.
absl::StatusOr<SweepMark> MarkToContinue(Core& core);

// The day on which everything has to be swept again; CivilDay::max() if no
// boundary of the policy comes, nullopt if it never was.
absl::StatusOr<std::optional<absl::CivilDay>> SweepDay(
    const storage::DocumentReader& documents);

// True if something was decided on another day than the days in their order
// would have it: on one that had been left, or on one after `today`.
absl::StatusOr<bool> ClockWasWrong(const storage::DocumentReader& documents,
                                   absl::CivilDay today);
// Something is decided on `day`.
absl::Status NoteDecided(storage::DocumentStore& documents, absl::CivilDay day);

absl::Status PutSweepDay(storage::DocumentStore& documents, absl::CivilDay day);

// Marks that everything has to be swept. ClockWasWrong is false then.
absl::Status OrderSweep(Core& core);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_SWEEP_MARK_H_
