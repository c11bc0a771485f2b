#include "node/exchange/sweep.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "node/base/status.h"
#include "node/exchange/due.h"
#include "node/exchange/received.h"
#include "node/exchange/reevaluate.h"
#include "node/exchange/rotation.h"
#include "node/exchange/subject.h"
#include "node/exchange/sweep_mark.h"

namespace minga::exchange {
namespace {

// Records read at once, and at most written in one transaction: bounds how long
// others wait for the writer.
constexpr int kChunkRecords = 256;
// Chunks without a change after which the place is written all the same. Each
// time costs an fsync, and a crash this many chunks of reading.
constexpr int kChunksUnsaved = 16;

constexpr int kWithdrawals = 1;
constexpr int kReceived = 2;
constexpr int kRest = 3;

// Records of one country and kind in one pass.
struct Segment {
  int pass = 0;
  Country country;
  RecordKind kind = RecordKind::kUnspecified;

  friend auto operator<=>(const Segment&, const Segment&) = default;
};

class Sweeper {
 public:
  // `keeps_house`: on behalf of Housekeep.
  Sweeper(Core& core, const Deed& deed, SweepMark mark, bool keeps_house)
      : core_(core),
        deed_(deed),
        keeps_house_(keeps_house),
        mark_(std::move(mark)),
        latest_(mark_.day) {}

  // Finds what there is to do. Sets mark.policy and day of a new sweep.
  absl::Status Open() {
    return core_.parts.database->Read(
        [&](const storage::Snapshot& snapshot) { return OpenIn(snapshot); });
  }
  // One chunk; false if there is none left.
  absl::StatusOr<bool> Step();
  absl::Status Save();
  // Takes the mark away and notes when everything has to be swept again.
  absl::Status Finish();

  int changed() const { return changed_; }

 private:
  absl::Status OpenIn(const storage::Snapshot& snapshot);
  absl::Status FindStale(const storage::Snapshot& snapshot,
                         const Segment& segment);
  absl::StatusOr<bool> IsStale(const storage::Snapshot& snapshot,
                               const Scene& scene, int pass,
                               const storage::StoredRecord& record) const;
  absl::StatusOr<bool> IsShown(const storage::Snapshot& snapshot,
                               const Scene& scene, const RecordKey& key) const;
  // `subject` is null if the record cannot be read.
  absl::StatusOr<bool> DiffersFor(const storage::Snapshot& snapshot,
                                  const PeerFile& peer, const RecordKey& key,
                                  const View& view, int pass,
                                  const LoadedSubject* subject,
                                  Bodies* bodies) const;
  absl::Status Write(const Segment& segment);
  absl::Status WriteIn(storage::Transaction& transaction,
                       const Segment& segment, int& changed);
  absl::Status NoteDone(storage::Transaction& transaction);
  absl::Status NoteDay(storage::Transaction& transaction);

