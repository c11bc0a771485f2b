#include "node/exchange/holds.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "node/base/status.h"

namespace minga::exchange {
namespace {

constexpr absl::string_view kPrefix = "hold/";
// After every country code: ids hold no slash, so that names of one record
// follow each other.
constexpr absl::string_view kAfterAllPeers = "~";

std::string RecordPrefix(const RecordKey& key) {
  return absl::StrCat(kPrefix, KindName(key.kind), "/", key.id, "/");
}

std::string NameOf(const PeerId& peer, const RecordKey& key) {
  return absl::StrCat(RecordPrefix(key), peer.ToString());
}

absl::Status Damaged() {
  return absl::DataLossError("a stored hold is not one");
}

// Four lines: the revision and, of a release, a space and its scope;
// microseconds since 1970; actor; the reason is the rest. Earlier versions
// wrote no scope.
std::string Encode(const Hold& hold) {
  return absl::StrCat(
      hold.released,
      hold.scope.has_value() ? absl::StrCat(" ", EncodeScope(*hold.scope)) : "",
      "\n", absl::ToUnixMicros(hold.at), "\n", hold.actor, "\n", hold.reason);
}

absl::Status Decode(absl::string_view document, Hold& hold) {
  const std::vector<absl::string_view> lines =
      absl::StrSplit(document, absl::MaxSplits('\n', 3));
  const std::pair<absl::string_view, absl::string_view> first =
      absl::StrSplit(lines[0], absl::MaxSplits(' ', 1));
  std::int64_t at = 0;
  if (lines.size() != 4 || !absl::SimpleAtoi(first.first, &hold.released) ||
      !absl::SimpleAtoi(lines[1], &at)) {
    return Damaged();
  }
  // A release whose scope cannot be read does not stand, and is listed.
  absl::StatusOr<ReleaseScope> scope = DecodeScope(hold.key.kind, first.second);
  if (scope.ok()) hold.scope = *std::move(scope);
  hold.at = absl::FromUnixMicros(at);
  hold.actor = std::string(lines[2]);
  hold.reason = std::string(lines[3]);
  return absl::OkStatus();
}

absl::Status DecodeName(absl::string_view name, Country own, Hold& hold) {
  absl::ConsumePrefix(&name, kPrefix);
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  if (parts.size() != 3) return Damaged();
  hold.key.country = own;
  hold.key.id = std::string(parts[1]);
  MINGA_ASSIGN_OR_RETURN(hold.key.kind, ParseKind(parts[0]));
  MINGA_ASSIGN_OR_RETURN(hold.peer, Country::Parse(parts[2]));
  return absl::OkStatus();
}

}  // namespace

bool Stands(const Hold& hold, Revision revision,
            const policy::Decision& decision) {
  if (revision == 0 || hold.released != revision || !hold.scope.has_value()) {
    return false;
  }
  return !decision.permitted ||
         Beyond(*hold.scope, ScopeOf(hold.key.kind, decision)).empty();
}

bool IsReleased(const storage::DocumentReader* documents, const PeerId& peer,
                const RecordKey& key, Revision revision,
                const policy::Decision& decision) {
  if (documents == nullptr || revision == 0) return false;
  const absl::StatusOr<Hold> hold = FindHold(*documents, peer, key);
  return hold.ok() && Stands(*hold, revision, decision);
}

absl::StatusOr<Hold> FindHold(const storage::DocumentReader& documents,
                              const PeerId& peer, const RecordKey& key) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> document,
                         documents.Get(NameOf(peer, key)));
  if (!document.has_value()) {
    return absl::NotFoundError("the record is not held");
  }
  Hold hold;
  hold.peer = peer;
  hold.key = key;
  MINGA_RETURN_IF_ERROR(Decode(*document, hold));
  return hold;
}

absl::Status PutHold(storage::DocumentStore& documents, const Hold& hold) {
  return documents.Put(NameOf(hold.peer, hold.key), Encode(hold));
}

absl::Status PutWaiting(storage::DocumentStore& documents, const PeerId& peer,
                        const RecordKey& key, Revision revision,
                        absl::Time at) {
  const absl::StatusOr<Hold> known = FindHold(documents, peer, key);
  if (known.ok() && known->released == revision) return absl::OkStatus();
  // One that cannot be read is written anew: it released nothing.
  if (!known.ok() && !absl::IsNotFound(known.status()) &&
      !absl::IsDataLoss(known.status())) {
    return known.status();
  }
  Hold hold;
  hold.peer = peer;
  hold.key = key;
  hold.at = at;
  return PutHold(documents, hold);
}

absl::StatusOr<std::vector<Hold>> ReadHolds(
    const storage::DocumentReader& documents, Country own,
    const RecordKey& after, int limit) {
  const std::string from =
      after.id.empty() ? std::string(kPrefix)
                       : absl::StrCat(RecordPrefix(after), kAfterAllPeers);
  MINGA_ASSIGN_OR_RETURN(const auto found,
                         documents.Page(kPrefix, from, limit));
  std::vector<Hold> holds;
  holds.reserve(found.size());
  for (const auto& [name, document] : found) {
    Hold hold;
    MINGA_RETURN_IF_ERROR(DecodeName(name, own, hold));
    MINGA_RETURN_IF_ERROR(Decode(document, hold));
    holds.push_back(std::move(hold));
  }
  return holds;
}

absl::Status ForgetHolds(storage::DocumentStore& documents,
                         const RecordKey& key) {
  MINGA_ASSIGN_OR_RETURN(const auto found, documents.List(RecordPrefix(key)));
  for (const auto& [name, document] : found) {
    MINGA_RETURN_IF_ERROR(documents.Remove(name).status());
  }
  return absl::OkStatus();
}

absl::Status ForgetHoldsOf(storage::DocumentStore& documents,
                           const PeerId& peer) {
  MINGA_ASSIGN_OR_RETURN(const auto found, documents.List(kPrefix));
  const std::string end = absl::StrCat("/", peer.ToString());
  for (const auto& [name, document] : found) {
    if (!absl::EndsWith(name, end)) continue;
    MINGA_RETURN_IF_ERROR(documents.Remove(name).status());
  }
  return absl::OkStatus();
}

}  // namespace minga::exchange
