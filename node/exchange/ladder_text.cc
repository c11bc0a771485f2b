#include "node/exchange/ladder_text.h"

#include <memory>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "node/exchange/ladder.h"
#include "policy/document_text.h"

namespace minga::exchange {
namespace {

using policy::DocumentText;
using policy::ErrorList;
using policy::Place;

// "levels[2]: " at the beginning of `rest` is taken off: its name and index; or
// "field: ", with -1. False if nothing like it is there.
bool TakeStep(absl::string_view& rest, absl::string_view& name, int& index) {
  const std::size_t end = rest.find(": ");
  if (end == absl::string_view::npos) return false;
  absl::string_view step = rest.substr(0, end);
  index = -1;
  if (const std::size_t open = step.find('['); open != step.npos) {
    const absl::string_view digits =
        step.substr(open + 1, step.size() - open - 2);
    if (step.back() != ']' || !absl::SimpleAtoi(digits, &index)) return false;
    step = step.substr(0, open);
  }
  if (step.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") != step.npos) {
    return false;
  }
  name = step;
  rest.remove_prefix(end + 2);
  return true;
}

// Adds what LadderOf said where it said it: "rungs[1]: levels[0]: ...".
void AddError(const DocumentText& document, absl::string_view message,
              ErrorList& errors) {
  std::unique_ptr<DocumentText::Spot> spot = document.Root();
  Place place = spot->here();
  absl::string_view name;
  int index = 0;
  absl::string_view rest = message;
  while (TakeStep(rest, name, index)) {
    place = spot->Of(name, index < 0 ? 0 : index);
    if (index < 0) break;
    spot = spot->Nested(name, index);
  }
  errors.Add(place, std::string(message));
}

}  // namespace

absl::StatusOr<v1::Ladder> ParseLadder(const std::string& name,
                                       absl::string_view text) {
  ErrorList errors(name);
  if (text.size() > kLadderBytesMax) {
    errors.Add(Place(), absl::StrCat("a ladder of ", text.size(),
                                     " bytes; at most ", kLadderBytesMax));
    return policy::ErrorsToStatus(errors.Lines());
  }
  v1::Ladder ladder;
  const std::unique_ptr<DocumentText> document =
      DocumentText::Parse(text, ladder, errors);
  if (document == nullptr) return policy::ErrorsToStatus(errors.Lines());
  const absl::Status checked = LadderOf(ladder).status();
  if (checked.ok()) return ladder;
  AddError(*document, checked.message(), errors);
  return policy::ErrorsToStatus(errors.Lines());
}

}  // namespace minga::exchange
