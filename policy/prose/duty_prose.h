// Obligations and citations as phrases. Internal to this room.
#ifndef MINGA_POLICY_PROSE_DUTY_PROSE_H_
#define MINGA_POLICY_PROSE_DUTY_PROSE_H_

#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "minga/v1/policy.pb.h"
#include "policy/prose/words.h"

namespace minga::policy::prose {

// "erased within 360 hours of a withdrawal".
std::string ObligationText(const v1::Obligation& obligation,
                           const Words& words);

// "Ley 1581/2012, art. 26: read in the statute's text; see ...".
std::string CitationText(const v1::Citation& citation, const Words& words);

// The different citations of a document.
class CitationCount {
 public:
  void Add(const v1::Citation& citation);
  template <typename Citations>
  void AddAll(const Citations& citations) {
    for (const v1::Citation& citation : citations) Add(citation);
  }

  int of(v1::Certainty certainty) const;
  int total() const { return static_cast<int>(certainties_.size()); }

 private:
  // By statute and article; the least certain mark counts.
  std::map<std::pair<std::string, std::string>, v1::Certainty> certainties_;
};

absl::string_view CertaintyText(v1::Certainty certainty, const Words& words);

// A note in the language of `words`, or the first one, marked; "" if none.
template <typename Notes>
std::string NoteText(const Notes& notes, const Words& words) {
  for (const v1::LocalizedNote& note : notes) {
    if (note.language() == words.language()) return note.text();
  }
  if (notes.empty()) return "";
  const v1::LocalizedNote& first = notes.Get(0);
  const std::string key = absl::StrCat("language.", first.language());
  return words.Fill("only_in", first.text(),
                    words.Has(key) ? words.Get(key) : first.language());
}

}  // namespace minga::policy::prose

#endif  // MINGA_POLICY_PROSE_DUTY_PROSE_H_
