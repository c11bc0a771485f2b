// The distinct tuples of quasi-identifiers in a set of records: all that a
// search for a generalisation has to know about them.
#ifndef MINGA_POLICY_ANONYMITY_HISTOGRAM_H_
#define MINGA_POLICY_ANONYMITY_HISTOGRAM_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "policy/anonymity/hierarchy.h"

namespace minga::policy::anonymity {

// Not for use by several threads while tuples are added.
class Histogram {
 public:
  // REQUIRES: attributes >= 1.
  explicit Histogram(std::size_t attributes) : attributes_(attributes) {}

  // Counts `records` more records with these values; returns the index of their
  // tuple. REQUIRES: tuple.size() == attributes(); records > 0.
  std::size_t Add(absl::Span<const ValueId> tuple, std::uint32_t records = 1);

  // The index of this tuple; nullopt if it was never added.
  // REQUIRES: tuple.size() == attributes().
  std::optional<std::size_t> Find(absl::Span<const ValueId> tuple) const;

  std::size_t attributes() const { return attributes_; }
  // Distinct tuples.
  std::size_t size() const { return counts_.size(); }
  std::uint64_t records() const { return records_; }
  absl::Span<const ValueId> Tuple(std::size_t i) const {
    return absl::MakeConstSpan(cells_).subspan(i * attributes_, attributes_);
  }
  std::uint32_t Count(std::size_t i) const { return counts_[i]; }

 private:
  std::size_t attributes_;
  std::uint64_t records_ = 0;
  std::vector<ValueId> cells_;  // tuple by tuple
  std::vector<std::uint32_t> counts_;
  // Open addressing: index of a tuple + 1, or 0. A power of two.
  std::vector<std::uint32_t> slots_;

  std::size_t SlotOf(absl::Span<const ValueId> tuple) const;
  void Grow();
};

}  // namespace minga::policy::anonymity

#endif  // MINGA_POLICY_ANONYMITY_HISTOGRAM_H_
