// The words of one language, by key. For this room, and for reports about what
// left (node/audit).
#ifndef MINGA_POLICY_PROSE_WORDS_H_
#define MINGA_POLICY_PROSE_WORDS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "node/base/ids.h"
#include "policy/decision.h"
#include "policy/schema.h"

namespace minga::policy::prose {

// Immutable; any thread may ask.
class Words {
 public:
  // "es", "pt", "en"; null for others. Lives as long as the program.
  static const Words* Of(absl::string_view language);
  static const std::vector<absl::string_view>& Languages();

  absl::string_view language() const { return language_; }
  bool Has(absl::string_view key) const { return texts_.contains(key); }
  // The text of `key`; the key itself if there is none, which a test excludes.
  absl::string_view Get(absl::string_view key) const;
  // The same with `$0`... replaced.
  std::string Fill(absl::string_view key, absl::string_view a,
                   absl::string_view b = "", absl::string_view c = "") const;
  // Sorted.
  std::vector<absl::string_view> Keys() const;

  // "1 December 2026".
  std::string Day(absl::CivilDay day) const;
  // "Ecuador"; the code where there is no name.
  std::string CountryName(absl::string_view code) const;
  // "Ecuador (EC)".
  std::string CountryWithCode(absl::string_view code) const;
  // A group of countries that the language has a name of its own for.
  std::string GroupName(absl::string_view name) const;
  absl::string_view Kind(RecordKind kind) const;
  absl::string_view PurposeText(Purpose purpose) const;
  absl::string_view Field(const FieldDef& field) const;
  // How `field` is shown at `level`.
  std::string LevelText(const FieldDef& field, Level level) const;
  // "a, b and c" with the word of the key `last` ("and", "or").
  std::string Join(const std::vector<std::string>& items,
                   absl::string_view last) const;

 private:
  explicit Words(absl::string_view language);

  absl::string_view language_;
  absl::flat_hash_map<absl::string_view, absl::string_view> texts_;
};

}  // namespace minga::policy::prose

#endif  // MINGA_POLICY_PROSE_WORDS_H_
