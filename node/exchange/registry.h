// Registry is the Exchange. Internal to this room.
#ifndef MINGA_NODE_EXCHANGE_REGISTRY_H_
#define MINGA_NODE_EXCHANGE_REGISTRY_H_

#include <memory>
#include <vector>

#include "node/exchange/core.h"
#include "node/exchange/exchange.h"
#include "node/exchange/reevaluate.h"

namespace minga::exchange {

class Registry final : public Exchange {
 public:
  explicit Registry(std::shared_ptr<Core> core) : core_(std::move(core)) {}

  PutHandle PutAsync(absl::string_view actor,
                     const std::vector<const v1::Record*>& records,
                     const std::vector<const v1::Consent*>& consents,
                     bool dry_run, PutDone done) override;
  absl::StatusOr<FoundRecord> Get(const RecordKey& key) const override;
  absl::StatusOr<FoundPage> Search(
      const storage::SearchQuery& query) const override;
  absl::StatusOr<int> Withdraw(absl::string_view actor, const RecordKey& key,
                               absl::string_view reason) override;
  absl::StatusOr<int> SetConsent(absl::string_view actor,
                                 absl::string_view person,
                                 const v1::Consent* consent) override;
  absl::StatusOr<Erasure> ErasePerson(absl::string_view actor,
                                      absl::string_view person) override;
  absl::StatusOr<absl::Time> Housekeep(absl::Time now) override;
  absl::StatusOr<ViewExplanation> Explain(const RecordKey& key,
                                          const PeerId& peer) const override;

 private:
  // Writes one transaction with one re-evaluation; returns `count` of it.
  absl::StatusOr<int> WriteViews(
      const std::function<absl::Status(storage::Transaction&, Reevaluation&)>&
          change,
      const Deed& deed, int (Reevaluation::*count)() const);
  absl::StatusOr<FoundRecord> Found(const storage::Snapshot& snapshot,
                                    const storage::StoredRecord& record) const;

  const std::shared_ptr<Core> core_;
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_REGISTRY_H_