  Core& core_;
  const Deed& deed_;
  const bool keeps_house_;
  SweepMark mark_;
  absl::CivilDay latest_;          // the last day seen
  std::vector<Segment> segments_;  // what is left, the next one first
  std::size_t next_ = 0;           // into segments_
  int unsaved_ = 0;
  int changed_ = 0;
  // Of the chunk in hand.
  std::vector<RecordKey> stale_;
  int seen_ = 0;
};

absl::Status Sweeper::OpenIn(const storage::Snapshot& snapshot) {
  MINGA_ASSIGN_OR_RETURN(const Scene scene, core_.SceneIn(snapshot));
  const bool fresh = mark_.progress.pass == 0;
  const Segment at{mark_.progress.pass, mark_.country, mark_.kind};
  std::int64_t total = 0;
  const auto add = [&](int pass, Country country) -> absl::Status {
    for (int number = 0; number < kRecordKinds; ++number) {
      const auto kind = static_cast<RecordKind>(number);
      if (!IsStoredKind(kind)) continue;
      const Segment segment{pass, country, kind};
      if (segment >= at) segments_.push_back(segment);
      MINGA_ASSIGN_OR_RETURN(const storage::RecordCount count,
                             snapshot.records().Count(country, kind));
      total += count.records;
    }
    return absl::OkStatus();
  };
  MINGA_RETURN_IF_ERROR(add(kWithdrawals, core_.parts.own));
  for (const PeerFile& peer : scene.peers) {
    if (mark_.only.has_value() && peer.id != *mark_.only) continue;
    MINGA_RETURN_IF_ERROR(add(kReceived, peer.id));
  }
  MINGA_RETURN_IF_ERROR(add(kRest, core_.parts.own));
  std::sort(segments_.begin(), segments_.end());
  if (fresh) {
    mark_.policy = SweptUnder(core_, scene);
    mark_.day = latest_ = scene.today;
    mark_.progress = {true, kWithdrawals, 0, total};
  } else if (!segments_.empty() && segments_.front() != at) {
    mark_.id.clear();
  }
  core_.sweep.Set(mark_.progress);
  return absl::OkStatus();
}

absl::StatusOr<bool> Sweeper::Step() {
  if (next_ >= segments_.size()) return false;
  const Segment segment = segments_[next_];
  mark_.progress.pass = segment.pass;
  mark_.country = segment.country;
  mark_.kind = segment.kind;
  stale_.clear();
  seen_ = 0;
  const auto read = [&](const storage::Snapshot& snapshot) {
    return FindStale(snapshot, segment);
  };
  const absl::Status found = core_.parts.database->Read(read);
  // What was looked at on the day that was left is looked at again.
  if (absl::IsAborted(found)) MINGA_RETURN_IF_ERROR(OrderSweep(core_));
  MINGA_RETURN_IF_ERROR(found);
  mark_.progress.done += seen_;
  if (!stale_.empty()) {
    MINGA_RETURN_IF_ERROR(Write(segment));
  } else if (++unsaved_ >= kChunksUnsaved) {
    MINGA_RETURN_IF_ERROR(Save());
  }
  core_.sweep.Set(mark_.progress);
  if (seen_ < kChunkRecords) {
    ++next_;
    mark_.id.clear();
    if (next_ < segments_.size()) {
      // What is saved from here on continues there.
      mark_.country = segments_[next_].country;
      mark_.kind = segments_[next_].kind;
      mark_.progress.pass = segments_[next_].pass;
    }
  }
  return next_ < segments_.size();
}

absl::Status Sweeper::FindStale(const storage::Snapshot& snapshot,
                                const Segment& segment) {
  MINGA_ASSIGN_OR_RETURN(Scene scene, core_.SceneIn(snapshot));
  if (scene.today < latest_) {
    return absl::AbortedError("sweep: the clock was set back");
  }
  latest_ = scene.today;
  if (mark_.only.has_value() && segment.pass != kReceived) {
    std::erase_if(scene.peers,
                  [&](const PeerFile& p) { return p.id != *mark_.only; });
  }
  MINGA_ASSIGN_OR_RETURN(const std::vector<storage::StoredRecord> records,
                         snapshot.records().Scan(segment.country, segment.kind,
                                                 mark_.id, kChunkRecords));
  seen_ = static_cast<int>(records.size());
  for (const storage::StoredRecord& record : records) {
    bool stale = false;
    if (segment.pass == kReceived) {
      stale = IsStaleReceived(scene, record);
    } else {
      MINGA_ASSIGN_OR_RETURN(stale,
                             IsStale(snapshot, scene, segment.pass, record));
    }
    if (stale) stale_.push_back(record.key);
    mark_.id = record.key.id;
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Sweeper::IsShown(const storage::Snapshot& snapshot,
                                      const Scene& scene,
                                      const RecordKey& key) const {
  for (const PeerFile& peer : scene.peers) {
    MINGA_ASSIGN_OR_RETURN(const std::optional<storage::FeedRow> row,
                           snapshot.feeds().Find(peer.id, key));
    if (row.has_value() && row->state == storage::ViewState::kShown) {
      return true;
    }
  }
  return false;
}

absl::StatusOr<bool> Sweeper::DiffersFor(const storage::Snapshot& snapshot,
                                         const PeerFile& peer,
                                         const RecordKey& key, const View& view,
                                         int pass, const LoadedSubject* subject,
                                         Bodies* bodies) const {
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::FeedRow> row,
                         snapshot.feeds().Find(peer.id, key));
  const bool shown =
      row.has_value() && row->state == storage::ViewState::kShown;
  if (pass == kWithdrawals && !shown) return false;
  if (view.verdict == nullptr || bodies == nullptr) {
    return !SameView(view, row);
  }
  MINGA_ASSIGN_OR_RETURN(
      const bool same,
      SameDisplay(snapshot.classes(), peer, view, *subject, *bodies, row));
  return !same;
}

absl::StatusOr<bool> Sweeper::IsStale(
    const storage::Snapshot& snapshot, const Scene& scene, int pass,
    const storage::StoredRecord& record) const {
  if (pass == kWithdrawals) {
    MINGA_ASSIGN_OR_RETURN(const bool shown,
                           IsShown(snapshot, scene, record.key));
    if (!shown) return false;
  }
  const absl::StatusOr<LoadedSubject> loaded =
      LoadSubject(snapshot.people(), record, &snapshot.documents());
  if (!loaded.ok() && !IsUnreadable(loaded.status())) return loaded.status();
  Evaluation now;
  std::optional<Bodies> bodies;
  if (loaded.ok()) {
    now = Evaluate(scene, loaded->view());
    if (record.key.kind == RecordKind::kProfile) {
      bodies.emplace(loaded->content.view().profile(), *scene.hierarchies);
    }
  } else {
    now.views.assign(scene.peers.size(), UnreadableView());
  }
  for (std::size_t i = 0; i < now.views.size(); ++i) {
    MINGA_ASSIGN_OR_RETURN(
        const bool differs,
        DiffersFor(snapshot, scene.peers[i], record.key, now.views[i], pass,
                   loaded.ok() ? &*loaded : nullptr,
                   bodies ? &*bodies : nullptr));
    if (differs) return true;
  }
  if (pass == kWithdrawals) return false;
  // The day is that of all peers: of one of them it can only be earlier.
  return mark_.only.has_value() ? now.due < record.due : now.due != record.due;
}

absl::Status Sweeper::Write(const Segment& segment) {
  int changed = 0;
  const auto write = [&](storage::Transaction& transaction) {
    return WriteIn(transaction, segment, changed);
  };
  MINGA_RETURN_IF_ERROR(core_.parts.database->Write(write));
  changed_ += changed;
  unsaved_ = 0;
  return absl::OkStatus();
}

absl::Status Sweeper::WriteIn(storage::Transaction& transaction,
                              const Segment& segment, int& changed) {
  MINGA_ASSIGN_OR_RETURN(const Scene scene, core_.SceneIn(transaction));
  Reevaluation views(transaction, scene, deed_);
  // People are released when all have been looked at (ReleaseWaiting), finely
  // before coarsely and in no order that tells who is who.
  views.SetRelease(Release::kNobody, 0);
  for (const RecordKey& key : stale_) {
    if (segment.pass == kReceived) {
      MINGA_RETURN_IF_ERROR(ReevaluateReceived(transaction, scene, deed_, key));
    } else if (segment.pass == kWithdrawals) {
      MINGA_RETURN_IF_ERROR(views.RecordWhereShown(key));
    } else {
      MINGA_RETURN_IF_ERROR(views.Record(key));
    }
  }
  MINGA_RETURN_IF_ERROR(views.Finish());
  changed = views.changed();
  return transaction.documents().Put(kDocSweep, EncodeMark(mark_));
}

absl::Status Sweeper::Save() {
  unsaved_ = 0;
  return core_.parts.database->Write([&](storage::Transaction& transaction) {
    return transaction.documents().Put(kDocSweep, EncodeMark(mark_));
  });
}

// What was due is done up to the day before the sweep began. That is known to
// Housekeep already, unless it never kept house or the clock was set back.
absl::Status Sweeper::NoteDay(storage::Transaction& transaction) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                         transaction.documents().Get(kDocSweptDay));
  const absl::StatusOr<absl::CivilDay> last = ParseDay(text.value_or(""));
  if (last.ok() && *last <= mark_.day) return absl::OkStatus();
  return transaction.documents().Put(kDocSweptDay, FormatDay(mark_.day - 1));
}

absl::Status Sweeper::NoteDone(storage::Transaction& transaction) {
  MINGA_ASSIGN_OR_RETURN(const Scene scene, core_.SceneIn(transaction));
  const absl::CivilDay next = scene.judge->policy().NextBoundary(mark_.day);
  if (!mark_.only.has_value()) {
    MINGA_RETURN_IF_ERROR(
        transaction.documents().Put(kDocSweptBy, core_.parts.version));
    if (keeps_house_) MINGA_RETURN_IF_ERROR(NoteDay(transaction));
    return PutSweepDay(transaction.documents(), next);
  }
  MINGA_ASSIGN_OR_RETURN(const std::optional<absl::CivilDay> planned,
                         SweepDay(transaction.documents()));
  // Never swept: that stays to be done.
  if (!planned.has_value()) return absl::OkStatus();
  return PutSweepDay(transaction.documents(), std::min(*planned, next));
}

absl::Status Sweeper::Finish() {
  const auto finish = [&](storage::Transaction& transaction) -> absl::Status {
    MINGA_RETURN_IF_ERROR(NoteDone(transaction));
    return transaction.documents().Remove(kDocSweep).status();
  };
  MINGA_RETURN_IF_ERROR(core_.parts.database->Write(finish));
  mark_.progress.running = false;
  core_.sweep.Set(mark_.progress);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int> Sweep(Core& core, const Deed& deed,
                          std::optional<PeerId> only) {
  SweepMark mark;
  mark.only = only;
  Sweeper sweeper(core, deed, std::move(mark), /*keeps_house=*/false);
  MINGA_RETURN_IF_ERROR(sweeper.Open());
  bool more = true;
  while (more) {
    MINGA_ASSIGN_OR_RETURN(more, sweeper.Step());
  }
  MINGA_RETURN_IF_ERROR(sweeper.Finish());
  // Views of people that the sweep has changed already.
  MINGA_RETURN_IF_ERROR(ReleaseWaiting(core, deed, only));
  return sweeper.changed();
}

absl::StatusOr<bool> ContinueSweep(Core& core, const Deed& deed,
                                   const WorkBudget& budget) {
  MINGA_ASSIGN_OR_RETURN(SweepMark mark, MarkToContinue(core));
  Sweeper sweeper(core, deed, std::move(mark), /*keeps_house=*/true);
  MINGA_RETURN_IF_ERROR(sweeper.Open());
  bool more = true;
  while (more) {
    MINGA_ASSIGN_OR_RETURN(more, sweeper.Step());
    if (!more) break;
    if (budget.Spent()) {
      MINGA_RETURN_IF_ERROR(sweeper.Save());
      return false;
    }
  }
  MINGA_RETURN_IF_ERROR(sweeper.Finish());
  // KeepEpochs releases who waits.
  core.released_on.clear();
  return true;
}

}  // namespace minga::exchange
