// The part of the checks that reads logs.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "federation/page_apply.h"
#include "minga/v1/audit.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "storage/merkle.h"
#include "tests/simulation/region/checks.h"

namespace minga::region {
namespace {

std::string PageName(Country peer, const v1::AuditEntry& e) {
  return absl::StrCat(peer.ToString(), " ", e.epoch(), " ", e.after(), " ",
                      e.upto(), " ", e.count(), " ", e.digest());
}

Digest NodeHashOf(const Digest& left, const Digest& right) {
  return Sha256(
      absl::StrCat(std::string(1, '\1'), AsView(left), AsView(right)));
}

// RFC 6962 by itself: one more leaf on top of `size` of them.
void AppendLeaf(std::uint64_t size, std::vector<Digest>& peaks,
                absl::string_view entry) {
  Digest hash = Sha256(absl::StrCat(std::string(1, '\0'), entry));
  for (; size % 2 == 1; size /= 2) {
    hash = NodeHashOf(peaks.back(), hash);
    peaks.pop_back();
  }
  peaks.push_back(hash);
}

Digest RootOf(const std::vector<Digest>& peaks) {
  if (peaks.empty()) return Sha256("");
  Digest root = peaks.back();
  for (std::size_t i = peaks.size() - 1; i > 0; --i) {
    root = NodeHashOf(peaks[i - 1], root);
  }
  return root;
}

absl::Status SameRoot(const storage::AuditReader& audit, std::uint64_t size,
                      const std::vector<Digest>& peaks) {
  MINGA_ASSIGN_OR_RETURN(const Digest root, storage::RootAt(audit, size));
  if (root == RootOf(peaks)) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("the log's first ", size, " entries have another root"));
}

}  // namespace

absl::Status Checks::ReadLog(const Node& node) {
  Log& log = logs_[node.own()];
  return node.database().Read([&](const storage::Snapshot& s) -> absl::Status {
    const storage::AuditReader& audit = s.audit();
    MINGA_ASSIGN_OR_RETURN(const storage::LeafIndex size, audit.Size());
    if (size < log.size) return absl::InternalError("the log has shrunk");
    MINGA_RETURN_IF_ERROR(SameRoot(audit, log.size, log.peaks));
    while (log.size < size) {
      MINGA_ASSIGN_OR_RETURN(const std::string bytes,
                             audit.EntryBundle(log.size / kTileWidth));
      MINGA_ASSIGN_OR_RETURN(const std::vector<std::string> entries,
                             storage::SplitBundle(bytes));
      for (std::size_t i = log.size % kTileWidth; i < entries.size(); ++i) {
        v1::AuditEntry entry;
        if (!entry.ParseFromString(entries[i])) {
          return absl::InternalError("not an audit entry");
        }
        AppendLeaf(log.size++, log.peaks, entries[i]);
        MINGA_RETURN_IF_ERROR(ReadEntry(node.own(), log, entry));
      }
    }
    return SameRoot(audit, log.size, log.peaks);
  });
}

absl::Status Checks::ReadEntry(Country own, Log& log,
                               const v1::AuditEntry& entry) {
  const auto peer = Country::Parse(entry.peer());
  if (!peer.ok()) return absl::OkStatus();
  switch (entry.event()) {
    case v1::AUDIT_EVENT_PAGE_SENT:
      log.sent.insert(PageName(*peer, entry));
      // What a follower had confirmed before may come once more.
      if (entry.upto() > log.confirmed[{*peer, entry.epoch()}]) {
        log.waiting[*peer].insert({entry.epoch(), entry.upto()});
      }
      break;
    case v1::AUDIT_EVENT_RECEIPT_TAKEN: {
      // One up to a place speaks for everything before it.
      SeqNo& confirmed = log.confirmed[{*peer, entry.epoch()}];
      confirmed = std::max(confirmed, entry.upto());
      std::erase_if(log.waiting[*peer], [&](const auto& page) {
        return page.first == entry.epoch() && page.second <= entry.upto();
      });
      break;
    }
    case v1::AUDIT_EVENT_PAGE_APPLIED: {
      storage::Cursor& at = log.applied[*peer];
      const bool begins = entry.after() == 0;
      if (!begins && at != storage::Cursor{entry.epoch(), entry.after()}) {
        return absl::InternalError(absl::StrCat(
            "page (", entry.after(), ", ", entry.upto(), "] of epoch ",
            entry.epoch(), " was applied at ", at.epoch, "/", at.seq));
      }
      at = {entry.epoch(), entry.upto()};
      if (entry.count() > 0) log.taken[*peer].push_back(PageName(*peer, entry));
      break;
    }
    case v1::AUDIT_EVENT_RECORD_WITHDRAWN:
    case v1::AUDIT_EVENT_RECORD_REJECTED:
      held_.erase({*peer, own, entry.record_id()});
      break;
    default:
      break;
  }
  return absl::OkStatus();
}

absl::Status Checks::CheckPages(const Node& origin, const Node& follower) {
  // What was applied was sent.
  Log& log = logs_[follower.own()];
  const std::set<std::string>& sent = logs_[origin.own()].sent;
  for (std::string& page : log.taken[origin.own()]) {
    page.replace(0, 2, follower.own().ToString());
    if (!sent.contains(page)) {
      return absl::InternalError(
          absl::StrCat("page ", page.substr(0, page.rfind(' ')),
                       " was applied and not logged by its origin"));
    }
  }
  log.taken[origin.own()].clear();
  storage::FeedHead head;
  const absl::Status read =
      origin.database().Read([&](const storage::Snapshot& s) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(head, s.feeds().Head(follower.own()));
        return absl::OkStatus();
      });
  MINGA_RETURN_IF_ERROR(read);
  for (const auto& [epoch, upto] :
       logs_[origin.own()].waiting[follower.own()]) {
    if (epoch == head.epoch) {
      return absl::InternalError(
          absl::StrCat("the page up to ", upto, " has no receipt and no heir"));
    }
  }
  logs_[origin.own()].waiting[follower.own()].clear();
  return absl::OkStatus();
}

}  // namespace minga::region
