// Batch is one Put on its way: prepared by the caller's thread (validated,
// decided, projected), then committed by the writer's. Internal to this room.
#ifndef MINGA_NODE_EXCHANGE_BATCH_H_
#define MINGA_NODE_EXCHANGE_BATCH_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "node/exchange/content.h"
#include "node/exchange/core.h"
#include "node/exchange/display.h"
#include "node/exchange/exchange.h"
#include "node/exchange/reevaluate.h"
#include "node/exchange/view.h"

namespace minga::exchange {

class Batch {
 public:
  Batch(Core& core, absl::string_view actor);

  // Validates everything and decides what needs no database. The records
  // outlive Commit.
  absl::Status Prepare(const std::vector<const v1::Record*>& records,
                       const std::vector<const v1::Consent*>& consents);
  // The job of the one transaction.
  absl::Status Commit(storage::Transaction& transaction);
  // What Commit would answer, from a snapshot.
  absl::Status Preview(const storage::Snapshot& snapshot);

  std::vector<PutOutcome>& outcomes() { return outcomes_; }

 private:
  struct Item {
    std::size_t index = 0;  // in the request
    RecordKey key;
    std::string body;
    Digest digest{};
    // In scene_; of a profile with the consent that came with it.
    std::optional<Evaluation> evaluation;
    std::string consent;  // serialised; empty if none came
    absl::CivilDay consent_ends;
    // Of a profile, the caller's or what redaction left of it, and what each
    // peer of scene_ may see of it.
    Content profile;
    OwnedContent redacted;
    std::unique_ptr<Looks> looks;
    // Of a profile: the key of its person, of somebody unknown that of `draft`,
    // and what is made with it.
    std::string person_key;
    storage::PersonDraft draft;
    std::string sealed;  // body
    Digest commitment{};
  };
  // A second record with the content of the first.
  struct Twin {
    std::size_t index = 0;
    std::size_t of = 0;
  };

  absl::Status PrepareOne(std::size_t index, const v1::Record& record,
                          const v1::Consent* consent);
  // Evaluates a profile and makes what its peers may see of it.
  void PrepareProfile(const Content& content, const v1::Consent* consent,
                      Item& item);
  // Looks for the persons' keys, and does what needs them. Where the database
  // has changed until Commit, it is done again there.
  absl::Status FindKeys();
  absl::Status Seal(Item& item) const;
  absl::Status Store(storage::Transaction& transaction, Item& item,
                     Reevaluation& views, bool same_scene);
  // Adds the person, with the consent, unless known; true then.
  absl::StatusOr<bool> StorePerson(storage::Transaction& transaction,
                                   Item& item);
  // Stores the consent if it is another one; true then.
  absl::StatusOr<bool> StoreConsent(storage::Transaction& transaction,
                                    const Item& item, bool new_person);
  absl::Status StoreProfile(storage::Transaction& transaction, Item& item,
                            Reevaluation& views, bool same_scene);
  // Evaluates it as far as what was prepared does not hold.
  absl::Status ShowProfile(storage::Transaction& transaction, const Item& item,
                           Reevaluation& views, bool same_scene,
                           bool new_person);
  absl::StatusOr<storage::PutResult> StoreBody(
      storage::Transaction& transaction, const Item& item, std::string body);
  absl::Status LogRedacted(storage::Transaction& transaction, const Item& item);
  void AnswerTwins();

  Core& core_;
  const Deed deed_;
  Scene scene_;
  std::vector<PutOutcome> outcomes_;
  std::vector<Item> items_;
  std::vector<Twin> twins_;
  absl::flat_hash_map<RecordKey, std::size_t> by_key_;  // into items_
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_BATCH_H_
