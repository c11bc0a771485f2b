#include "tests/simulation/text_exchange.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "node/base/crypto/hash.h"
#include "node/base/status.h"

namespace minga::test {
namespace {

constexpr int kScanMax = 1000;

storage::StoredRecord Stored(const RecordKey& key, Revision revision,
                             absl::string_view body) {
  storage::StoredRecord record;
  record.key = key;
  record.revision = revision;
  record.body = std::string(body);
  record.digest = Sha256(body);
  record.changed_at = absl::FromUnixSeconds(1'800'000'000);
  return record;
}

std::string MarkName(const PeerId& from) {
  return absl::StrCat("test/mark/", from.ToString());
}

// Ids that the new epoch has not brought yet.
absl::StatusOr<std::vector<std::string>> Marked(
    storage::Transaction& transaction, const PeerId& from) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> mark,
                         transaction.documents().Get(MarkName(from)));
  if (!mark.has_value()) return std::vector<std::string>();
  return std::vector<std::string>(
      absl::StrSplit(*mark, '\n', absl::SkipEmpty()));
}

absl::Status SetMarked(storage::Transaction& transaction, const PeerId& from,
                       const std::vector<std::string>& ids) {
  return transaction.documents().Put(MarkName(from), absl::StrJoin(ids, "\n"));
}

std::string GenerationName(const PeerId& from) {
  return absl::StrCat("test/generation/", from.ToString());
}

absl::StatusOr<Epoch> Generation(storage::Transaction& transaction,
                                 const PeerId& from) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                         transaction.documents().Get(GenerationName(from)));
  Epoch generation = 0;
  if (text.has_value() && !absl::SimpleAtoi(*text, &generation)) {
    return absl::DataLossError("the generation is not a number");
  }
  return generation;
}

}  // namespace

std::string ProjectionOf(const RecordKey& key, absl::string_view text) {
  return absl::StrCat(key.ToString(), "\n", text);
}

absl::Status Decide(storage::Transaction& transaction, const RecordKey& key,
                    const PeerId& peer) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::StoredRecord> record,
                         transaction.records().Get(key));
  storage::FeedRow row;
  row.key = key;
  if (record.has_value()) {
    row.state = storage::ViewState::kShown;
    row.revision = record->revision;
    row.digest = Sha256(ProjectionOf(key, record->body));
  } else {
    row.state = storage::ViewState::kGone;
    row.reason = "erased";
  }
  return transaction.feeds().Put(peer, row).status();
}

absl::Status WithholdText(storage::Transaction& transaction,
                          const RecordKey& key, const PeerId& peer,
                          SeqNo place) {
  MINGA_ASSIGN_OR_RETURN(std::optional<storage::FeedRow> row,
                         transaction.feeds().Find(peer, key));
  if (!row.has_value() || row->seq != place) return absl::OkStatus();
  row->state = storage::ViewState::kWithheld;
  row->digest = Digest{};
  row->reason = "unreadable";
  return transaction.feeds().Put(peer, *row).status();
}

absl::Status PutTextUndecided(storage::Transaction& transaction,
                              const RecordKey& key, absl::string_view text) {
  return transaction.records().Put(Stored(key, 0, text), /*own=*/true).status();
}

absl::Status PutText(storage::Transaction& transaction, const RecordKey& key,
                     absl::string_view text, const std::vector<PeerId>& peers) {
  MINGA_RETURN_IF_ERROR(PutTextUndecided(transaction, key, text));
  for (const PeerId& peer : peers) {
    MINGA_RETURN_IF_ERROR(Decide(transaction, key, peer));
  }
  return absl::OkStatus();
}

absl::Status EraseText(storage::Transaction& transaction, const RecordKey& key,
                       const std::vector<PeerId>& peers) {
  MINGA_RETURN_IF_ERROR(transaction.records().Erase(key).status());
  for (const PeerId& peer : peers) {
    MINGA_RETURN_IF_ERROR(Decide(transaction, key, peer));
  }
  return absl::OkStatus();
}

absl::StatusOr<federation::Projection> TextExchange::Project(
    const storage::Snapshot& snapshot, const PeerId&,
    const storage::FeedRow& row) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::StoredRecord> record,
                         snapshot.records().Get(row.key));
  if (!record.has_value()) return absl::NotFoundError("no such record");
  if (record->body == kUnreadableText) return absl::DataLossError("unreadable");
  std::string body = ProjectionOf(row.key, record->body);
  if (Sha256(body) != row.digest) {
    return absl::FailedPreconditionError("the view is stale");
  }
  federation::Projection projection{std::move(body), 30};
  projection.no_onward_transfer = absl::EndsWith(record->body, kObligedText);
  return projection;
}

void TextExchange::Reevaluate(const PeerId& peer, std::vector<RecordKey> keys) {
  if (deaf) return;
  for (RecordKey& key : keys) questions.push_back({peer, std::move(key)});
}

