// Where the bytes of a string value stand in a text-format document. Internal
// to this room.
#ifndef MINGA_POLICY_STRING_PLACES_H_
#define MINGA_POLICY_STRING_PLACES_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "policy/document_text.h"

namespace minga::policy {

// The place of byte `offset` of `value`, the value of the string field whose
// name begins at `field` in `text`. Literals that stand side by side are one
// value; escapes count as what they stand for. Returns `field` if the text
// there is not this value.
Place PlaceInString(absl::string_view text, Place field,
                    absl::string_view value, std::size_t offset);

}  // namespace minga::policy

#endif  // MINGA_POLICY_STRING_PLACES_H_
