// What a class as a whole must have: enough members for each skill and language
// that is displayed, and enough different sensitive values. Internal to this
// room.
#ifndef MINGA_NODE_EXCHANGE_SUPPORT_H_
#define MINGA_NODE_EXCHANGE_SUPPORT_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "storage/class_store.h"

namespace minga::exchange {

// Of each member's values those to display, most common first, at most
// kValuesShownMax, so that each displayed value is displayed of at least `k`
// members. In the order of `members`.
std::vector<std::vector<std::uint64_t>> SupportedValues(
    const std::vector<storage::ClassResident>& members, int k);

// Distinct l-diversity (Machanavajjhala et al. 2007): each sensitive attribute
// that is known of any member must have at least l different values among them.
// Not known counts as one value; of an attribute that is known of nobody there
// is nothing to learn.
class Diversity {
 public:
  explicit Diversity(int l) : l_(static_cast<std::size_t>(l < 0 ? 0 : l)) {}

  // 8 bytes for each attribute, zero if not known (Displays::Sensitive).
  void Add(absl::string_view sensitive);
  // One value of one attribute.
  void Add(std::size_t attribute, std::uint64_t value);
  bool Enough() const;

 private:
  const std::size_t l_;
  // By attribute; no more than l values are kept of one.
  std::vector<absl::flat_hash_set<std::uint64_t>> values_;
};

// True if `l` is less than 2.
bool AreDiverse(const std::vector<storage::ClassResident>& members, int l);
// Those displayed in `klass`, which comes from Lookup, and `newcomer`, if not
// empty: counted, so that it takes no longer the more they are.
bool IsDiverse(const storage::ClassState& klass, absl::string_view newcomer,
               int l);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_SUPPORT_H_
