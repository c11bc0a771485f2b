#include "federation/view_items.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "federation/audit_entry.h"
#include "minga/v1/audit.pb.h"
#include "minga/v1/reconcile.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"

namespace minga::federation {
namespace {

// Less than from the end of one night to the beginning of the next.
constexpr absl::Duration kAnewEvery = absl::Hours(18);
// What the log and the peers are told of a record that was here only.
constexpr absl::string_view kSurplus = "not-shown";

std::string OursName(const PeerId& from) {
  return absl::StrCat("federation/compared/", from.ToString());
}
std::string TheirsName(const PeerId& peer) {
  return absl::StrCat("federation/compared-by/", peer.ToString());
}
std::string OrderName(const PeerId& from) {
  return absl::StrCat("federation/compare/", from.ToString());
}

// Takes items into a set; scanning cannot stop, so the first error is kept.
class Collector {
 public:
  void operator()(const storage::ViewItem& item) {
    if (status_.ok()) {
      status_ = set_.Add({TagOf(item.kind, item.id), item.digest});
    }
  }
  absl::StatusOr<ItemSet> Take(const absl::Status& scanned) {
    MINGA_RETURN_IF_ERROR(scanned);
    MINGA_RETURN_IF_ERROR(status_);
    MINGA_RETURN_IF_ERROR(set_.Sort());
    return std::move(set_);
  }

