// Hierarchies: how what a profile says becomes coarser, step by step, read from
// files (deploy/anonymity/README.md has their format). GENERALISE(n) of a
// policy shows column n after the first.
#ifndef MINGA_NODE_EXCHANGE_HIERARCHIES_H_
#define MINGA_NODE_EXCHANGE_HIERARCHIES_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "node/base/crypto/hash.h"
#include "policy/anonymity/hierarchy.h"

namespace minga::exchange {

// What has a hierarchy, one file each.
enum class Trait : std::uint8_t {
  kOccupation,     // "occupation": ISCO-08; also of vacancies
  kRegion,         // "region": ISO 3166-2, or the country alone
  kEducation,      // "education": level of ISCED 2011, 0 to 8
  kExperience,     // "experience": months, 0 to 1200
  kAvailableFrom,  // "available-from": day, "2026-12-01"
  kNoticeDays,     // "notice-days": 0 to 366
  kWeeklyHours,    // "weekly-hours": 0 to 168
  kMobility,       // "mobility": each country, ISO 3166-1
  kAge,            // "age": years, 0 to 120; shown by no schema so far
};
inline constexpr int kTraits = 9;

struct HierarchyFile {
  std::string trait;  // "occupation"
  std::string name;   // of the file, for errors
  std::string text;
};

// Immutable. Threads: any thread may call any method.
class Hierarchies {
 public:
  using Interval = policy::anonymity::Interval;

  // Those of deploy/anonymity that the program was built with.
  static const std::shared_ptr<const Hierarchies>& BuiltIn();

  // `files` in the place of the built-in ones of the same trait.
  //   INVALID_ARGUMENT  "name:line: ...": a trait that there is not, or twice;
  //                     the errors of policy::anonymity::Hierarchy::Parse; not
  //                     one column more than the policy schema has steps; codes
  //                     or intervals of another form than the field's;
  //                     intervals that leave a gap, overlap, or are shown as
  //                     anything else than what they are together.
  static absl::StatusOr<std::shared_ptr<const Hierarchies>> Parse(
      const std::vector<HierarchyFile>& files);

  // By Trait: the names of the files without ".csv".
  static absl::Span<const absl::string_view> Names();

  // Of all files in use: where it differs, people may be seen otherwise.
  const Digest& digest() const { return digest_; }

  // Of the traits that are codes: what is shown of `code` at `step` (0: as it
  // is); "" for nothing. A code that the hierarchy does not list is not shown;
  // one that is as coarse already stays. Lives as long as both.
  absl::string_view Code(Trait trait, absl::string_view code, int step) const;

  // Of the traits that are numbers: the union of what is shown of both ends of
  // `range`; nullopt for nothing. Its own results are mapped onto themselves.
  std::optional<Interval> Bracket(Trait trait, Interval range, int step) const;

  // True if nothing is shown of any value at `step`.
  bool Silent(Trait trait, int step) const;

  // As read, for planning.
  const policy::anonymity::Hierarchy& Of(Trait trait) const {
    return *kinds_[static_cast<std::size_t>(trait)].hierarchy;
  }

 private:
  friend class HierarchyCheck;
  // One leaf of a number, with what is shown of it at each step from 1.
  struct Leaf {
    Interval interval;
    std::vector<std::optional<Interval>> shown;
  };
  // A label that is no value itself: where it stands, and a value below it.
  struct Label {
    int level = 0;
    policy::anonymity::ValueId value = 0;
  };
  struct Kind {
    std::optional<policy::anonymity::Hierarchy> hierarchy;
    std::vector<Leaf> leaves;  // of numbers, ascending
    absl::flat_hash_map<std::string, Label> labels;
  };

  Hierarchies() = default;
  absl::Status Add(Trait trait, const HierarchyFile& file);
  const Kind& KindOf(Trait trait) const {
    return kinds_[static_cast<std::size_t>(trait)];
  }

  std::array<Kind, kTraits> kinds_;
  Digest digest_{};
};

// One for each trait; made from deploy/anonymity when the program is built.
// Internal to this room.
std::vector<HierarchyFile> BuiltInHierarchyFiles();

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_HIERARCHIES_H_
