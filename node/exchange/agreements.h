// What is kept of the agreements besides the text in force: the evidence, the
// drafts, and which texts others have replaced. Internal to this room.
#ifndef MINGA_NODE_EXCHANGE_AGREEMENTS_H_
#define MINGA_NODE_EXCHANGE_AGREEMENTS_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "node/base/ids.h"
#include "storage/document_store.h"

namespace minga::exchange {

// The note that still lacks a signature: + country. Apart from the one that
// lacks none, which is the evidence of what is in force.
inline constexpr absl::string_view kDocMouDraft = "mou-draft/";
// Hex SHA-256 of the texts that were in force and are not any more, a line
// each, the latest last: + country.
inline constexpr absl::string_view kDocMouReplaced = "mou-replaced/";
// So many are remembered with each peer: a new text every month for 20 years.
inline constexpr std::size_t kReplacedMax = 240;

// ALREADY_EXISTS if `text` was in force with `peer` and another has replaced
// it: whoever finds the old note, still validly signed, could otherwise undo
// what was agreed since.
absl::Status CheckNotReplaced(const storage::DocumentReader& documents,
                              const PeerId& peer, absl::string_view text);

// Keeps a note; a complete one takes the place of the draft of its text.
absl::Status KeepNote(storage::DocumentStore& documents, const PeerId& peer,
                      absl::string_view note, absl::string_view text,
                      bool complete);

// Ends the agreement with `peer`: its text has been replaced by none, and a new
// one has to be signed. The note stays as evidence.
absl::Status EndAgreement(storage::DocumentStore& documents,
                          const PeerId& peer);

// Keeps `text` as the one in force, and remembers the one it replaces.
absl::Status PutAgreement(storage::DocumentStore& documents, const PeerId& peer,
                          absl::string_view text);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_AGREEMENTS_H_