 private:
  ItemSet set_;
  absl::Status status_;
};

std::vector<Item> Sorted(absl::Span<const Item> items) {
  std::vector<Item> sorted(items.begin(), items.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

bool IsAmong(const std::vector<Item>& sorted, const storage::ViewItem& item) {
  return std::binary_search(sorted.begin(), sorted.end(),
                            Item{TagOf(item.kind, item.id), item.digest});
}

std::string Counts(std::uint64_t items, std::uint64_t missing,
                   std::uint64_t stale, std::uint64_t surplus) {
  return absl::StrCat("compared ", items, ", missing ", missing, ", stale ",
                      stale, ", surplus ", surplus);
}

}  // namespace

absl::StatusOr<ItemSet> ShownItems(const storage::Snapshot& snapshot,
                                   const PeerId& peer, SeqNo upto) {
  Collector collector;
  const absl::Status scanned = snapshot.views().Shown(
      peer, upto, [&](const storage::ViewItem& item) { collector(item); });
  return collector.Take(scanned);
}

absl::StatusOr<ItemSet> ToldItems(const storage::Snapshot& snapshot,
                                  const PeerId& from) {
  Collector collector;
  const absl::Status scanned = snapshot.views().Told(
      from, [&](const storage::ViewItem& item) { collector(item); });
  return collector.Take(scanned);
}

absl::StatusOr<std::vector<Tag>> MovedSince(const storage::Snapshot& snapshot,
                                            const PeerId& peer, SeqNo after) {
  std::vector<Tag> tags;
  while (true) {
    MINGA_ASSIGN_OR_RETURN(
        const std::vector<storage::FeedRow> rows,
        snapshot.feeds().Read(peer, after, kFeedPageRowsMax));
    for (const storage::FeedRow& row : rows) {
      tags.push_back(
          TagOf(row.key.kind, row.wire_id.empty() ? row.key.id : row.wire_id));
      after = row.seq;
    }
    if (tags.size() > kMovedMax) {
      return absl::AbortedError(
          absl::StrCat("more than ", kMovedMax,
                       " rows stand after the cursor; compare when "
                       "they have been taken"));
    }
    if (rows.size() < static_cast<std::size_t>(kFeedPageRowsMax)) return tags;
  }
}

absl::StatusOr<std::vector<SeqNo>> PlacesOf(const storage::Snapshot& snapshot,
                                            const PeerId& peer,
                                            absl::Span<const Item> items) {
  const std::vector<Item> sorted = Sorted(items);
  MINGA_ASSIGN_OR_RETURN(const storage::FeedHead head,
                         snapshot.feeds().Head(peer));
  std::vector<SeqNo> places;
  MINGA_RETURN_IF_ERROR(snapshot.views().Shown(
      peer, head.last, [&](const storage::ViewItem& item) {
        if (IsAmong(sorted, item)) places.push_back(item.seq);
      }));
  std::sort(places.begin(), places.end());
  return places;
}

absl::StatusOr<std::vector<ToldRecord>> RecordsOf(
    const storage::Snapshot& snapshot, const PeerId& from,
    absl::Span<const Item> items) {
  const std::vector<Item> sorted = Sorted(items);
  std::vector<ToldRecord> records;
  MINGA_RETURN_IF_ERROR(snapshot.views().Told(from, [&](const storage::ViewItem&
                                                            item) {
    if (!IsAmong(sorted, item)) return;
    records.push_back({{from, item.kind, std::string(item.id)}, item.digest});
  }));
  return records;
}

absl::StatusOr<int> SendAgain(storage::Transaction& transaction,
                              const PeerId& peer,
                              absl::Span<const SeqNo> places) {
  int sent = 0;
  for (const SeqNo place : places) {
    MINGA_ASSIGN_OR_RETURN(
        std::vector<storage::FeedRow> rows,
        transaction.feeds().Read(peer, place - 1, /*limit=*/1));
    if (rows.empty() || rows.front().seq != place ||
        rows.front().state != storage::ViewState::kShown) {
      continue;  // has changed since, so it is on its way anyhow
    }
    rows.front().resend = true;
    MINGA_RETURN_IF_ERROR(transaction.feeds().Put(peer, rows.front()).status());
    ++sent;
  }
  return sent;
}

absl::StatusOr<int> EraseSurplus(storage::Transaction& transaction,
                                 Inbox& inbox, const PeerId& from,
                                 absl::Span<const ToldRecord> records) {
  std::vector<InboundRow> rows;
  for (const ToldRecord& record : records) {
    MINGA_ASSIGN_OR_RETURN(const std::optional<storage::ToldRow> told,
                           transaction.views().Find(record.key));
    if (!told.has_value() || told->digest != record.digest) continue;
    InboundRow row;
    row.seq = rows.size() + 1;
    row.key = record.key;
    row.reason = kSurplus;
    rows.push_back(std::move(row));
  }
  if (rows.empty()) return 0;
  MINGA_RETURN_IF_ERROR(
      inbox.Apply(transaction, from, rows, /*rejected=*/{}).status());
  return static_cast<int>(rows.size());
}

absl::Status KeepComparison(storage::Transaction& transaction,
                            const PeerId& from, v1::Comparison& comparison,
                            absl::Time now) {
  MINGA_ASSIGN_OR_RETURN(const v1::Comparison last,
                         LastComparison(transaction.documents(), from));
  comparison.set_number(last.number() + 1);
  *comparison.mutable_anew_at() =
      comparison.brought_anew() ? comparison.at() : last.anew_at();
  MINGA_RETURN_IF_ERROR(transaction.documents().Put(
      OursName(from), comparison.SerializeAsString()));
  MINGA_RETURN_IF_ERROR(
      transaction.documents().Remove(OrderName(from)).status());
  // One that came to nothing says nothing of the view.
  if (!comparison.error().empty() && !comparison.brought_anew()) {
    return absl::OkStatus();
  }
  return transaction.audit()
      .Append(PeerEntry(
          v1::AUDIT_EVENT_VIEW_COMPARED, now, "system", from,
          comparison.brought_anew()
              ? comparison.error()
              : absl::StrCat(Counts(comparison.items(), comparison.missing(),
                                    comparison.stale(), comparison.surplus()),
                             ", erased ", comparison.erased()),
          AsView(Sha256(comparison.note()))))
      .status();
}

absl::StatusOr<bool> MayBringAnew(const storage::DocumentReader& documents,
                                  const PeerId& from, absl::Time now) {
  MINGA_ASSIGN_OR_RETURN(const v1::Comparison last,
                         LastComparison(documents, from));
  return now >= absl::FromUnixSeconds(last.anew_at().seconds()) + kAnewEvery;
}

absl::StatusOr<v1::Comparison> LastComparison(
    const storage::DocumentReader& documents, const PeerId& from) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> stored,
                         documents.Get(OursName(from)));
  v1::Comparison comparison;
  if (stored.has_value() && !comparison.ParseFromString(*stored)) {
    return absl::DataLossError("the stored comparison cannot be read");
  }
  return comparison;
}

absl::Status KeepStatement(storage::Transaction& transaction,
                           const PeerId& peer,
                           const ComparedStatement& statement,
                           const std::string& note, absl::Time now) {
  MINGA_RETURN_IF_ERROR(transaction.documents().Put(TheirsName(peer), note));
  return transaction.audit()
      .Append(PeerEntry(v1::AUDIT_EVENT_VIEW_COMPARED, now, PeerActor(peer),
                        peer,
                        Counts(statement.items, statement.missing,
                               statement.stale, statement.surplus),
                        AsView(Sha256(note))))
      .status();
}

absl::StatusOr<std::string> LastStatement(
    const storage::DocumentReader& documents, const PeerId& peer) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> note,
                         documents.Get(TheirsName(peer)));
  return note.value_or("");
}

absl::Status OrderComparison(storage::DocumentStore& documents,
                             const PeerId& from) {
  return documents.Put(OrderName(from), "ordered");
}

absl::StatusOr<bool> IsOrdered(const storage::DocumentReader& documents,
                               const PeerId& from) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> order,
                         documents.Get(OrderName(from)));
  return order.has_value();
}

}  // namespace minga::federation
