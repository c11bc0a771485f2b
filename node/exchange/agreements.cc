#include "node/exchange/agreements.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "node/base/crypto/hash.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/exchange/scene.h"

namespace minga::exchange {
namespace {

std::string NameFor(absl::string_view prefix, const PeerId& peer) {
  return absl::StrCat(prefix, peer.ToString());
}

std::string DigestOf(absl::string_view text) {
  return Hex(AsView(Sha256(text)));
}

absl::StatusOr<std::vector<std::string>> ReadReplaced(
    const storage::DocumentReader& documents, const PeerId& peer) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> kept,
                         documents.Get(NameFor(kDocMouReplaced, peer)));
  return std::vector<std::string>(
      absl::StrSplit(kept.value_or(""), '\n', absl::SkipEmpty()));
}

// Remembers that `text` was in force and is not any more.
absl::Status Replaced(storage::DocumentStore& documents, const PeerId& peer,
                      absl::string_view text) {
  MINGA_ASSIGN_OR_RETURN(std::vector<std::string> replaced,
                         ReadReplaced(documents, peer));
  replaced.push_back(DigestOf(text));
  if (replaced.size() > kReplacedMax) replaced.erase(replaced.begin());
  return documents.Put(NameFor(kDocMouReplaced, peer),
                       absl::StrJoin(replaced, "\n"));
}

}  // namespace

absl::Status CheckNotReplaced(const storage::DocumentReader& documents,
                              const PeerId& peer, absl::string_view text) {
  MINGA_ASSIGN_OR_RETURN(const std::vector<std::string> replaced,
                         ReadReplaced(documents, peer));
  if (std::find(replaced.begin(), replaced.end(), DigestOf(text)) ==
      replaced.end()) {
    return absl::OkStatus();
  }
  return absl::AlreadyExistsError(absl::StrCat(
      "mou: this text was in force with ", peer.ToString(),
      " and a later agreement has replaced it: to return to its terms, draft "
      "and sign them anew, with another `valid_from`"));
}

absl::Status KeepNote(storage::DocumentStore& documents, const PeerId& peer,
                      absl::string_view note, absl::string_view text,
                      bool complete) {
  const std::string draft = NameFor(kDocMouDraft, peer);
  if (!complete) return documents.Put(draft, note);
  MINGA_RETURN_IF_ERROR(documents.Put(NameFor(kDocMouNote, peer), note));
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> waiting,
                         documents.Get(draft));
  // The text of a note ends where its first signature line begins.
  if (!waiting.has_value() ||
      !absl::StartsWith(*waiting, absl::StrCat(text, "\n\xE2\x80\x94 "))) {
    return absl::OkStatus();
  }
  return documents.Remove(draft).status();
}

absl::Status EndAgreement(storage::DocumentStore& documents,
                          const PeerId& peer) {
  const std::string name = NameFor(kDocMou, peer);
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> present,
                         documents.Get(name));
  if (present.has_value()) {
    MINGA_RETURN_IF_ERROR(Replaced(documents, peer, *present));
    MINGA_RETURN_IF_ERROR(documents.Remove(name).status());
  }
  return documents.Remove(NameFor(kDocMouDraft, peer)).status();
}

absl::Status PutAgreement(storage::DocumentStore& documents, const PeerId& peer,
                          absl::string_view text) {
  const std::string name = NameFor(kDocMou, peer);
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> present,
                         documents.Get(name));
  if (present.has_value() && *present != text) {
    MINGA_RETURN_IF_ERROR(Replaced(documents, peer, *present));
  }
  return documents.Put(name, text);
}

}  // namespace minga::exchange
