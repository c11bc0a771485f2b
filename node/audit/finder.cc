#include "node/audit/finder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/audit/terms.h"
#include "node/base/status.h"

namespace minga::audit {
namespace {

// Bases kept in memory, at about 1 KB each; all are dropped beyond.
constexpr std::size_t kBasesMax = 16384;
// Positions asked of the index at once.
constexpr int kPositionsAtOnce = 1000;
// What the index lacks is looked through, at about a second a million.
constexpr std::uint64_t kUnindexedMax = 16 * storage::kIndexSegmentEntries;

// Stops a reading that has what it wants; never leaves this file.
absl::Status Enough() { return absl::CancelledError("enough"); }

bool CitesArticle(const v1::Basis& basis, absl::string_view words) {
  for (const v1::CitedRule& rule : basis.rules()) {
    const std::string cited = absl::AsciiStrToLower(
        absl::StrCat(rule.statute(), " ", rule.article()));
    if (absl::StrContains(cited, absl::AsciiStrToLower(words))) return true;
  }
  return false;
}

bool Picks(const LogQuery& query, const v1::Basis& basis) {
  if (!query.reason.empty() && basis.reason() != query.reason) return false;
  if (!query.article.empty() && !CitesArticle(basis, query.article)) {
    return false;
  }
  if (query.rule.empty()) return true;
  return std::any_of(
      basis.rules().begin(), basis.rules().end(),
      [&](const v1::CitedRule& rule) { return rule.id() == query.rule; });
}

// Whether a group may have entries that `query` picks, but for what the group
// rests on.
bool MayPick(const LogQuery& query, const storage::AuditGroup& group) {
  if (!query.peer.empty() && group.peer != query.peer) return false;
  if (!query.actor.empty() && group.actor != query.actor) return false;
  if (!query.events.empty() &&
      query.events.count(static_cast<v1::AuditEvent>(group.event)) == 0) {
    return false;
  }
  if (query.from != absl::InfinitePast() && group.month < MonthOf(query.from)) {
    return false;
  }
  return query.until == absl::InfiniteFuture() ||
         group.month <= MonthOf(query.until);
}

}  // namespace

// One search.
class Finder::Search {
 public:
  Search(const Finder& finder, const LogQuery& query, Visit visit)
      : finder_(finder), query_(query), visit_(visit) {}

  absl::Status Run(LogPosition from) {
    MINGA_ASSIGN_OR_RETURN(const LogPosition size, finder_.reader_.Size());
    MINGA_ASSIGN_OR_RETURN(LogPosition indexed, finder_.index_.Position());
    if (indexed > size) indexed = 0;  // the index of another log
    if (size - indexed > kUnindexedMax) {
      return absl::UnavailableError(
          absl::StrCat("the index of the log is being made: ", indexed, " of ",
                       size, " entries are in it; try again in a minute"));
    }
    if (from < indexed) {
      MINGA_RETURN_IF_ERROR(query_.record.has_value() || !query_.subject.empty()
                                ? ByMark(from, indexed)
                                : ByGroup(from, indexed));
    }
    return Through(std::max(from, indexed), size);
  }

 private:
  absl::Status ByMark(LogPosition from, LogPosition indexed) {
    const std::uint64_t mark = query_.subject.empty()
                                   ? MarkOf(*query_.record)
                                   : MarkOfSubject(query_.subject);
    while (from < indexed) {
      MINGA_ASSIGN_OR_RETURN(const std::vector<LogPosition> positions,
                             finder_.index_.Find(mark, from, kPositionsAtOnce));
      for (const LogPosition position : positions) {
        if (position >= indexed) return absl::OkStatus();
        MINGA_RETURN_IF_ERROR(Through(position, position + 1));
        from = position + 1;
      }
      if (positions.size() < static_cast<std::size_t>(kPositionsAtOnce)) break;
    }
    return absl::OkStatus();
  }

  absl::Status ByGroup(LogPosition from, LogPosition indexed) {
    MINGA_ASSIGN_OR_RETURN(const std::vector<std::int64_t> groups, Groups());
    while (from < indexed && !groups.empty()) {
      const LogPosition end = (from / storage::kIndexSegmentEntries + 1) *
                              storage::kIndexSegmentEntries;
      MINGA_ASSIGN_OR_RETURN(const std::vector<LogPosition> blocks,
                             finder_.index_.Blocks(groups, from));
      for (const LogPosition block : blocks) {
        MINGA_RETURN_IF_ERROR(Through(std::max(from, block),
                                      block + storage::kIndexBlockEntries));
      }
      from = end;
    }
    return absl::OkStatus();
  }

  // Numbers of the groups that may have what is asked for.
  absl::StatusOr<std::vector<std::int64_t>> Groups() {
    MINGA_ASSIGN_OR_RETURN(const std::vector<storage::AuditGroupCount> all,
                           finder_.index_.Groups());
    std::vector<std::int64_t> groups;
    for (const storage::AuditGroupCount& one : all) {
      if (!MayPick(query_, one.group)) continue;
      if (query_.AsksForBasis()) {
        MINGA_ASSIGN_OR_RETURN(const auto basis,
                               finder_.BasisAt(one.group.basis));
        if (basis == nullptr || !Picks(query_, *basis)) continue;
      }
      groups.push_back(one.number);
    }
    std::sort(groups.begin(), groups.end());
    return groups;
  }

