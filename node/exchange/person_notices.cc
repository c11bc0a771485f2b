#include "node/exchange/person_notices.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "node/base/status.h"

namespace minga::exchange {
namespace {

constexpr absl::string_view kWaiting = "notice/";
constexpr absl::string_view kDelivered = "noticed/";

std::string NameOf(absl::string_view prefix, absl::string_view person,
                   const PeerId& peer) {
  return absl::StrCat(prefix, person, "/", peer.ToString());
}

absl::StatusOr<PersonNotice> Decode(absl::string_view name,
                                    absl::string_view document) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  std::int64_t at = 0;
  if (parts.size() != 3 || !absl::SimpleAtoi(document, &at)) {
    return absl::DataLossError("a stored notice is not one");
  }
  PersonNotice notice;
  notice.person = std::string(parts[1]);
  MINGA_ASSIGN_OR_RETURN(notice.peer, Country::Parse(parts[2]));
  notice.shown_at = absl::FromUnixMicros(at);
  return notice;
}

}  // namespace

absl::Status LeaveNotice(storage::DocumentStore& documents,
                         const PersonNotice& notice) {
  const std::string name = NameOf(kWaiting, notice.person, notice.peer);
  for (const std::string& held :
       {name, NameOf(kDelivered, notice.person, notice.peer)}) {
    MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> found,
                           documents.Get(held));
    if (found.has_value()) return absl::OkStatus();
  }
  return documents.Put(name, absl::StrCat(absl::ToUnixMicros(notice.shown_at)));
}

absl::StatusOr<std::vector<PersonNotice>> ReadNotices(
    const storage::DocumentReader& documents, const PersonNotice& after,
    int limit) {
  const std::string from = after.person.empty()
                               ? std::string(kWaiting)
                               : NameOf(kWaiting, after.person, after.peer);
  MINGA_ASSIGN_OR_RETURN(const auto found,
                         documents.Page(kWaiting, from, limit));
  std::vector<PersonNotice> notices;
  notices.reserve(found.size());
  for (const auto& [name, document] : found) {
    MINGA_ASSIGN_OR_RETURN(PersonNotice notice, Decode(name, document));
    notices.push_back(std::move(notice));
  }
  return notices;
}

absl::Status NoticeDelivered(storage::DocumentStore& documents,
                             absl::string_view person, const PeerId& peer) {
  const std::string name = NameOf(kWaiting, person, peer);
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> held,
                         documents.Get(name));
  if (!held.has_value())
    return absl::NotFoundError(absl::StrCat("no notice to ", person, " about ",
                                            peer.ToString(), " waits"));
  MINGA_RETURN_IF_ERROR(documents.Remove(name).status());
  return documents.Put(NameOf(kDelivered, person, peer), *held);
}

absl::Status ForgetNotices(storage::DocumentStore& documents,
                           absl::string_view person) {
  for (const absl::string_view prefix : {kWaiting, kDelivered}) {
    MINGA_ASSIGN_OR_RETURN(const auto found,
                           documents.List(absl::StrCat(prefix, person, "/")));
    for (const auto& [name, document] : found) {
      MINGA_RETURN_IF_ERROR(documents.Remove(name).status());
    }
  }
  return absl::OkStatus();
}

}  // namespace minga::exchange
