// The document under test between layers that permit everything. Internal to
// this room.
#ifndef MINGA_POLICY_CASES_BENCH_H_
#define MINGA_POLICY_CASES_BENCH_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/cases/loader.h"
#include "policy/policy_set.h"

namespace minga::policy::cases {

// A rule in text format that permits every field of every kind, for all
// purposes, to everybody, both ways.
std::string PermitsAll();

class Bench {
 public:
  // `document` has been loaded by itself; its layer and the groups that it
  // names decide what stands beside it.
  Bench(Layer layer, const v1::PolicyDocument& document,
        const LoadedCases& cases, std::vector<Country> signed_by);

  // The set that answers the cases with an agreement, or those without, if
  // `text` were the document.
  absl::StatusOr<std::shared_ptr<const PolicySet>> Load(const std::string& name,
                                                        const std::string& text,
                                                        bool agreement) const;

  Layer layer() const { return layer_; }

 private:
  const Layer layer_;
  const Country own_;
  const std::vector<Country> signed_by_;
  DocumentSource national_;
  std::vector<DocumentSource> mous_;
};

}  // namespace minga::policy::cases

#endif  // MINGA_POLICY_CASES_BENCH_H_