  // Looks at all entries of [begin, end).
  absl::Status Through(LogPosition begin, LogPosition end) {
    return finder_.reader_.Read(
        begin, end,
        [&](const LogPlace& at, absl::string_view bytes) -> absl::Status {
          if (!absl::StrContains(bytes, query_.subject)) {
            return absl::OkStatus();
          }
          return Look(at, bytes);
        });
  }

  absl::Status Look(const LogPlace& at, absl::string_view bytes) {
    found_.place = at;
    v1::AuditEntry& entry = found_.entry;
    if (!entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
      return absl::DataLossError(
          absl::StrCat("log entry ", at.index(), " is unreadable"));
    }
    if (!EntryHolds(entry)) return absl::OkStatus();
    found_.before = nullptr;
    MINGA_ASSIGN_OR_RETURN(found_.basis,
                           finder_.BasisOf(at, entry.basis_entry()));
    if (query_.AsksForBasis() &&
        (found_.basis == nullptr || !Picks(query_, *found_.basis))) {
      return absl::OkStatus();
    }
    MINGA_ASSIGN_OR_RETURN(found_.before,
                           finder_.BasisOf(at, entry.basis_before()));
    return visit_(found_) ? absl::OkStatus() : Enough();
  }

  bool EntryHolds(const v1::AuditEntry& entry) const {
    const LogQuery& q = query_;
    if (!q.subject.empty() && entry.subject() != q.subject) return false;
    if (q.record.has_value() && RecordOf(entry, finder_.own_) != q.record) {
      return false;
    }
    if (!q.peer.empty() && entry.peer() != q.peer) return false;
    if (!q.actor.empty() && entry.actor() != q.actor) return false;
    if (!q.events.empty() && q.events.count(entry.event()) == 0) return false;
    const absl::Time at = TimeOf(entry);
    return at >= q.from && at < q.until;
  }

  const Finder& finder_;
  const LogQuery& query_;
  const Visit visit_;
  FoundEntry found_;
};

v1::FindResponse ToProto(const FoundEntry& found) {
  v1::FindResponse out;
  out.mutable_place()->set_log(static_cast<std::uint32_t>(found.place.log));
  out.mutable_place()->set_index(found.place.index());
  *out.mutable_entry() = found.entry;
  if (found.basis != nullptr) *out.mutable_basis() = *found.basis;
  if (found.before != nullptr) *out.mutable_before() = *found.before;
  return out;
}

absl::Status Finder::Find(const LogQuery& query, LogPosition from,
                          Visit visit) const {
  const absl::Status done = Search(*this, query, visit).Run(from);
  return absl::IsCancelled(done) ? absl::OkStatus() : done;
}

absl::StatusOr<FoundEntry> Finder::At(LogPosition position) const {
  FoundEntry found;
  MINGA_ASSIGN_OR_RETURN(const LogReader::Entry read, reader_.At(position));
  found.place = read.place;
  if (!found.entry.ParseFromString(read.bytes)) {
    return absl::DataLossError(
        absl::StrCat("log entry ", read.place.index(), " is unreadable"));
  }
  MINGA_ASSIGN_OR_RETURN(found.basis,
                         BasisOf(read.place, found.entry.basis_entry()));
  MINGA_ASSIGN_OR_RETURN(found.before,
                         BasisOf(read.place, found.entry.basis_before()));
  return found;
}

absl::StatusOr<std::shared_ptr<const v1::Basis>> Finder::BasisOf(
    const LogPlace& place, storage::LeafIndex index) const {
  return BasisAt(index == 0 ? 0 : place.start + index);
}

absl::StatusOr<std::shared_ptr<const v1::Basis>> Finder::BasisAt(
    LogPosition position) const {
  {
    const absl::MutexLock lock(&mutex_);
    const auto known = bases_.find(position);
    if (known != bases_.end()) return known->second;
  }
  if (position == 0) return std::shared_ptr<const v1::Basis>();
  const absl::StatusOr<LogReader::Entry> read = reader_.At(position);
  if (absl::IsNotFound(read.status())) {
    return std::shared_ptr<const v1::Basis>();
  }
  if (!read.ok()) return read.status();
  v1::AuditEntry entry;
  if (!entry.ParseFromString(read->bytes) || !entry.has_basis()) {
    return absl::DataLossError(
        absl::StrCat("log entry ", position, " is no basis of decisions"));
  }
  std::shared_ptr<const v1::Basis> basis =
      std::make_shared<v1::Basis>(std::move(*entry.mutable_basis()));
  const absl::MutexLock lock(&mutex_);
  if (bases_.size() >= kBasesMax) bases_.clear();
  bases_.emplace(position, basis);
  return basis;
}

}  // namespace minga::audit
