// The memorandum of understanding between two PESs, or those of a group, as a
// signed note: its text is a policy document (minga.v1.Mou), and it is in force
// between two parties only with the signatures of both node keys.
#ifndef MINGA_FEDERATION_MOU_H_
#define MINGA_FEDERATION_MOU_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/ids.h"
#include "node/base/note.h"

namespace minga::federation {

// Fills the placeholders @A@, @B@ (countries in alphabetical order), @FROM@ and
// @UNTIL@ of a template; INVALID_ARGUMENT if one is missing or another is left.
// A template that names its parties itself, such as that of a group, has
// neither
// @A@ nor @B@; `other` may be empty then.
absl::StatusOr<std::string> DraftMou(absl::string_view template_text,
                                     Country one, Country other,
                                     absl::string_view valid_from,
                                     absl::string_view valid_until);

// A draft (plain text) or a note that some have signed.
struct MouNote {
  Note note;
  std::vector<NoteVerifier> signed_by;  // the keys that verified

  // By name and public key: two parties' keys may bear one name.
  bool IsSignedBy(const NoteVerifier& party) const;
};

// Reads `serialized` and says which of `parties` have validly signed.
// INVALID_ARGUMENT for a malformed note or a wrong signature of a party.
absl::StatusOr<MouNote> ReadMou(absl::string_view serialized,
                                const std::vector<NoteVerifier>& parties);

// Adds the signature of `key`; signing twice changes nothing.
MouNote SignMou(MouNote mou, absl::string_view key_name, const SigningKey& key);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_MOU_H_
