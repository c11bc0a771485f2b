#include "node/exchange/policy_diff.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "node/exchange/core.h"
#include "node/exchange/facts.h"
#include "node/exchange/judge.h"
#include "node/exchange/policy_diff_reasons.h"
#include "node/exchange/subject.h"
#include "node/exchange/view.h"

namespace minga::exchange {
namespace {

// Records read in one snapshot: short, so that the database's log does not grow
// behind it.
constexpr int kChunkRecords = 512;
// Pairs of answers whose comparison is remembered; all are dropped when there
// are more. At about 200 bytes each this is 13 MB.
constexpr std::size_t kComparisonsMax = 65536;

constexpr char kOtherReasons[] = "other reasons";

// Counts differences. They are found by their place in a list, so that what a
// pair of answers means is looked up once and counted a million times.
class Tally {
 public:
  using Place = std::size_t;

  Place PlaceOf(Difference difference) {
    std::string key = KeyOf(difference);
    auto found = places_.find(key);
    if (found == places_.end() && all_.size() >= kDifferencesMax) {
      difference.reason = kOtherReasons;
      key = KeyOf(difference);
      found = places_.find(key);
    }
    if (found != places_.end()) return found->second;
    places_.emplace(std::move(key), all_.size());
    all_.push_back(std::move(difference));
    return all_.size() - 1;
  }

  void Count(Place place, const std::string& id) {
    Difference& difference = all_[place];
    ++difference.records;
    if (difference.examples.size() < kDiffExamplesMax) {
      difference.examples.push_back(id);
    }
  }

  std::vector<Difference> Sorted() && {
    std::erase_if(all_, [](const Difference& d) { return d.records == 0; });
    const auto rank = [](const Difference& d) {
      return std::make_tuple(d.peer, d.kind, d.change, -d.records,
                             absl::string_view(d.field),
                             absl::string_view(d.reason));
    };
    std::sort(all_.begin(), all_.end(),
              [&](const Difference& a, const Difference& b) {
                return rank(a) < rank(b);
              });
    return std::move(all_);
  }

 private:
  static std::string KeyOf(const Difference& d) {
    return absl::StrCat(d.peer.ToString(), " ", d.kind, " ", d.change, "\n",
                        d.field, "\n", d.before, "\n", d.after, "\n", d.reason);
  }

  std::vector<Difference> all_;
  absl::flat_hash_map<std::string, Place> places_;
};

// One comparison of the law in force with other law.
class Comparison {
 public:
  Comparison(const policy::PolicySources& old_sources,
             std::shared_ptr<const policy::PolicySet> before,
             const policy::PolicySources& new_sources,
             std::shared_ptr<const policy::PolicySet> after)
      : old_rules_(old_sources),
        new_rules_(new_sources),
        before_(std::move(before)),
        after_(std::move(after)) {}

  const Digest& hash_before() const { return before_.policy().hash(); }

  // One own record for every active peer of `scene`.
  void Record(const Scene& scene, const Subject& subject) {
    if (IsOver(scene, subject)) return;
    const policy::Facts facts =
        FactsForSending(subject.content, subject.consent, scene.today);
    for (const PeerFile& peer : scene.peers) {
      if (!peer.active) continue;
      const policy::Question question =
          SendQuestion(scene, subject.key.kind, peer.id);
      const policy::Answer old = before_.policy().Ask(question, facts);
      const policy::Answer now = after_.policy().Ask(question, facts);
      // The common case, and the reason why a million records take seconds.
      if (SameAnswer(*old, *now)) continue;
      const Pair pair{
          old.basis(),
          now.basis(),
          old->permitted ? KeptBack(scene, subject, peer.id, *old) : "",
          now->permitted ? KeptBack(scene, subject, peer.id, *now) : "",
          peer.id,
          subject.key.kind};
      for (const Tally::Place place : Places(pair, question, facts, old, now)) {
        tally_.Count(place, subject.key.id);
      }
    }
  }

  std::vector<Difference> Result() && { return std::move(tally_).Sorted(); }

 private:
  // Records that agree in these change in the same way for the same reasons.
  struct Pair {
    const void* before;
    const void* after;
    absl::string_view kept_before;
    absl::string_view kept_after;
    PeerId peer;
    RecordKind kind;

    friend bool operator==(const Pair&, const Pair&) = default;
    template <typename H>
    friend H AbslHashValue(H h, const Pair& pair) {
      return H::combine(std::move(h), pair.before, pair.after, pair.kept_before,
                        pair.kept_after, pair.peer, pair.kind);
    }
  };
  struct Known {
    std::vector<Tally::Place> places;
    // A basis means something while it is kept.
    std::shared_ptr<const void> keep_before;
    std::shared_ptr<const void> keep_after;
  };

  static bool SameAnswer(const policy::Decision& old,
                         const policy::Decision& now) {
    if (!old.permitted || !now.permitted) {
      return old.permitted == now.permitted;
    }
    return old.levels == now.levels && old.obligations == now.obligations;
  }

  const std::vector<Tally::Place>& Places(const Pair& pair,
                                          const policy::Question& question,
                                          const policy::Facts& facts,
                                          const policy::Answer& old,
                                          const policy::Answer& now) {
    const auto found = known_.find(pair);
    if (found != known_.end()) return found->second.places;
    if (known_.size() >= kComparisonsMax) known_.clear();
    // The judges deny what the node has no means to keep.
    const Reasoned before{before_.Ask(question, facts).verdict->decision,
                          before_.policy().Explain(question, facts),
                          pair.kept_before};
    const Reasoned after{after_.Ask(question, facts).verdict->decision,
                         after_.policy().Explain(question, facts),
                         pair.kept_after};
    Known known{{}, old.keeper(), now.keeper()};
    for (Difference& difference : exchange::Compare(
             question.kind, before, after, old_rules_, new_rules_)) {
      difference.peer = question.peer;
      known.places.push_back(tally_.PlaceOf(std::move(difference)));
    }
    return known_.emplace(pair, std::move(known)).first->second.places;
  }

