#include "federation/restored.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "node/base/status.h"

namespace minga::federation {
namespace {

constexpr absl::string_view kAsk = "restore/ask/";
constexpr absl::string_view kLaw = "restore/law";

std::string Prefix(const PeerId& origin) {
  return absl::StrCat("withdrawn/", origin.ToString(), "/");
}
std::string CountName(const PeerId& origin) {
  return absl::StrCat("withdrawn-count/", origin.ToString());
}
// Names sort as places do.
std::string NameOf(const PeerId& origin, Epoch epoch, SeqNo seq) {
  return absl::StrFormat("%s%020d/%020d", Prefix(origin), epoch, seq);
}

// Where the erasure of that name stood.
absl::Status ReadPlace(const PeerId& origin, absl::string_view name,
                       ErasedPage& page) {
  const std::vector<absl::string_view> place =
      absl::StrSplit(absl::StripPrefix(name, Prefix(origin)), '/');
  if (place.size() == 2 && absl::SimpleAtoi(place[0], &page.epoch) &&
      absl::SimpleAtoi(place[1], &page.seq)) {
    return absl::OkStatus();
  }
  return absl::DataLossError("a remembered erasure has no place");
}

absl::StatusOr<int> CountOf(const storage::DocumentReader& documents,
                            const PeerId& origin) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                         documents.Get(CountName(origin)));
  int count = 0;
  if (text.has_value() && !absl::SimpleAtoi(*text, &count)) {
    return absl::DataLossError("the count of erasures is not a number");
  }
  return count;
}

// Forgets the oldest tenth.
absl::StatusOr<int> ForgetOldest(storage::DocumentStore& documents,
                                 const PeerId& origin, int count) {
  MINGA_ASSIGN_OR_RETURN(
      const auto oldest,
      documents.Page(Prefix(origin), "", kErasuresKeptMax / 10));
  for (const auto& [name, key] : oldest) {
    MINGA_RETURN_IF_ERROR(documents.Remove(name).status());
  }
  return count - static_cast<int>(oldest.size());
}

}  // namespace

absl::Status RememberErasures(storage::DocumentStore& documents,
                              const PageHeader& page,
                              const std::vector<KeptErasure>& erasures) {
  if (erasures.empty()) return absl::OkStatus();
  for (const KeptErasure& erasure : erasures) {
    MINGA_RETURN_IF_ERROR(documents.Put(
        NameOf(page.origin, page.epoch, erasure.seq), erasure.proof));
  }
  MINGA_ASSIGN_OR_RETURN(int count, CountOf(documents, page.origin));
  count += static_cast<int>(erasures.size());
  if (count > kErasuresKeptMax) {
    MINGA_ASSIGN_OR_RETURN(count, ForgetOldest(documents, page.origin, count));
  }
  return documents.Put(CountName(page.origin), absl::StrCat(count));
}

absl::StatusOr<ErasedPage> ErasedAfter(const storage::Snapshot& snapshot,
                                       const PeerId& origin, Epoch epoch,
                                       SeqNo seq) {
  MINGA_ASSIGN_OR_RETURN(
      auto found,
      snapshot.documents().Page(Prefix(origin), NameOf(origin, epoch, seq),
                                kErasuresSentMax));
  ErasedPage page;
  page.more = found.size() == static_cast<std::size_t>(kErasuresSentMax);
  for (auto& [name, proof] : found) {
    MINGA_RETURN_IF_ERROR(ReadPlace(origin, name, page));
    const absl::StatusOr<RecordKey> key = ErasedKey(origin, proof);
    if (!key.ok()) continue;  // proves nothing
    // Shown again since.
    MINGA_ASSIGN_OR_RETURN(const std::optional<storage::ToldRow> told,
                           snapshot.views().Find(*key));
    if (!told.has_value()) page.proofs.push_back(std::move(proof));
  }
  return page;
}

absl::StatusOr<bool> ForgetErasures(storage::DocumentStore& documents,
                                    const PeerId& origin) {
  MINGA_ASSIGN_OR_RETURN(const auto found,
                         documents.Page(Prefix(origin), "", kErasuresSentMax));
  for (const auto& [name, proof] : found) {
    MINGA_RETURN_IF_ERROR(documents.Remove(name).status());
  }
  MINGA_RETURN_IF_ERROR(documents.Remove(CountName(origin)).status());
  return found.size() < static_cast<std::size_t>(kErasuresSentMax);
}

absl::Status PutToBeAsked(storage::DocumentStore& documents,
                          const ToBeAsked& ask) {
  return documents.Put(absl::StrCat(kAsk, ask.peer.ToString()),
                       absl::StrCat(ask.head.epoch, " ", ask.head.last, " ",
                                    absl::ToUnixSeconds(ask.until)));
}

absl::StatusOr<std::vector<ToBeAsked>> AllToBeAsked(
    const storage::DocumentReader& documents) {
  MINGA_ASSIGN_OR_RETURN(const auto found, documents.List(kAsk));
  std::vector<ToBeAsked> all;
  for (const auto& [name, text] : found) {
    ToBeAsked ask;
    MINGA_ASSIGN_OR_RETURN(ask.peer,
                           Country::Parse(absl::StripPrefix(name, kAsk)));
    const std::vector<absl::string_view> parts = absl::StrSplit(text, ' ');
    std::int64_t until = 0;
    if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &ask.head.epoch) ||
        !absl::SimpleAtoi(parts[1], &ask.head.last) ||
        !absl::SimpleAtoi(parts[2], &until)) {
      return absl::DataLossError(absl::StrCat("`", name, "` cannot be read"));
    }
    ask.until = absl::FromUnixSeconds(until);
    all.push_back(ask);
  }
  return all;
}

absl::Status WasAsked(storage::DocumentStore& documents, const PeerId& peer) {
  return documents.Remove(absl::StrCat(kAsk, peer.ToString())).status();
}

absl::Status SetLawToConfirm(storage::DocumentStore& documents, bool confirm) {
  if (confirm) return documents.Put(kLaw, "to be confirmed");
  return documents.Remove(kLaw).status();
}

absl::StatusOr<bool> IsLawToConfirm(const storage::DocumentReader& documents) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> law,
                         documents.Get(kLaw));
  return law.has_value();
}

absl::Status MaySend(const storage::DocumentReader& documents, absl::Time now) {
  MINGA_ASSIGN_OR_RETURN(const bool law, IsLawToConfirm(documents));
  if (law) {
    return absl::UnavailableError(
        "this node was restored from a backup; its operator has to confirm "
        "that today's law is in force");
  }
  MINGA_ASSIGN_OR_RETURN(const std::vector<ToBeAsked> asks,
                         AllToBeAsked(documents));
  for (const ToBeAsked& ask : asks) {
    if (now < ask.until) {
      return absl::UnavailableError(
          "this node was restored from a backup and is asking its peers what "
          "was withdrawn since");
    }
  }
  return absl::OkStatus();
}

}  // namespace minga::federation