void TextExchange::Withhold(const PeerId& peer,
                            std::vector<std::pair<SeqNo, RecordKey>> rows) {
  if (deaf) return;
  for (auto& [seq, key] : rows) questions.push_back({peer, key, seq});
}

absl::StatusOr<int> TextExchange::TakeBack(storage::Transaction& transaction,
                                           const PeerId& peer,
                                           absl::Span<const RecordKey> keys) {
  int taken = 0;
  for (const RecordKey& key : keys) {
    MINGA_ASSIGN_OR_RETURN(const bool erased, transaction.records().Erase(key));
    MINGA_RETURN_IF_ERROR(Decide(transaction, key, peer));
    taken += erased ? 1 : 0;
  }
  return taken;
}

std::vector<federation::InboundRejection> TextExchange::Validate(
    const PeerId&, absl::Span<const federation::InboundRow> rows) {
  std::vector<federation::InboundRejection> rejected;
  for (const federation::InboundRow& row : rows) {
    if (!row.upsert) continue;
    if (!absl::StartsWith(row.body, absl::StrCat(row.key.ToString(), "\n"))) {
      rejected.push_back({row.seq, "the body is of another record"});
    } else if (absl::EndsWith(row.body, kRejectedText)) {
      rejected.push_back({row.seq, "asked for"});
    }
  }
  return rejected;
}

absl::StatusOr<federation::ApplyResult> TextExchange::Apply(
    storage::Transaction& transaction, const PeerId& from,
    absl::Span<const federation::InboundRow> rows,
    std::vector<federation::InboundRejection> rejected) {
  if (!apply_error.ok()) return apply_error;
  federation::ApplyResult result;
  MINGA_ASSIGN_OR_RETURN(std::vector<std::string> marked,
                         Marked(transaction, from));
  MINGA_ASSIGN_OR_RETURN(const Epoch epoch, Generation(transaction, from));
  auto refused = rejected.begin();
  for (const federation::InboundRow& row : rows) {
    if (refused != rejected.end() && refused->seq == row.seq) {
      ++refused;
      if (row.upsert) {
        MINGA_RETURN_IF_ERROR(
            transaction.views().Put(row.key, {Sha256(row.body), false, epoch}));
      }
      continue;
    }
    if (row.upsert) {
      MINGA_RETURN_IF_ERROR(
          transaction.records()
              .Put(Stored(row.key, row.revision, row.body), /*own=*/false)
              .status());
      if (row.no_onward_transfer) obliged.insert(row.key);
      MINGA_RETURN_IF_ERROR(
          transaction.views().Put(row.key, {Sha256(row.body), true, epoch}));
      ++result.applied;
    } else {
      MINGA_RETURN_IF_ERROR(transaction.records().Erase(row.key).status());
      MINGA_RETURN_IF_ERROR(transaction.views().Remove(row.key));
      ++result.withdrawn;
    }
    std::erase(marked, row.key.id);
  }
  MINGA_RETURN_IF_ERROR(SetMarked(transaction, from, marked));
  result.rejected = std::move(rejected);
  return result;
}

absl::Status TextExchange::BeginEpoch(storage::Transaction& transaction,
                                      const PeerId& from, Epoch epoch) {
  MINGA_RETURN_IF_ERROR(
      transaction.documents().Put(GenerationName(from), absl::StrCat(epoch)));
  std::vector<std::string> ids;
  MINGA_ASSIGN_OR_RETURN(
      const std::vector<storage::StoredRecord> held,
      transaction.records().Scan(from, RecordKind::kVacancy, "", kScanMax));
  for (const storage::StoredRecord& record : held) {
    ids.push_back(record.key.id);
  }
  return SetMarked(transaction, from, ids);
}

absl::StatusOr<int> TextExchange::Settle(storage::Transaction& transaction,
                                         const PeerId& from, int limit) {
  MINGA_ASSIGN_OR_RETURN(std::vector<std::string> marked,
                         Marked(transaction, from));
  int erased = 0;
  while (!marked.empty() && erased < limit) {
    const RecordKey key{from, RecordKind::kVacancy, marked.back()};
    marked.pop_back();
    MINGA_RETURN_IF_ERROR(transaction.records().Erase(key).status());
    MINGA_RETURN_IF_ERROR(transaction.views().Remove(key));
    ++erased;
  }
  MINGA_RETURN_IF_ERROR(SetMarked(transaction, from, marked));
  MINGA_ASSIGN_OR_RETURN(const Epoch epoch, Generation(transaction, from));
  MINGA_ASSIGN_OR_RETURN(const int told, transaction.views().RemoveOthers(
                                             from, epoch, limit - erased));
  return erased + told;
}

}  // namespace minga::test