  const RuleBook old_rules_;
  const RuleBook new_rules_;
  // Judges of its own: the one in force keeps what it remembers.
  const Judge before_;
  const Judge after_;
  Tally tally_;
  absl::flat_hash_map<Pair, Known> known_;
};

class Differ final : public PolicyDiff {
 public:
  explicit Differ(std::shared_ptr<Core> core) : core_(std::move(core)) {}

  absl::StatusOr<std::vector<Difference>> Compare(
      PolicyDocument which, const policy::DocumentSource& document,
      Progress progress) const override;

 private:
  struct Position {
    RecordKind kind = RecordKind::kUnspecified;
    std::string after;
    bool more = true;
    std::int64_t done = 0;
  };

  absl::StatusOr<std::unique_ptr<Comparison>> Begin(
      PolicyDocument which, const policy::DocumentSource& document,
      std::int64_t& total) const;
  absl::Status Chunk(const storage::Snapshot& snapshot, Comparison& comparison,
                     Position& position) const;

  const std::shared_ptr<Core> core_;
};

std::vector<RecordKind> StoredKinds() {
  std::vector<RecordKind> kinds;
  for (int number = 1; number < kRecordKinds; ++number) {
    const auto kind = static_cast<RecordKind>(number);
    if (IsStoredKind(kind)) kinds.push_back(kind);
  }
  return kinds;
}

absl::StatusOr<std::unique_ptr<Comparison>> Differ::Begin(
    PolicyDocument which, const policy::DocumentSource& document,
    std::int64_t& total) const {
  policy::PolicySources old_sources;
  std::shared_ptr<const Judge> judge;
  const auto read = [&](const storage::Snapshot& snapshot) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(old_sources, ReadSources(snapshot.documents()));
    MINGA_ASSIGN_OR_RETURN(judge, core_->book.InForce(snapshot.documents()));
    for (const RecordKind kind : StoredKinds()) {
      MINGA_ASSIGN_OR_RETURN(const storage::RecordCount count,
                             snapshot.records().Count(core_->parts.own, kind));
      total += count.records;
    }
    return absl::OkStatus();
  };
  MINGA_RETURN_IF_ERROR(core_->parts.database->Read(read));
  policy::PolicySources new_sources = old_sources;
  MINGA_RETURN_IF_ERROR(Replace(which, document, new_sources));
  MINGA_ASSIGN_OR_RETURN(
      std::shared_ptr<const policy::PolicySet> after,
      policy::PolicySet::Load(core_->parts.own, new_sources));
  return std::make_unique<Comparison>(old_sources, judge->shared_policy(),
                                      new_sources, std::move(after));
}

absl::Status Differ::Chunk(const storage::Snapshot& snapshot,
                           Comparison& comparison, Position& position) const {
  MINGA_ASSIGN_OR_RETURN(const Scene scene, core_->SceneIn(snapshot));
  if (scene.judge->policy().hash() != comparison.hash_before()) {
    return absl::AbortedError(
        "other law was put in force meanwhile: compare again");
  }
  MINGA_ASSIGN_OR_RETURN(
      const std::vector<storage::StoredRecord> records,
      snapshot.records().Scan(core_->parts.own, position.kind, position.after,
                              kChunkRecords));
  position.more = records.size() == static_cast<std::size_t>(kChunkRecords);
  position.done += static_cast<std::int64_t>(records.size());
  for (const storage::StoredRecord& record : records) {
    position.after = record.key.id;
    const absl::StatusOr<LoadedSubject> subject =
        LoadSubject(snapshot.people(), record, &snapshot.documents());
    if (subject.ok()) {
      comparison.Record(scene, subject->view());
    } else if (!IsUnreadable(subject.status())) {
      return subject.status();
    }
    // What cannot be read is seen by nobody, before and after.
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Difference>> Differ::Compare(
    PolicyDocument which, const policy::DocumentSource& document,
    Progress progress) const {
  std::int64_t total = 0;
  MINGA_ASSIGN_OR_RETURN(const std::unique_ptr<Comparison> comparison,
                         Begin(which, document, total));
  Position position;
  for (const RecordKind kind : StoredKinds()) {
    position.kind = kind;
    position.after.clear();
    position.more = true;
    while (position.more) {
      MINGA_RETURN_IF_ERROR(
          core_->parts.database->Read([&](const storage::Snapshot& snapshot) {
            return Chunk(snapshot, *comparison, position);
          }));
      if (!progress(position.done, std::max(total, position.done))) {
        return absl::CancelledError("the comparison was stopped");
      }
    }
  }
  return std::move(*comparison).Result();
}

}  // namespace

absl::string_view ViewChangeName(ViewChange change) {
  switch (change) {
    case ViewChange::kReleased:
      return "released";
    case ViewChange::kWithdrawn:
      return "withdrawn";
    case ViewChange::kFiner:
      return "finer";
    case ViewChange::kCoarser:
      return "coarser";
    case ViewChange::kObligations:
      return "obligations";
  }
  return "";
}

std::unique_ptr<PolicyDiff> MakePolicyDiff(std::shared_ptr<Core> core) {
  return std::make_unique<Differ>(std::move(core));
}

}  // namespace minga::exchange
