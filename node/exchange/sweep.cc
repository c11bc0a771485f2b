#include "node/exchange/sweep.h"

#include <string>
#include <utility>

#include "node/base/status.h"
#include "node/exchange/received.h"
#include "node/exchange/reevaluate.h"
#include "node/exchange/subject.h"
#include "node/exchange/view.h"

namespace minga::exchange {
namespace {

// Records read at once, and at most written in one transaction: bounds how long
// others wait for the writer.
constexpr int kChunkRecords = 256;

enum class Pass { kWithdrawals, kRest };

class Sweeper {
 public:
  Sweeper(Core& core, const Deed& deed, std::optional<PeerId> only)
      : core_(core), deed_(deed), only_(only) {}

  absl::Status Run(Pass pass) {
    for (const RecordKind kind : {RecordKind::kVacancy, RecordKind::kProfile,
                                  RecordKind::kRightsNotice}) {
      std::string after;
      bool more = true;
      while (more) {
        std::vector<RecordKey> stale;
        const auto read = [&](const storage::Snapshot& snapshot) {
          return FindStale(snapshot, pass, kind, after, more, stale);
        };
        MINGA_RETURN_IF_ERROR(core_.parts.database->Read(read));
        if (!stale.empty()) MINGA_RETURN_IF_ERROR(Write(stale));
      }
    }
    return absl::OkStatus();
  }

  int changed() const { return changed_; }

 private:
  absl::Status FindStale(const storage::Snapshot& snapshot, Pass pass,
                         RecordKind kind, std::string& after, bool& more,
                         std::vector<RecordKey>& stale) {
    MINGA_ASSIGN_OR_RETURN(Scene scene, core_.SceneIn(snapshot));
    if (only_.has_value()) {
      std::erase_if(scene.peers,
                    [&](const PeerFile& p) { return p.id != *only_; });
    }
    MINGA_ASSIGN_OR_RETURN(
        const std::vector<storage::StoredRecord> records,
        snapshot.records().Scan(core_.parts.own, kind, after, kChunkRecords));
    more = records.size() == static_cast<std::size_t>(kChunkRecords);
    for (const storage::StoredRecord& record : records) {
      MINGA_ASSIGN_OR_RETURN(const bool differs,
                             Differs(snapshot, scene, pass, record));
      if (differs) stale.push_back(record.key);
      after = record.key.id;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Differs(const storage::Snapshot& snapshot,
                               const Scene& scene, Pass pass,
                               const storage::StoredRecord& record) {
    const absl::StatusOr<LoadedSubject> loaded =
        LoadSubject(snapshot.people(), record);
    if (!loaded.ok() && !IsUnreadable(loaded.status())) return loaded.status();
    const std::vector<View> views =
        loaded.ok() ? EvaluateViews(scene, loaded->view())
                    : std::vector<View>(scene.peers.size(), UnreadableView());
    for (std::size_t i = 0; i < views.size(); ++i) {
      const PeerId& peer = scene.peers[i].id;
      MINGA_ASSIGN_OR_RETURN(const std::optional<storage::FeedRow> row,
                             snapshot.feeds().Find(peer, record.key));
      const bool shown =
          row.has_value() && row->state == storage::ViewState::kShown;
      if (pass == Pass::kWithdrawals && !shown) continue;
      std::optional<Digest> klass;
      if (record.key.kind == RecordKind::kProfile) {
        MINGA_ASSIGN_OR_RETURN(klass,
                               snapshot.classes().ClassOf(peer, record.key.id));
      }
      if (!SameView(views[i], row, klass)) return true;
    }
    return false;
  }

  absl::Status Write(const std::vector<RecordKey>& stale) {
    return core_.parts.database->Write(
        [&](storage::Transaction& transaction) -> absl::Status {
          MINGA_ASSIGN_OR_RETURN(const Scene scene, core_.SceneIn(transaction));
          Reevaluation views(transaction, scene, deed_);
          for (const RecordKey& key : stale) {
            MINGA_RETURN_IF_ERROR(views.Record(key));
          }
          MINGA_RETURN_IF_ERROR(views.Finish());
          changed_ += views.changed();
          return absl::OkStatus();
        });
  }

  Core& core_;
  const Deed& deed_;
  const std::optional<PeerId> only_;
  int changed_ = 0;
};

}  // namespace

absl::StatusOr<int> Sweep(Core& core, const Deed& deed,
                          std::optional<PeerId> only) {
  Sweeper sweeper(core, deed, only);
  MINGA_RETURN_IF_ERROR(sweeper.Run(Pass::kWithdrawals));
  MINGA_RETURN_IF_ERROR(SweepReceived(core, deed));
  MINGA_RETURN_IF_ERROR(sweeper.Run(Pass::kRest));
  return sweeper.changed();
}

}  // namespace minga::exchange
